//! What a source says, checked.

use runnel_sandbox::{
    SandboxError, SourceError,
    source::{Decision, Failure, Response, Scope},
};

use crate::guests::source;

fn scope() -> Scope {
    Scope {
        stream: "things".to_owned(),
        config: "{}".to_owned(),
        since: Some(1),
        ..Scope::default()
    }
}

fn answer(status: u16) -> Response {
    Response {
        token: "null".to_owned(),
        partition: String::new(),
        url: "https://example.com/repos".to_owned(),
        status,
        headers: vec![("link".to_owned(), "<x>".to_owned())],
        records: vec!["{\"id\":1}".to_owned(), "{\"id\":2}".to_owned()],
        beside: "{}".to_owned(),
    }
}

fn fault(status: u16) -> String {
    match source().read(&scope(), &answer(status)).unwrap_err() {
        SourceError::Sandbox(SandboxError::Guest(fault)) => fault.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_source_describes_itself_and_is_then_called_by_its_name() {
    let source = source();
    let descriptor = source.descriptor("{}").unwrap();
    let error = source
        .named(&descriptor)
        .read(&scope(), &answer(418))
        .unwrap_err();
    assert!(error.to_string().starts_with("tests 0.9.0 ("), "{error}");
}

#[test]
fn a_plan_gives_requests() {
    let requests = source().plan(&scope()).unwrap();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!((&*request.method, &*request.url), ("GET", "/repos"));
    assert_eq!(request.token, "{\"page\":1}");
}

#[test]
fn a_page_has_a_decision_for_each_record() {
    let page = source().read(&scope(), &answer(200)).unwrap();
    assert_eq!(page.decisions, [Decision::Skip, Decision::Skip]);
    assert!(fault(404).contains("3 decisions for 2 records"));
}

#[test]
fn a_kept_record_without_an_id_is_a_fault() {
    assert!(fault(410).contains("an empty external id"));
}

#[test]
fn a_wait_that_the_source_asks_for_is_no_fault() {
    match source().read(&scope(), &answer(202)).unwrap_err() {
        SourceError::Failure(Failure::Again(wait)) => {
            assert_eq!((&*wait.reason, wait.seconds), ("wait a bit", Some(30)));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_trap_is_a_fault_of_the_plugin() {
    assert!(fault(418).contains("panicked"));
}
