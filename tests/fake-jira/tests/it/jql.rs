//! What queries mean.

use fake_jira::{Edit, Options, Spec, Zone};
use serde_json::Value;

use crate::harness::{Harness, query};

fn millis(text: &Value) -> i64 {
    let format = time::format_description::parse_borrowed::<2>(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3][offset_hour sign:mandatory][offset_minute]",
    );
    let at = time::OffsetDateTime::parse(text.as_str().unwrap(), &format.unwrap());
    i64::try_from(at.unwrap().unix_timestamp_nanos() / 1_000_000).unwrap()
}

#[tokio::test]
async fn milliseconds_cut_exactly_where_they_say() {
    let jira = Harness::cloud().await;
    let all = jira
        .issues("project = ACME ORDER BY updated", "updated")
        .await;
    let tenth = millis(&all[10]["fields"]["updated"]);
    let from = jira
        .keys(&format!("project = ACME AND updated >= {tenth}"))
        .await;
    let before = jira
        .keys(&format!("project = ACME AND updated < {tenth}"))
        .await;
    assert_eq!(from.len() + before.len(), 30);
    assert_eq!(before.len(), 10);
    let window = format!("updated >= {tenth} AND updated <= {tenth} AND project = ACME");
    assert_eq!(jira.keys(&window).await.len(), 1);
}

#[tokio::test]
async fn a_date_is_read_in_the_accounts_time_zone() {
    let clock = 1_751_328_000_000; // 2025-07-01T00:00:00Z
    let spec = Spec {
        clock: Some(clock),
        ..Spec::default()
    };
    for (zone, local) in [
        (Zone::Utc, "2025-07-01 00:00"),
        (Zone::Berlin, "2025/07/01 02:00"),
        (Zone::NewYork, "2025-06-30 20:00"),
        (Zone::Kolkata, "2025-07-01 05:30"),
    ] {
        let options = Options {
            zone,
            ..Options::default()
        };
        let jira = Harness::with(spec.clone(), options).await;
        let touch = Edit::TouchIssue {
            issue: "ACME-1".to_owned(),
            summary: None,
            status: None,
        };
        jira.server.edit(touch).unwrap();
        let found = jira.keys(&format!("updated = \"{local}\"")).await;
        assert_eq!(found, ["ACME-1"], "{zone:?}");
    }
}

#[tokio::test]
async fn a_period_counts_from_the_servers_time() {
    let spec = Spec {
        clock: Some(1_751_328_000_000),
        ..Spec::default()
    };
    let jira = Harness::with(spec, Options::default()).await;
    let touch = Edit::TouchIssue {
        issue: "ACME-1".to_owned(),
        summary: None,
        status: None,
    };
    jira.server.edit(touch).unwrap();
    let later = Edit::SetClock {
        at: Some(1_751_328_000_000 + 3_600_000),
    };
    jira.server.edit(later).unwrap();
    assert_eq!(jira.keys("updated >= -61m").await, ["ACME-1"]);
    assert!(jira.keys("updated >= -59m").await.is_empty());
}

#[tokio::test]
async fn issues_are_named_by_key_and_id_and_found_beyond_an_id() {
    let jira = Harness::cloud().await;
    let found = jira.keys("key in (ACME-1, BETA-2) ORDER BY key").await;
    assert_eq!(found, ["ACME-1", "BETA-2"]);
    let all = jira
        .issues("project in (ACME, BETA) ORDER BY id ASC", "summary")
        .await;
    let id = all[49]["id"].as_str().unwrap();
    assert_eq!(jira.keys(&format!("id > {id}")).await.len(), 10);
    let one = jira.issues(&format!("id = {id}"), "summary").await;
    assert_eq!(one[0]["key"], all[49]["key"]);
    assert_eq!(
        jira.keys("key > ACME-25 AND NOT key = ACME-30").await.len(),
        4
    );
}

#[tokio::test]
async fn keys_are_sorted_as_numbers_and_ties_by_id() {
    let jira = Harness::server().await;
    let keys = jira.keys("project = ACME ORDER BY key ASC").await;
    assert_eq!((keys[1].as_str(), keys[9].as_str()), ("ACME-2", "ACME-10"));
    let by = "project in (ACME, BETA) ORDER BY updated DESC, id ASC";
    let issues = jira.issues(by, "updated").await;
    let order = |one: &Value| {
        let id: i64 = one["id"].as_str().unwrap().parse().unwrap();
        (-millis(&one["fields"]["updated"]), id)
    };
    assert!(issues.is_sorted_by_key(order));
    let stamps = issues
        .windows(2)
        .filter(|two| two[0]["fields"]["updated"] == two[1]["fields"]["updated"]);
    assert!(stamps.count() >= 3, "a bulk change touches several at once");
}

#[tokio::test]
async fn what_does_not_exist_is_refused_in_jiras_words() {
    let jira = Harness::cloud().await;
    for (jql, words) in [
        (
            "project = NOPE",
            "The value 'NOPE' does not exist for the field 'project'.",
        ),
        (
            "key = ACME-999",
            "An issue with key 'ACME-999' does not exist for field 'key'.",
        ),
        ("colour = red", "Field 'colour' does not exist"),
        (
            "updated >= tomorrow",
            "Date value 'tomorrow' for field 'updated' is invalid.",
        ),
        (
            "project > ACME",
            "The operator '>' is not supported by the 'project' field.",
        ),
        (
            "project = ACME ORDER BY colour",
            "Field 'colour' does not exist",
        ),
        ("project = ", "Error in the JQL Query"),
    ] {
        let path = format!("/rest/api/3/search/jql?{}", query(&[("jql", jql)]));
        let answer = jira.get(&path).await;
        assert_eq!(answer.status, 400, "{jql}");
        let body = answer.json();
        let message = body["errorMessages"][0].as_str().unwrap();
        assert!(message.starts_with(words), "{jql}: {message}");
    }
}

#[tokio::test]
async fn a_status_is_a_condition_too() {
    let jira = Harness::server().await;
    let done = jira.issues("status = Done", "resolution,status").await;
    assert!(!done.is_empty());
    assert!(
        done.iter()
            .all(|one| one["fields"]["resolution"]["name"] == "Done")
    );
    let open = jira.keys("status not in (Done)").await;
    assert_eq!(done.len() + open.len(), 60);
}
