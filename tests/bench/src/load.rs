//! Rows of pull requests into PostgreSQL: through the load workers, against a
//! `COPY` into a temporary table and one `INSERT ... ON CONFLICT`.

use std::{
    fmt::Write as _,
    process::{Command, Stdio},
    sync::Arc,
    time::Instant,
};

use runnel_broker::{EmbeddedBroker, LEASE};
use runnel_model::{Change, Queue, RawId, Row, Table, Value};
use runnel_pipeline::{Loader, Vectorizer};
use runnel_sandbox::BoundTransform;
use runnel_store::{TransformCommit, Transformed};
use test_services::Database;

use crate::{
    transform,
    world::{Worker, World, github},
};

const ROWS: usize = 100_000;
/// The rows of one task, as a page's worth of transforms makes them.
const BATCH: usize = 500;
/// Batches that are loaded at once.
const SLOTS: u32 = 2;
const ROUNDS: usize = 3;

pub(crate) async fn report() {
    let transform = transform::built();
    let rows = rows(&transform);
    println!(
        "\n{ROWS} rows of pull requests into PostgreSQL, new each time; the best of {ROUNDS} rounds of each.\n"
    );
    println!("| workers, {BATCH} rows a task, rows/s | COPY and one INSERT, rows/s | ratio |");
    println!("|---|---|---|");
    let (mut workers, mut copies) = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        let database = Database::fresh();
        workers = workers.max(loaded(&database.url(), &transform, &rows).await);
        copies = copies.max(copied(&database.url(), &transform, &rows));
    }
    println!("| {workers:.0} | {copies:.0} | {:.2} |", workers / copies);
}

/// Rows as the transform makes them, each with an id of its own.
fn rows(transform: &BoundTransform) -> Vec<Vec<Value>> {
    let payloads = transform::payloads();
    let batch = transform.transform(&transform::records(&payloads));
    let batch = batch.expect("a batch");
    let rows: Vec<Row> = batch
        .outcomes
        .into_iter()
        .flat_map(|outcome| match outcome {
            Ok(runnel_model::Outcome::Emit(changes)) => changes,
            other => panic!("no rows: {other:?}"),
        })
        .map(|change| match change {
            Change::Upsert(row) | Change::Delete(row) => row,
        })
        .collect();
    let table = &transform.descriptor().tables[0];
    let key = table.columns.iter().position(|c| c.name == table.key[0]);
    let key = key.expect("a key");
    (0..ROWS)
        .map(|i| {
            let mut values = rows[i % rows.len()].values.clone();
            values[key] = Value::Text(format!("{:09}", i * 7_919 % 1_000_000_007));
            values
        })
        .collect()
}

/// Rows a second through the load workers.
async fn loaded(url: &str, transform: &BoundTransform, rows: &[Vec<Value>]) -> f64 {
    let tasks = rows.len().div_ceil(BATCH);
    let world = World::new(url, tasks).await;
    let digest = transform.digest();
    let prepared = world.store.prepare(transform.descriptor(), &digest);
    let descriptor = prepared.await.expect("tables");
    let fetches = world.claim(&Queue::Extract, tasks).await;
    world.commit_pages(fetches).await;
    let transforms = world.claim(&Queue::Transform(github()), tasks).await;
    for (task, rows) in transforms.iter().zip(rows.chunks(BATCH)) {
        let change = |values: &Vec<Value>| {
            let values = values.clone();
            (RawId(1), Change::Upsert(Row { table: 0, values }))
        };
        let batch = Transformed {
            descriptor,
            transformed: rows.len() as u64,
            changes: rows.iter().map(change).collect(),
            records: Vec::new(),
            dead: vec![],
            replaced_nuls: 0,
            traceparents: String::new(),
        };
        let commit = TransformCommit {
            claims: vec![task.claim],
            run: task.run,
            trial: None,
            batches: vec![batch],
            settled: vec![],
        };
        world.store.commit_transformed(commit).await.expect("one");
    }
    let broker = Arc::new(EmbeddedBroker::new(Arc::clone(&world.store), LEASE));
    let workers: [Worker; 2] = [
        (Queue::Load(github()), SLOTS, |context| {
            Arc::new(Loader::new(context))
        }),
        (Queue::Vectorize, 1, |context| {
            Arc::new(Vectorizer::new(context))
        }),
    ];
    let took = world.work(broker, &workers).await;
    rows.len() as f64 / took
}

/// Rows a second of the same rows by `psql`, into a table that is the same.
fn copied(url: &str, transform: &BoundTransform, rows: &[Vec<Value>]) -> f64 {
    let table = &transform.descriptor().tables[0];
    let data: String = rows.iter().map(|row| line(row)).collect();
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|c| format!("\"{}\"", c.name))
        .collect();
    let names = names.join(", ");
    let script = format!(
        "CREATE TABLE bare (LIKE {name} INCLUDING ALL);\n\
         BEGIN;\n\
         CREATE TEMPORARY TABLE given ON COMMIT DROP AS SELECT {names} FROM {name} LIMIT 0;\n\
         COPY given FROM STDIN;\n{data}\\.\n\
         INSERT INTO bare (id, tenant_id, integration_id, raw_data_id, transform_digest, last_updated_at, {names})\n\
         SELECT row_number() OVER (), 1, 1, 1, repeat('0', 64), now(), {names} FROM given\n\
         ON CONFLICT (tenant_id, {key}) DO UPDATE SET {set};\n\
         COMMIT;\n",
        name = table.name,
        key = table.key[0],
        set = assignments(table),
    );
    let started = Instant::now();
    let mut psql = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", url])
        .stdin(Stdio::piped())
        .spawn()
        .expect("psql");
    let mut input = psql.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut input, script.as_bytes()).expect("it reads");
    drop(input);
    assert!(psql.wait().expect("an end").success());
    rows.len() as f64 / started.elapsed().as_secs_f64()
}

fn assignments(table: &Table) -> String {
    let each = table
        .columns
        .iter()
        .map(|c| format!("\"{name}\" = excluded.\"{name}\"", name = c.name));
    each.collect::<Vec<_>>().join(", ")
}

/// A row in COPY's text format
/// (<https://www.postgresql.org/docs/15/sql-copy.html>).
fn line(row: &[Value]) -> String {
    let mut line = String::new();
    for (i, value) in row.iter().enumerate() {
        if i > 0 {
            line.push('\t');
        }
        match value {
            Value::Null => line.push_str("\\N"),
            Value::Boolean(value) => write!(line, "{value}").expect("a string grows"),
            Value::Integer(value) => write!(line, "{value}").expect("a string grows"),
            Value::Float(value) => write!(line, "{value}").expect("a string grows"),
            Value::Text(text) | Value::Json(text) => line.push_str(&escaped(text)),
            Value::Timestamp(at) => line.push_str(&instant(*at)),
            Value::Date(days) => line.push_str(&instant(i64::from(*days) * 86_400_000_000)),
        }
    }
    line.push('\n');
    line
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('\t', "\\t")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

fn instant(micros: i64) -> String {
    let nanos = i128::from(micros) * 1_000;
    time::OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .ok()
        .and_then(|at| {
            at.format(&time::format_description::well_known::Rfc3339)
                .ok()
        })
        .expect("an instant")
}
