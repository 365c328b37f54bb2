//! gouqi, a client that this project did not write: it reads every payload into its
//! own types, and pages through searches by token on Cloud and by `startAt` on Server.

use fake_jira::{Auth, Options, Search, Spec};
use futures_util::StreamExt;
use gouqi::r#async::Jira;
use gouqi::{
    Changelog, Comments, Credentials, Error, Issue, IssueLink, IssueType, Priority, Project,
    ProjectSearchOptions, Resolution, SearchApiVersion, SearchOptions, Status, TimeTracking, User,
    WorklogList,
};
use serde::de::DeserializeOwned;

use crate::harness::Harness;

/// Its type for history entries insists on an author.
fn cloud() -> Spec {
    Spec {
        ghosts: false,
        ..Spec::default()
    }
}

fn server() -> Spec {
    Spec {
        ghosts: false,
        ..Spec::server()
    }
}

/// By the address alone it takes Cloud's own for Cloud, so it has to be told.
fn on_cloud(jira: &Harness, credentials: Credentials) -> Jira {
    client(jira, credentials, SearchApiVersion::V3)
}

fn on_server(jira: &Harness, credentials: Credentials) -> Jira {
    client(jira, credentials, SearchApiVersion::V2)
}

fn client(jira: &Harness, credentials: Credentials, search: SearchApiVersion) -> Jira {
    let url = jira.server.url();
    Jira::with_search_api_version(url, credentials, search).expect("the address is one")
}

fn basic(token: &str) -> Credentials {
    Credentials::Basic("ada@example.com".to_owned(), token.to_owned())
}

fn bearer(token: &str) -> Credentials {
    Credentials::Bearer(token.to_owned())
}

/// Pages of so many rows, with all fields.
fn pages(rows: u64) -> SearchOptions {
    SearchOptions::builder()
        .all_fields()
        .max_results(rows)
        .build()
}

/// Reads a search to its end.
async fn found(client: &Jira, jql: &str, rows: u64) -> Vec<Issue> {
    let (search, options) = (client.search(), pages(rows));
    let stream = search.stream(jql, &options).await.expect("a first page");
    stream.collect().await
}

/// A field as a type of gouqi's, whose own accessors hide what they cannot read.
fn read<T: DeserializeOwned>(issue: &Issue, name: &str) -> Option<T> {
    let value = issue.field::<Option<T>>(name)?;
    value.unwrap_or_else(|error| panic!("{name} of {}: {error}", issue.key))
}

