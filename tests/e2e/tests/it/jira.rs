//! `runnel sync jira`: every stream of both kinds of server, and what their API does
//! to a client.

use fake_jira::{Auth, Edit, Faults, Flavour, Options, Search, Spec, Strangers};
use runnel_e2e::JiraPlace;
use serde_json::json;

const PROJECTS: [&str; 2] = ["ACME", "BETA"];

fn small(flavour: Flavour) -> Spec {
    Spec {
        flavour,
        issues: 60,
        custom_fields: 8,
        ..Spec::default()
    }
}

async fn count(place: &JiraPlace, table: &str) -> i64 {
    let count = format!("SELECT COUNT(*) FROM {table}");
    place.database().await.number(&count).await
}

/// Two projects with all that is in them, held against what the stand-in was told to
/// have.
async fn everything_is_read(place: &JiraPlace) {
    let outcome = place.synced(&PROJECTS).await;
    assert_eq!(outcome.total("dead"), 0, "{}", outcome.stdout);
    // Issues 7 and 57 of each project have long lists.
    let (issues, long) = (2 * 60, 2 * 2);
    for (table, expected) in [
        ("jira_projects", 2),
        ("issues", issues),
        ("issue_comments", 2 * issues),
        ("issue_worklogs", 2 * (issues - long) + 25 * long),
        ("boards", 4),
        ("sprints", 8),
    ] {
        assert_eq!(count(place, table).await, expected, "{table}");
    }
    let histories = "SELECT COUNT(DISTINCT history_id) FROM issue_changelogs";
    let histories = place.database().await.number(histories).await;
    assert_eq!(histories, 3 * (issues - long) + 130 * long);
    let lost = "SELECT COUNT(*) FROM issue_changelogs c
                WHERE NOT EXISTS (SELECT 1 FROM issues i WHERE i.external_id = c.issue_id)";
    assert_eq!(place.database().await.number(lost).await, 0);
}

#[tokio::test]
async fn every_stream_of_a_cloud_site_is_read_whole() {
    everything_is_read(&JiraPlace::new(small(Flavour::Cloud), Options::default()).await).await;
}

#[tokio::test]
async fn every_stream_of_a_cloud_site_is_read_whole_into_postgresql() {
    let place = JiraPlace::new(small(Flavour::Cloud), Options::default()).await;
    everything_is_read(&place.on_postgres()).await;
}

#[tokio::test]
async fn every_stream_of_a_server_is_read_whole() {
    let options = Options {
        old_sprints: true,
        ..Options::default()
    };
    everything_is_read(&JiraPlace::new(small(Flavour::Server), options).await).await;
}

#[tokio::test]
async fn short_pages_are_not_the_last_ones() {
    let options = Options {
        search: Search {
            short_pages: true,
            ..Search::default()
        },
        ..Options::default()
    };
    everything_is_read(&JiraPlace::new(small(Flavour::Cloud), options).await).await;
}

#[tokio::test]
async fn a_page_token_that_repeats_ends_in_a_failure_and_not_in_a_circle() {
    let options = Options {
        search: Search {
            repeat_token: true,
            page_limit: 10,
            ..Search::default()
        },
        ..Options::default()
    };
    let place = JiraPlace::new(small(Flavour::Cloud), options).await;
    let outcome = place.sync(&["ACME"]).with(&["--stream", "jira_issues"]);
    let outcome = outcome.run().await.expect_status(1);
    assert!(outcome.stdout.contains("token"), "{}", outcome.stdout);
}

#[tokio::test]
async fn the_second_run_reads_what_changed_and_nothing_else() {
    let place = JiraPlace::new(small(Flavour::Cloud), Options::default()).await;
    place.synced(&PROJECTS).await;
    let touched = Edit::TouchIssue {
        issue: "ACME-3".to_owned(),
        summary: Some("Quite new".to_owned()),
        status: None,
    };
    place.jira.edit(touched).unwrap();
    let outcome = place.synced(&PROJECTS).await;
    assert_eq!(
        outcome.count("jira_issues", "loaded"),
        1,
        "{}",
        outcome.stdout
    );
    let summary = "SELECT summary FROM issues WHERE key = 'ACME-3'";
    assert_eq!(
        place.database().await.query(summary).await,
        [json!("Quite new")]
    );
}

