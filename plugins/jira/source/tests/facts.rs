//! What Jira's API does to a client, a fact a test: answers in, requests and decisions
//! out. There is nothing between the source and the test.

use jira_source::Jira;
use runnel_sdk::{Config, Decision, Failure, Page, Parent, Request, Response, Scope, Source};
use serde_json::{Value, json};

fn config(scope: &[&str], settings: Value) -> Config {
    let text = json!({"base_url": "https://jira.example", "scope": scope, "settings": settings});
    Config::parse(&text.to_string()).expect("a configuration")
}

fn scope(stream: &str, parents: Vec<Parent>) -> Scope {
    Scope {
        stream: stream.to_owned(),
        config: String::new(),
        cursor: None,
        since: None,
        parents,
    }
}

fn project(cloud: bool, cursor: Option<&str>) -> Parent {
    Parent {
        external_id: "10000".to_owned(),
        fields: r#"{"key": "ACME"}"#.to_owned(),
        context: json!({ "cloud": cloud }).to_string(),
        cursor: cursor.map(str::to_owned),
    }
}

fn answer(to: &Request, status: u16, records: &[Value], beside: Value) -> Response {
    Response {
        token: to.token.clone(),
        partition: to.partition.clone(),
        url: format!("https://jira.example{}", to.url),
        status,
        headers: vec![(
            "date".to_owned(),
            "Fri, 01 Mar 2024 10:11:12 GMT".to_owned(),
        )],
        records: records.iter().map(Value::to_string).collect(),
        beside: beside.to_string(),
    }
}

fn plan(stream: &str, parents: Vec<Parent>) -> Request {
    let config = config(&["ACME"], json!({"email": "a@b.example"}));
    Jira::plan(&scope(stream, parents), &config)
        .expect("a plan")
        .remove(0)
}

fn read(stream: &str, response: &Response) -> Result<Page, Failure> {
    let config = config(&["ACME"], json!({"email": "a@b.example"}));
    Jira::read(&scope(stream, Vec::new()), &config, response)
}

fn refused(page: Result<Page, Failure>) -> String {
    match page {
        Err(Failure::Refused(words)) => words,
        other => panic!("{other:?}"),
    }
}

fn ids(range: std::ops::Range<u32>) -> Vec<Value> {
    range.map(|id| json!({ "id": id.to_string() })).collect()
}

fn kept(page: &Page) -> usize {
    let kept = |decision: &&Decision| matches!(decision, Decision::Keep(_));
    page.decisions.iter().filter(kept).count()
}

#[test]
fn which_server_it_is_is_asked_first_and_then_whose_credential_it_is() {
    for (kind, myself, fields) in [
        ("Cloud", "/rest/api/3/myself", "/rest/api/3/field"),
        ("Server", "/rest/api/2/myself", "/rest/api/2/field"),
    ] {
        let first = plan("jira_fields", Vec::new());
        assert_eq!(first.url, "/rest/api/2/serverInfo");
        let info = answer(&first, 200, &[json!({"deploymentType": kind})], json!({}));
        let second = read("jira_fields", &info).unwrap().requests.remove(0);
        assert_eq!(second.url, myself);
        let good = read(
            "jira_fields",
            &answer(&second, 200, &[json!({})], json!({})),
        )
        .unwrap();
        assert_eq!(good.requests[0].url, fields);
        let bad = answer(&second, 403, &[], json!("{\"errorMessages\": [\"no\"]}"));
        assert!(refused(read("jira_fields", &bad)).contains("no"));
    }
}

#[test]
fn a_cloud_site_without_an_email_is_refused_with_what_to_do() {
    let config = config(&[], json!({}));
    let first = plan("jira_projects", Vec::new());
    let info = answer(
        &first,
        200,
        &[json!({"deploymentType": "Cloud"})],
        json!({}),
    );
    let said = refused(Jira::read(
        &scope("jira_projects", Vec::new()),
        &config,
        &info,
    ));
    assert!(said.contains("--set email="), "{said}");
}

