//! Lists, page by page and by scope; rows, and where they come from.

use runnel_model::{Column, ColumnType, RunId, Value};
use runnel_store::{
    After, BehindGroup, Comparison, Condition, DeadLetterFilter, GroupSeen, IntegrationsWanted,
    JobState, JobsWanted, LettersWanted, RowsWanted, RunsWanted, SORTED_CHARS, Scope, Sort,
    TableSeen, TaskKind, operand,
};
use serde_json::json;

use super::{
    operators::dead,
    schedules::job,
    tables::{pr, prs},
    versions::ann,
    world::{World, batch, load_of, loads, new_run, record, transforms},
};

fn own(world: &World) -> Scope {
    Scope::Only(vec![world.integration.tenant])
}

pub(crate) async fn a_page_begins_behind_the_one_before(world: World) {
    let store = &world.store;
    for name in ["a", "b", "c"] {
        store.add_tenant(name, &ann()).await.unwrap();
    }
    let mut names = Vec::new();
    let mut after = After::default();
    loop {
        let page = store.tenants_page(&Scope::All, None, &after, 2).await;
        let page = page.unwrap();
        let Some(last) = page.last() else { break };
        after = After {
            name: last.name.clone(),
            id: last.id.0,
        };
        names.extend(page.into_iter().map(|tenant| tenant.name));
    }
    assert_eq!(names, ["a", "acme", "b", "c"]);
    let first = After::default();
    let found = store.tenants_page(&Scope::All, Some("CM"), &first, 9).await;
    let found: Vec<String> = found.unwrap().into_iter().map(|one| one.name).collect();
    assert_eq!(found, ["acme"]);
}

pub(crate) async fn runs_are_found_by_their_jobs_id(world: World) {
    let store = &world.store;
    let both = [job("a", &[]), job("b", &[])];
    world.put(&both).await;
    let jobs = store.jobs(None).await.unwrap();
    let new = [new_run("a"), new_run("b")];
    let runs = store.create_runs(&world.integration, &new).await.unwrap();
    for (run, job) in runs.iter().zip(&jobs) {
        let (job, run) = (job.id.0, run.0);
        let of = format!("UPDATE job_runs SET job_id = {job} WHERE id = {run}");
        world.rows(&of).await;
    }
    let wanted = RunsWanted {
        job_id: Some(jobs[1].id),
        ..RunsWanted::default()
    };
    let nobody = Scope::Only(vec![]);
    for (scope, expected) in [
        (&Scope::All, &runs[1..]),
        (&own(&world), &runs[1..]),
        (&nobody, &runs[..0]),
    ] {
        let page = store.runs_page(scope, &wanted, i64::MAX, 9).await;
        let found: Vec<RunId> = page.unwrap().iter().map(|seen| seen.run.id).collect();
        assert_eq!(found, expected, "{scope:?}");
    }
}

pub(crate) async fn a_scope_has_its_tenants_things_alone(world: World) {
    let store = &world.store;
    world.put(&[job("a", &[])]).await;
    let runs = [new_run("prs")];
    store.create_runs(&world.integration, &runs).await.unwrap();
    let nobody = Scope::Only(vec![]);
    let acme = own(&world);
    let world = world.of_tenant("other").await;
    let store = &world.store;
    let other = own(&world);
    let first = After::default();
    for (scope, count) in [(&Scope::All, 1), (&acme, 1), (&other, 0), (&nobody, 0)] {
        let jobs = store
            .jobs_page(scope, &JobsWanted::default(), &first, 9)
            .await;
        let runs = store
            .runs_page(scope, &RunsWanted::default(), i64::MAX, 9)
            .await;
        assert_eq!(
            (jobs.unwrap().len(), runs.unwrap().len()),
            (count, count),
            "{scope:?}"
        );
    }
    let integrations = async |scope| {
        let wanted = IntegrationsWanted::default();
        let page = store.integrations_page(scope, &wanted, &first, 9).await;
        page.unwrap().len()
    };
    assert_eq!(integrations(&Scope::All).await, 2);
    assert_eq!(integrations(&other).await, 1);
    assert_eq!(integrations(&nobody).await, 0);
    let wanted = LettersWanted::default();
    let letters = store.letters_page(&nobody, &wanted, i64::MAX, 9).await;
    assert_eq!(letters.unwrap(), []);
}