const OF_AN_ISSUE: [(&str, &str); 5] = [
    ("issues", "external_id"),
    ("issue_sprints", "issue_id"),
    ("issue_changelogs", "issue_id"),
    ("issue_comments", "issue_id"),
    ("issue_worklogs", "issue_id"),
];

/// How many rows there are of an issue, by table.
async fn rows_of(place: &JiraPlace, issue: &str) -> Vec<i64> {
    let mut rows = Vec::new();
    for (table, column) in OF_AN_ISSUE {
        let count = format!("SELECT COUNT(*) FROM {table} WHERE {column} = '{issue}'");
        rows.push(place.database().await.number(&count).await);
    }
    rows
}

async fn what_was_deleted_goes(place: &JiraPlace) {
    place.synced(&PROJECTS).await;
    let id = "SELECT external_id FROM issues WHERE key = 'ACME-3'";
    let id = &place.database().await.query(id).await[0].to_string();
    let there = rows_of(place, id).await;
    assert!(
        there[0] == 1 && there[2..].iter().all(|rows| *rows > 0),
        "{there:?}"
    );
    let all = count(place, "issues").await;
    let issue = "ACME-3".to_owned();
    place
        .jira
        .edit(Edit::DeleteIssue { issue })
        .expect("an issue");
    place.synced(&PROJECTS).await;
    assert_eq!(
        rows_of(place, id).await,
        there,
        "nothing says that it is gone"
    );
    let census = place.sync(&PROJECTS).with(&["--full"]);
    census.run().await.expect_status(0);
    assert_eq!(rows_of(place, id).await, [0; 5]);
    assert_eq!(count(place, "issues").await, all - 1);
}

#[tokio::test]
async fn an_issue_that_was_deleted_is_found_out_by_a_census_and_its_rows_go() {
    for flavour in [Flavour::Cloud, Flavour::Server] {
        what_was_deleted_goes(&JiraPlace::new(small(flavour), Options::default()).await).await;
    }
}

#[tokio::test]
async fn an_issue_that_was_deleted_is_found_out_by_a_census_on_postgresql_too() {
    let place = JiraPlace::new(small(Flavour::Cloud), Options::default()).await;
    what_was_deleted_goes(&place.on_postgres()).await;
}

#[tokio::test]
async fn a_comment_that_was_deleted_goes_with_the_next_run() {
    let place = JiraPlace::new(small(Flavour::Cloud), Options::default()).await;
    place.synced(&PROJECTS).await;
    let comments =
        "SELECT c.external_id FROM issue_comments c JOIN issues i ON i.external_id = c.issue_id
                    WHERE i.key = 'ACME-4' ORDER BY c.external_id";
    let before = place.database().await.query(comments).await;
    let id = before[0].as_u64().unwrap();
    let issue = "ACME-4".to_owned();
    place.jira.edit(Edit::DeleteComment { issue, id }).unwrap();
    place.synced(&PROJECTS).await;
    let after = place.database().await.query(comments).await;
    assert_eq!(after, before[1..]);
}

#[tokio::test]
async fn an_issue_that_changes_while_pages_are_read_is_not_missed() {
    for flavour in [Flavour::Cloud, Flavour::Server] {
        let options = Options {
            search: Search {
                page_limit: 10,
                ..Search::default()
            },
            ..Options::default()
        };
        let place = JiraPlace::new(small(flavour), options).await;
        for (after, edit) in [
            (
                9,
                Edit::DeleteIssue {
                    issue: "ACME-1".to_owned(),
                },
            ),
            (
                10,
                Edit::TouchIssue {
                    issue: "ACME-2".to_owned(),
                    summary: Some("moved".to_owned()),
                    status: None,
                },
            ),
        ] {
            place.jira.edit_after(after, edit);
        }
        place.synced(&["ACME"]).await;
        place.synced(&["ACME"]).await;
        assert!(count(&place, "issues").await >= 59);
        let summary = "SELECT summary FROM issues WHERE key = 'ACME-2'";
        assert_eq!(
            place.database().await.query(summary).await,
            [json!("moved")]
        );
    }
}