fn fault(error: Error) -> (u16, String) {
    match error {
        Error::Fault { code, errors } => (code.as_u16(), errors.error_messages.concat()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn gouqi_pages_through_clouds_search_by_its_tokens() {
    let short = Search {
        short_pages: true,
        ..Search::default()
    };
    for search in [Search::default(), short] {
        let options = Options {
            search,
            ..Options::default()
        };
        let jira = Harness::with(cloud(), options).await;
        let issues = found(&on_cloud(&jira, basic("any")), "project = ACME", 7).await;
        let mut keys: Vec<String> = issues.into_iter().map(|issue| issue.key).collect();
        let asked = jira.server.requests().len();
        assert!(asked == 5 || search.short_pages && asked > 5, "{asked}");
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 30);
    }
}

#[tokio::test]
async fn gouqi_pages_through_a_servers_search_by_its_total() {
    let jira = Harness::with(server(), Options::default()).await;
    let client = on_server(&jira, bearer("any"));
    let issues = found(&client, "project = BETA ORDER BY key", 7).await;
    assert_eq!(issues.len(), 30);
    assert_eq!((&*issues[0].key, &*issues[29].key), ("BETA-1", "BETA-30"));
    assert_eq!(jira.server.requests().len(), 5);
    let last = SearchOptions::builder().start_at(28).build();
    let page = client.search().list("project = BETA", &last).await.unwrap();
    assert_eq!((page.issues.len(), page.total), (2, 30));
    let count = client.search().count("project = BETA", true).await.unwrap();
    assert_eq!((count.count, count.is_exact), (30, true));
}

#[tokio::test]
async fn gouqi_reads_every_field_that_it_has_a_type_for() {
    let cloud_site = Harness::with(cloud(), Options::default()).await;
    let server_site = Harness::with(server(), Options::default()).await;
    for client in [
        on_cloud(&cloud_site, basic("any")),
        on_server(&server_site, bearer("any")),
    ] {
        for issue in found(&client, "project = ACME", 50).await {
            read_people_and_dates(&issue);
            read_what_is_named(&issue);
            read_relations(&issue);
        }
    }
}

fn read_people_and_dates(issue: &Issue) {
    let creator: User = read(issue, "creator").expect("somebody made it");
    assert!(!creator.display_name.is_empty());
    assert_ne!(creator.account_id.is_some(), creator.name.is_some());
    let _: [Option<User>; 2] = [read(issue, "assignee"), read(issue, "reporter")];
    assert!(issue.created() <= issue.updated());
    assert!(issue.created().is_some());
    let resolution: Option<Resolution> = read(issue, "resolution");
    assert_eq!(issue.resolution_date().is_some(), resolution.is_some());
}

fn read_what_is_named(issue: &Issue) {
    let status: Status = read(issue, "status").expect("a status");
    let kind: IssueType = read(issue, "issuetype").expect("a type");
    let priority: Priority = read(issue, "priority").expect("a priority");
    for name in [&status.name, &kind.name, &priority.name] {
        assert!(!name.is_empty());
    }
    assert!(issue.summary().is_some_and(|summary| !summary.is_empty()));
    let described = issue.fields.get("description");
    assert_eq!(
        described.is_some_and(|text| !text.is_null()),
        issue.description().is_some()
    );
    let project: Project = read(issue, "project").expect("a project");
    assert_eq!(project.key, "ACME");
}

fn read_relations(issue: &Issue) {
    let parent: Option<Issue> = read(issue, "parent");
    let above = parent.map(|parent| parent.key);
    assert_ne!(above.as_ref(), Some(&issue.key));
    for link in read::<Vec<IssueLink>>(issue, "issuelinks").expect("a list of links") {
        assert_eq!(link.link_type.outward, "blocks");
        assert!(link.outward_issue.is_some() || link.inward_issue.is_some());
    }
    let subtasks: Vec<Issue> = read(issue, "subtasks").expect("a list of issues");
    assert!(subtasks.len() < 2);
    let labels: Vec<String> = read(issue, "labels").expect("a list of labels");
    assert_eq!(labels, issue.labels());
}

#[tokio::test]
async fn gouqi_reads_comments_worklogs_and_the_time_they_add_up_to() {
    let cloud_site = Harness::with(cloud(), Options::default()).await;
    let server_site = Harness::with(server(), Options::default()).await;
    for (client, version) in [
        (on_cloud(&cloud_site, basic("any")), "3"),
        (on_server(&server_site, bearer("any")), "2"),
    ] {
        let path = "/issue/ACME-7";
        let issue = client.get_versioned("api", Some(version), path).await;
        let issue: Issue = issue.unwrap();
        let comments: Comments = read(&issue, "comment").unwrap();
        assert_eq!(comments.comments.len(), 2);
        for comment in comments.comments {
            assert_eq!(comment.body.raw().is_object(), version == "3");
            assert!(!comment.body.is_empty());
            assert!(comment.created.is_some() && comment.author.is_some());
        }
        let path = "/issue/ACME-7/worklog";
        let logs = client.get_versioned("api", Some(version), path).await;
        let logs: WorklogList = logs.unwrap();
        assert_eq!((logs.total, logs.worklogs.len()), (25, 25));
        assert!(logs.worklogs.iter().all(|log| log.started < log.created));
        let spent = logs
            .worklogs
            .iter()
            .filter_map(|log| log.time_spent_seconds);
        let tracked: TimeTracking = read(&issue, "timetracking").unwrap();
        assert_eq!(tracked.time_spent_seconds, Some(spent.sum()));
        let embedded: WorklogList = read(&issue, "worklog").unwrap();
        assert_eq!((embedded.total, embedded.worklogs.len()), (25, 20));
    }
}

#[tokio::test]
async fn gouqi_reads_a_history_that_ends_where_the_issue_is() {
    let cloud_site = Harness::with(cloud(), Options::default()).await;
    let options = Options {
        changelog_endpoint: Some(true),
        ..Options::default()
    };
    let server_site = Harness::with(server(), options).await;
    for client in [
        on_cloud(&cloud_site, basic("any")),
        on_server(&server_site, bearer("any")),
    ] {
        let issue = client.issues().get("ACME-2").await.unwrap();
        let changelog: Changelog = client.issues().changelog("ACME-2").await.unwrap();
        assert_eq!(changelog.histories.len(), 3);
        let items = changelog.histories.iter().flat_map(|one| &one.items);
        let mut moves = items.filter(|item| item.field == "status");
        let last = moves.next_back().unwrap();
        let status = issue.status().map(|status| status.name);
        assert_eq!(last.to_string, status);
    }
}

#[tokio::test]
async fn gouqi_reads_projects_by_list_by_page_and_one_by_one() {
    let cloud_site = Harness::with(cloud(), Options::default()).await;
    let server_site = Harness::with(server(), Options::default()).await;
    let on_cloud = on_cloud(&cloud_site, basic("any"));
    for client in [&on_cloud, &on_server(&server_site, bearer("any"))] {
        let projects = client.projects().list().await.unwrap();
        let keys: Vec<&str> = projects.iter().map(|one| one.key.as_str()).collect();
        assert_eq!(keys, ["ACME", "BETA"]);
        let project = client.projects().get("ACME").await.unwrap();
        assert_eq!(project.project_type_key, "software");
        assert!(project.lead.is_some() && project.roles.is_some());
        let versions = project.versions.unwrap();
        assert!(
            versions
                .iter()
                .all(|one| project.id == one.project_id.to_string())
        );
        assert!(!project.components.unwrap().is_empty());
        assert_eq!(project.issue_types.unwrap().len(), 5);
    }
    let second = ProjectSearchOptions {
        start_at: Some(1),
        max_results: Some(1),
        ..ProjectSearchOptions::default()
    };
    let page = on_cloud.projects().search(&second).await.unwrap();
    assert_eq!((page.total, page.values.len()), (2, 1));
    assert_eq!(page.values[0].key, "BETA");
}

#[tokio::test]
async fn gouqi_reads_boards_with_their_sprints_and_their_issues() {
    let cloud_site = Harness::with(cloud(), Options::default()).await;
    let server_site = Harness::with(server(), Options::default()).await;
    for client in [
        on_cloud(&cloud_site, basic("any")),
        on_server(&server_site, bearer("any")),
    ] {
        let rest = SearchOptions::builder().start_at(3).max_results(3).build();
        let page = client.boards().list(&rest).await.unwrap();
        assert_eq!((page.values.len(), page.is_last), (1, true));
        let scrum = client.boards().get(1_u64).await.unwrap();
        let location = scrum.location.clone().unwrap();
        assert_eq!(location.project_key.as_deref(), Some("ACME"));
        let begun = SearchOptions::builder().state("closed,active").build();
        let page = client.sprints().list(&scrum, &begun).await.unwrap();
        assert_eq!((page.values.len(), page.is_last), (3, true));
        for sprint in page.values {
            assert!(sprint.start_date < sprint.end_date);
            let closed = sprint.state.as_deref() == Some("closed");
            assert_eq!(sprint.complete_date.is_some(), closed);
            let alone = client.sprints().get(sprint.id.to_string()).await.unwrap();
            assert_eq!(alone, sprint);
        }
        let page = client.issues().list(&scrum, &pages(28)).await.unwrap();
        assert_eq!((page.total, page.issues.len()), (30, 28));
        let kanban = client.boards().get(2_u64).await.unwrap();
        let refused = client.sprints().list(&kanban, &begun).await.unwrap_err();
        let expected = "The board does not support sprints".to_owned();
        assert_eq!(fault(refused), (400, expected));
    }
}

#[tokio::test]
async fn gouqi_is_let_in_with_an_api_token_on_cloud_and_sees_nothing_with_another() {
    let auth = Auth::Basic {
        email: "ada@example.com".to_owned(),
        token: "secret".to_owned(),
    };
    let options = Options {
        auth,
        ..Options::default()
    };
    let jira = Harness::with(cloud(), options).await;
    let client = on_cloud(&jira, basic("secret"));
    let myself: User = client.get("api", "/myself").await.unwrap();
    assert!(myself.account_id.is_some() && myself.active);
    assert_eq!(found(&client, "project = ACME", 50).await.len(), 30);
    for stranger in [basic("wrong"), bearer("secret"), Credentials::Anonymous] {
        let client = on_cloud(&jira, stranger);
        let refused = client.get::<User>("api", "/myself").await.unwrap_err();
        assert!(matches!(refused, Error::Unauthorized), "{refused:?}");
        assert!(found(&client, "project = ACME", 50).await.is_empty());
        let hidden = client.issues().get("ACME-1").await.unwrap_err();
        assert!(matches!(hidden, Error::NotFound), "{hidden:?}");
    }
}

#[tokio::test]
async fn gouqi_is_let_in_with_a_bearer_token_on_server_and_refused_with_another() {
    let auth = Auth::Bearer {
        token: "secret".to_owned(),
    };
    let options = Options {
        auth,
        ..Options::default()
    };
    let jira = Harness::with(server(), options).await;
    let client = on_server(&jira, bearer("secret"));
    let myself: User = client.get("api", "/myself").await.unwrap();
    assert!(myself.name.is_some() && myself.key.is_some());
    assert_eq!(found(&client, "project = ACME", 50).await.len(), 30);
    for stranger in [bearer("wrong"), basic("secret"), Credentials::Anonymous] {
        let client = on_server(&jira, stranger);
        let search = client.search();
        let refused = search.list("project = ACME", &pages(7)).await.unwrap_err();
        assert!(matches!(refused, Error::Unauthorized), "{refused:?}");
    }
}

#[tokio::test]
async fn gouqi_understands_the_errors_and_the_limit() {
    let jira = Harness::with(cloud(), Options::default()).await;
    let client = on_cloud(&jira, basic("any"));
    let missing = client.issues().get("ACME-999").await.unwrap_err();
    assert!(matches!(missing, Error::NotFound), "{missing:?}");
    let search = client.search();
    let wrong = search.list("project = ACME AND", &pages(7)).await;
    let (status, message) = fault(wrong.unwrap_err());
    assert!(status == 400 && !message.is_empty(), "{status}: {message}");
    let old = on_server(&jira, basic("any"));
    let gone = old.search().list("project = ACME", &pages(7)).await;
    assert_eq!(fault(gone.unwrap_err()).0, 410);
    jira.server.trip_limit(1);
    let limited = search.list("project = ACME", &pages(7)).await;
    let expected = "Rate limit exceeded.".to_owned();
    assert_eq!(fault(limited.unwrap_err()), (429, expected));
    let again = search.list("project = ACME", &pages(7)).await.unwrap();
    assert_eq!(again.issues.len(), 7);
}