pub(crate) async fn jobs_are_found_by_how_they_stand_and_what_they_are_called(world: World) {
    let store = &world.store;
    let jobs = [job("prs_1", &[]), job("comments_1", &[])];
    world.put(&jobs).await;
    let find = async |wanted: JobsWanted| -> Vec<String> {
        let page = store
            .jobs_page(&Scope::All, &wanted, &After::default(), 9)
            .await;
        page.unwrap()
            .into_iter()
            .map(|seen| seen.job.name)
            .collect()
    };
    let in_state = |state| JobsWanted {
        state: Some(state),
        ..JobsWanted::default()
    };
    assert_eq!(
        find(in_state(JobState::Waiting)).await,
        ["comments_1", "prs_1"]
    );
    assert_eq!(find(in_state(JobState::Failing)).await, [""; 0]);
    let called = |text: &str| JobsWanted {
        text: Some(text.to_owned()),
        ..JobsWanted::default()
    };
    assert_eq!(find(called("PRS_")).await, ["prs_1"]);
    assert_eq!(find(called("%")).await, [""; 0]);
    assert_eq!(find(called("'; --")).await, [""; 0]);
}

async fn loaded(world: &World) -> TableSeen {
    let by = world.prepare(&prs()).await;
    let rows = (1..=5).map(|n| pr(n, n, ["same", "other"][usize::from(n == 4)], Some(n)));
    world.load(by, rows.collect()).await;
    world
        .store
        .table(&Scope::All, "prs")
        .await
        .unwrap()
        .unwrap()
}

fn column(table: &TableSeen, name: &str) -> Column {
    let mut columns = table.columns.iter();
    columns
        .find(|column| *column.name == *name)
        .unwrap()
        .clone()
}