#[test]
fn a_query_names_times_in_milliseconds_and_no_field_by_name() {
    let parent = project(true, Some(r#"{"until": 1700000000000}"#));
    let request = plan("jira_issues", vec![parent]);
    assert!(
        request.url.starts_with("/rest/api/3/search/jql?jql="),
        "{}",
        request.url
    );
    assert!(
        request.url.contains("updated%20%3E%3D%201700000000000"),
        "{}",
        request.url
    );
    assert!(
        request.url.contains("fields=*all,-comment,-worklog"),
        "{}",
        request.url
    );
    assert!(!request.url.contains("startAt"), "{}", request.url);
    let server = plan("jira_issues", vec![project(false, None)]);
    assert!(
        server.url.starts_with("/rest/api/2/search?"),
        "{}",
        server.url
    );
    assert!(!server.url.contains("updated%20"), "{}", server.url);
}

#[test]
fn a_short_page_with_a_token_is_not_the_last_and_one_without_is() {
    let first = plan("jira_issues", vec![project(true, None)]);
    for came in [0, 1, 100] {
        let page = answer(&first, 200, &ids(0..came), json!({"nextPageToken": "b"}));
        let page = read("jira_issues", &page).unwrap();
        assert!(page.requests[0].url.contains("nextPageToken=b"));
        assert_eq!(kept(&page), came as usize);
    }
    let last = answer(&first, 200, &ids(0..100), json!({"isLast": true}));
    assert!(read("jira_issues", &last).unwrap().requests.is_empty());
}

#[test]
fn a_token_that_repeats_is_refused() {
    let first = plan("jira_issues", vec![project(true, None)]);
    let beside = json!({"nextPageToken": "b", "isLast": false});
    let page = read(
        "jira_issues",
        &answer(&first, 200, &ids(0..5), beside.clone()),
    )
    .unwrap();
    let again = answer(&page.requests[0], 200, &ids(5..10), beside);
    assert!(refused(read("jira_issues", &again)).contains("token"));
}

#[test]
fn tokens_that_lead_in_a_circle_of_several_are_refused() {
    let mut request = plan("jira_issues", vec![project(true, None)]);
    for step in 0..20 {
        let token = ["b", "c", "d", "e", "f"][if step < 2 { step } else { 2 + (step - 2) % 3 }];
        let page = answer(&request, 200, &ids(0..5), json!({ "nextPageToken": token }));
        match read("jira_issues", &page) {
            Ok(mut page) => request = page.requests.remove(0),
            said => return assert!(refused(said).contains("circle")),
        }
    }
    panic!("it goes on for ever");
}

#[test]
fn a_page_of_a_server_that_does_not_say_how_many_there_are_is_broken() {
    let first = plan("jira_issues", vec![project(false, None)]);
    let page = read("jira_issues", &answer(&first, 200, &ids(0..50), json!({})));
    assert!(matches!(page, Err(Failure::Broken(_))), "{page:?}");
}

#[test]
fn a_key_with_signs_in_it_stays_within_its_address() {
    let config = config(&["A/../../B?c"], json!({"anonymous": true}));
    let asked = scope("jira_projects", Vec::new());
    let first = Jira::plan(&asked, &config).unwrap().remove(0);
    let info = answer(&first, 200, &[json!({})], json!({}));
    let page = Jira::read(&asked, &config, &info).unwrap();
    assert_eq!(
        page.requests[0].url,
        "/rest/api/2/project/A%2F..%2F..%2FB%3Fc"
    );
}

#[test]
fn the_cursor_is_the_servers_time_at_the_first_page_less_the_overlap() {
    let first = plan("jira_issues", vec![project(true, None)]);
    let page = answer(&first, 200, &ids(0..5), json!({"nextPageToken": "b"}));
    let page = read("jira_issues", &page).unwrap();
    let progress = page.progress.unwrap();
    assert_eq!(progress.partition, "10000");
    // 10:11:12 less five minutes.
    assert_eq!(progress.cursor, r#"{"until":1709287572000}"#);
    let second = answer(&page.requests[0], 200, &ids(5..7), json!({}));
    assert!(read("jira_issues", &second).unwrap().progress.is_none());
}

#[test]
fn pages_of_a_server_overlap_by_an_issue_and_the_walk_steps_back_where_they_do_not() {
    let first = plan("jira_issues", vec![project(false, None)]);
    // The server gives fewer than was asked for.
    let page = answer(&first, 200, &ids(0..50), json!({"total": 120}));
    let second = read("jira_issues", &page).unwrap().requests.remove(0);
    assert!(second.url.ends_with("&startAt=49"), "{}", second.url);
    let shifted = answer(&second, 200, &ids(50..100), json!({"total": 119}));
    let back = read("jira_issues", &shifted).unwrap().requests.remove(0);
    assert!(back.url.ends_with("&startAt=0"), "{}", back.url);
    // However many were deleted: it goes on behind the last that it has seen.
    let far = json!({"total": 900});
    let page = answer(&second, 200, &ids(49..99), json!({"total": 1000}));
    let page = read("jira_issues", &page).unwrap().requests.remove(0);
    let lost = answer(&page, 200, &ids(400..450), far.clone());
    let back = read("jira_issues", &lost).unwrap().requests.remove(0);
    assert!(back.url.ends_with("&startAt=0"), "{}", back.url);
    let found = answer(&back, 200, &ids(60..160), far);
    let on = read("jira_issues", &found).unwrap().requests.remove(0);
    assert!(on.url.ends_with("&startAt=99"), "{}", on.url);
    let fits = answer(&second, 200, &ids(49..99), json!({"total": 120}));
    let third = read("jira_issues", &fits).unwrap().requests.remove(0);
    assert!(third.url.ends_with("&startAt=98"), "{}", third.url);
    let last = answer(&third, 200, &ids(98..120), json!({"total": 120}));
    assert!(read("jira_issues", &last).unwrap().requests.is_empty());
}

#[test]
fn a_list_that_a_search_has_cut_is_read_page_by_page() {
    let first = plan("jira_changelogs", vec![project(true, None)]);
    assert!(first.url.contains("expand=changelog"), "{}", first.url);
    let issue = |id: &str, total: u32, shown: usize| {
        let histories = vec![json!({"id": "1"}); shown];
        json!({"id": id, "key": "ACME-1", "changelog": {"total": total, "histories": histories}})
    };
    let issues = [issue("1", 2, 2), issue("2", 130, 100), issue("3", 50, 40)];
    let page = read("jira_changelogs", &answer(&first, 200, &issues, json!({}))).unwrap();
    assert_eq!(kept(&page), 1);
    let urls: Vec<&str> = page
        .requests
        .iter()
        .map(|request| request.url.as_str())
        .collect();
    assert_eq!(
        urls,
        [
            "/rest/api/3/issue/2/changelog?startAt=0&maxResults=100",
            "/rest/api/3/issue/3/changelog?startAt=0&maxResults=100"
        ]
    );
    let part = answer(
        &page.requests[0],
        200,
        &ids(0..100),
        json!({"isLast": false}),
    );
    let part = read("jira_changelogs", &part).unwrap();
    assert!(part.requests[0].url.contains("startAt=100"));
    let Decision::Keep(entry) = &part.decisions[0] else {
        panic!("{:?}", part.decisions)
    };
    assert_eq!(entry.external_id, "2/0");
    assert_eq!(entry.context, r#"{"issue_id":"2","issue_key":"ACME-1"}"#);
}

#[test]
fn worklogs_beyond_the_twentieth_are_read_on_their_own() {
    let first = plan("jira_worklogs", vec![project(false, None)]);
    let worklogs = vec![json!({"id": "1"}); 20];
    let cut = json!({"id": "7", "key": "ACME-7", "fields": {"worklog": {"total": 25, "worklogs": worklogs}}});
    let page = read(
        "jira_worklogs",
        &answer(&first, 200, &[cut], json!({"total": 1})),
    )
    .unwrap();
    assert_eq!(kept(&page), 0);
    assert_eq!(
        page.requests[0].url,
        "/rest/api/2/issue/7/worklog?startAt=0&maxResults=100"
    );
}

#[test]
fn a_server_that_shows_no_older_changes_keeps_those_that_it_shows_and_fails_nothing() {
    let first = plan("jira_changelogs", vec![project(false, None)]);
    let cut = json!({"id": "7", "key": "ACME-7", "changelog": {"total": 130, "histories": [{"id": "1"}]}});
    let page = read(
        "jira_changelogs",
        &answer(&first, 200, &[cut], json!({"total": 1})),
    )
    .unwrap();
    assert_eq!(kept(&page), 1);
    let gone = answer(&page.requests[0], 404, &[], json!(""));
    let rest = read("jira_changelogs", &gone).unwrap();
    assert!(rest.skipped.is_none(), "its project's cursor would stay");
}

#[test]
fn a_board_without_sprints_and_a_site_without_boards_are_no_failures() {
    let boards = plan("jira_boards", vec![project(true, None)]);
    assert_eq!(
        boards.url,
        "/rest/agile/1.0/board?projectKeyOrId=ACME&startAt=0&maxResults=50"
    );
    let none = read("jira_boards", &answer(&boards, 404, &[], json!(""))).unwrap();
    assert!(none.skipped.is_none() && none.requests.is_empty());
    let board = |kind: &str| Parent {
        fields: json!({ "type": kind }).to_string(),
        external_id: "84".to_owned(),
        ..project(true, None)
    };
    let sprints = plan("jira_sprints", vec![board("kanban"), board("simple")]);
    assert_eq!(
        sprints.url,
        "/rest/agile/1.0/board/84/sprint?startAt=0&maxResults=50"
    );
    let none = read("jira_sprints", &answer(&sprints, 400, &[], json!(""))).unwrap();
    assert!(none.skipped.is_none() && none.decisions.is_empty());
}

#[test]
fn a_project_that_is_named_and_refused_is_a_failure_that_says_what_to_do() {
    let first = plan("jira_issues", vec![project(true, None)]);
    let said = json!("{\"errorMessages\": [\"The value 'ACME' does not exist\"], \"errors\": {}}");
    let said = refused(read("jira_issues", &answer(&first, 400, &[], said)));
    assert!(
        said.contains("does not exist") && said.contains("check the key"),
        "{said}"
    );
}

#[test]
fn a_project_that_is_named_by_a_former_key_is_read() {
    let parent = Parent {
        fields: r#"{"key": "NEW"}"#.to_owned(),
        context: json!({"cloud": true, "entry": "ACME"}).to_string(),
        ..project(true, None)
    };
    let first = plan("jira_issues", vec![parent]);
    assert!(first.url.contains("%22NEW%22"), "{}", first.url);
}