#[tokio::test]
async fn bad_credentials_that_are_answered_with_nothing_are_found_out() {
    let options = Options {
        auth: Auth::Basic {
            email: "ada@example.org".to_owned(),
            token: "another".to_owned(),
        },
        strangers: Some(Strangers::Nothing),
        ..Options::default()
    };
    let place = JiraPlace::new(small(Flavour::Cloud), options).await;
    let outcome = place.sync(&["ACME"]).run().await.expect_status(1);
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    assert!(
        said.contains("401") && said.contains("JIRA_TOKEN"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
}

#[tokio::test]
async fn a_cloud_site_wants_an_address_with_the_token_and_a_server_the_token_alone() {
    let basic = Auth::Basic {
        email: "ada@example.org".to_owned(),
        token: "secret".to_owned(),
    };
    let bearer = Auth::Bearer {
        token: "secret".to_owned(),
    };
    for (flavour, auth) in [(Flavour::Cloud, basic), (Flavour::Server, bearer)] {
        let options = Options {
            auth,
            ..Options::default()
        };
        let place = JiraPlace::new(small(flavour), options).await;
        let words = ["--stream", "jira_projects"];
        let bare = place.stranger(&["ACME"]).token("secret").with(&words);
        let bare = bare.run().await;
        if flavour == Flavour::Server {
            bare.expect_status(0);
            continue;
        }
        let said = format!("{}{}", bare.stdout, bare.stderr);
        assert!(bare.status != 0 && said.contains("email="), "{said}");
        place
            .sync(&["ACME"])
            .with(&words)
            .run()
            .await
            .expect_status(0);
    }
}

#[tokio::test]
async fn a_sprint_that_an_issue_has_left_is_no_longer_its_own() {
    let place = JiraPlace::new(small(Flavour::Cloud), Options::default()).await;
    place.synced(&["ACME"]).await;
    let database = place.database().await;
    let some = "SELECT i.key FROM issues i JOIN issue_sprints s ON s.issue_id = i.external_id ORDER BY i.key LIMIT 1";
    let key = database.query(some).await[0].as_str().unwrap().to_owned();
    let sprints = format!(
        "SELECT COUNT(*) FROM issue_sprints s JOIN issues i ON s.issue_id = i.external_id WHERE i.key = '{key}'"
    );
    assert!(database.number(&sprints).await > 0);
    let others = database.number("SELECT COUNT(*) FROM issue_sprints").await
        - database.number(&sprints).await;
    let field = database
        .query("SELECT external_id FROM custom_fields WHERE custom LIKE '%gh-sprint'")
        .await;
    let left = Edit::SetField {
        issue: key,
        field: field[0].as_str().unwrap().to_owned(),
        value: json!(null),
    };
    place.jira.edit(left).unwrap();
    place.synced(&["ACME"]).await;
    let database = place.database().await;
    assert_eq!(database.number(&sprints).await, 0);
    assert_eq!(
        database.number("SELECT COUNT(*) FROM issue_sprints").await,
        others
    );
}

#[tokio::test]
async fn a_site_without_the_boards_api_gives_everything_else() {
    let options = Options {
        agile: false,
        ..Options::default()
    };
    let place = JiraPlace::new(small(Flavour::Server), options).await;
    place.synced(&["ACME"]).await;
    assert_eq!(count(&place, "boards").await, 0);
    assert_eq!(count(&place, "issues").await, 60);
}

#[tokio::test]
async fn without_an_address_it_says_how_to_name_one() {
    let place = JiraPlace::new(small(Flavour::Cloud), Options::default()).await;
    let sync = place.sync(&["ACME"]).without("--base-url");
    let outcome = sync.run().await.expect_status(2);
    assert!(
        outcome.line().contains("--base-url https://"),
        "{}",
        outcome.line()
    );
}

#[tokio::test]
async fn a_limit_is_waited_out_and_server_errors_change_no_row() {
    let options = Options {
        faults: Faults::transport(7, 0.05),
        ..Options::default()
    };
    let place = JiraPlace::new(small(Flavour::Cloud), options).await;
    place.jira.trip_limit(2);
    everything_is_read(&place).await;
}