pub(crate) async fn rows_come_sorted_page_by_page_with_none_twice(world: World) {
    let table = loaded(&world).await;
    let tenant = world.integration.tenant;
    // Alike in what they are sorted by, and no longer behind it.
    let long = |n: i64| format!("{}{n}", "é".repeat(SORTED_CHARS));
    let made_by = world.prepare(&prs()).await;
    let rows = (6..=8).map(|n| pr(n, n, &long(14 - n), Some(n)));
    world.load(made_by, rows.collect()).await;
    for (by, descending) in [("title", false), ("title", true), ("number", true)] {
        let sort = Sort {
            column: column(&table, by),
            descending,
        };
        let mut wanted = RowsWanted {
            sort: Some(sort),
            ..RowsWanted::default()
        };
        let mut ids = Vec::new();
        while ids.len() < 10 {
            let page = world.store.rows(&table, tenant, &wanted, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            let value = match &last.values[by] {
                json if json.is_string() => {
                    Value::Text(json.as_str().unwrap().chars().take(SORTED_CHARS).collect())
                }
                json => Value::Integer(json.as_i64().unwrap()),
            };
            wanted.after = Some((value, last.id));
            ids.extend(page.into_iter().map(|row| row.values["number"].clone()));
        }
        let mut sorted: Vec<i64> = ids.iter().map(|id| id.as_i64().unwrap()).collect();
        if by == "number" {
            assert_eq!(sorted, [8, 7, 6, 5, 4, 3, 2, 1]);
        }
        sorted.sort_unstable();
        assert_eq!(sorted, [1, 2, 3, 4, 5, 6, 7, 8], "{by}");
    }
}

pub(crate) async fn rows_are_found_by_their_values_and_are_their_tenants(world: World) {
    let table = loaded(&world).await;
    let tenant = world.integration.tenant;
    let find = async |name: &str, comparison, text: &str| -> usize {
        let column = column(&table, name);
        let operand = match comparison {
            Comparison::Null => Value::Null,
            _ => operand(column.kind, text).unwrap(),
        };
        let wanted = RowsWanted {
            conditions: vec![Condition {
                column,
                comparison,
                operand,
            }],
            ..RowsWanted::default()
        };
        let rows = world.store.rows(&table, tenant, &wanted, 9).await;
        rows.unwrap().len()
    };
    assert_eq!(find("number", Comparison::Equal, "3").await, 1);
    assert_eq!(find("number", Comparison::Greater, "3").await, 2);
    assert_eq!(find("number", Comparison::AtMost, "3").await, 3);
    assert_eq!(find("title", Comparison::NotEqual, "same").await, 1);
    assert_eq!(find("title", Comparison::Contains, "AM").await, 4);
    assert_eq!(find("title", Comparison::Null, "").await, 0);
    assert_eq!(find("title", Comparison::Equal, "' OR 1=1 --").await, 0);
    assert_eq!(operand(ColumnType::Integer, "1 OR 1=1"), None);
    let world = world.of_tenant("other").await;
    let theirs = world.integration.tenant;
    let rows = world
        .store
        .rows(&table, theirs, &RowsWanted::default(), 9)
        .await;
    assert_eq!(rows.unwrap(), []);
    let ids = world.rows("SELECT id FROM prs LIMIT 1").await;
    let id = ids[0][0].as_i64().unwrap();
    let lineage = world.store.lineage(&table, &own(&world), id).await.unwrap();
    assert_eq!(lineage, None);
    let lineage = world.store.lineage(&table, &Scope::All, id).await.unwrap();
    assert_eq!(json!(lineage.unwrap().maker.is_some()), true);
}

pub(crate) async fn a_text_is_found_in_whatever_case_in_every_alphabet(world: World) {
    let table = loaded(&world).await;
    let tenant = world.integration.tenant;
    world
        .rows("UPDATE prs SET title = 'GRÜNE äpfel [*]_ 100% ΟΔΌΣ' WHERE number = 3")
        .await;
    let found = async |text: &str| {
        let text = text.to_owned();
        let contains = Condition {
            column: column(&table, "title"),
            comparison: Comparison::Contains,
            operand: Value::Text(text.clone()),
        };
        let by_column = RowsWanted {
            conditions: vec![contains],
            ..RowsWanted::default()
        };
        let anywhere = RowsWanted {
            text: Some(text),
            ..RowsWanted::default()
        };
        let mut counts = [0; 2];
        for (count, wanted) in counts.iter_mut().zip([by_column, anywhere]) {
            *count = world
                .store
                .rows(&table, tenant, &wanted, 9)
                .await
                .unwrap()
                .len();
        }
        counts
    };
    for text in [
        "Grüne",
        "grÜne ÄPFEL [*]_ 1",
        "Ä",
        "ä",
        "οδός",
        "APF",
        "0% ο",
    ] {
        let expected = if text == "APF" { 0 } else { 1 };
        assert_eq!(found(text).await, [expected; 2], "{text}");
    }
    for text in ["ä?fel", "ä*l", "ä.fel", "ö", "gruene ä"] {
        assert_eq!(found(text).await, [0; 2], "{text}");
    }
}

pub(crate) async fn what_a_row_came_of_is_there_with_what_it_was_before(world: World) {
    let by = world.prepare(&prs()).await;
    for payload in ["[1]", "[2]", "[2]", "[3]"] {
        let records = vec![record("7", payload), record("8", payload)];
        let run = world.read(new_run("prs"), "", records).await;
        let task = world.claim_one(&transforms()).await;
        let TaskKind::Transform(raw) = &task.kind else {
            panic!("{} is no transform", task.kind)
        };
        let row = pr(raw[0].0, 7, payload, None);
        let mapped = batch(&task, run, by, vec![row]);
        world.store.commit_transformed(mapped).await.unwrap();
        let task = world.claim_one(&loads()).await;
        world.store.load(&[load_of(&task)]).await.unwrap();
    }
    let table = world
        .store
        .table(&Scope::All, "prs")
        .await
        .unwrap()
        .unwrap();
    let ids = world.rows("SELECT id FROM prs").await;
    let id = ids[0][0].as_i64().unwrap();
    let lineage = world.store.lineage(&table, &own(&world), id).await.unwrap();
    let lineage = lineage.unwrap();
    assert_eq!(lineage.raw.unwrap().payload, "[3]");
    let earlier: Vec<_> = lineage
        .earlier
        .iter()
        .map(|raw| (&*raw.external_id, &*raw.payload))
        .collect();
    assert_eq!(earlier, [("7", "[2]"), ("7", "[1]")]);
}

pub(crate) async fn groups_are_a_tenants_own_and_come_once_while_others_change(world: World) {
    dead(&world).await;
    let world = world.of_tenant("zoo").await;
    dead(&world).await;
    let store = &world.store;
    let next = async |last: Option<&GroupSeen>| {
        let behind = last.map(|last| BehindGroup {
            count: i64::try_from(last.group.count).unwrap(),
            newest: last.newest,
        });
        let wanted = LettersWanted::default();
        let page = store.letter_groups(&Scope::All, &wanted, behind, 1).await;
        page.unwrap().pop()
    };
    let mut seen = vec![next(None).await.unwrap()];
    let shown = DeadLetterFilter {
        tenant: Some(world.integration.tenant),
        fingerprint: Some(seen[0].group.fingerprint.clone()),
        ..DeadLetterFilter::default()
    };
    assert_eq!(store.drop_dead_letters(&shown, &ann()).await.unwrap(), 2);
    while let Some(group) = next(seen.last()).await {
        seen.push(group);
    }
    let of = |seen: &GroupSeen| (seen.tenant.clone(), seen.group.count);
    let expected = [("zoo", 2), ("acme", 2), ("zoo", 1), ("acme", 1)];
    let expected = expected.map(|(tenant, count)| (tenant.to_owned(), count));
    assert_eq!(seen.iter().map(of).collect::<Vec<_>>(), expected);
}
