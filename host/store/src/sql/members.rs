//! Rows that are parts of another row: those that it has left are deleted.
//!
//! A part is there for as long as its raw record is its owner's. A load writes both
//! of one raw record, and has equal rows take it on, so whatever is of another one is
//! of another day: what the owner had and has no longer, or what a late and older
//! record of it had.

use std::collections::BTreeSet;

use runnel_model::{MemberOf, Name, Table};
use sqlx::AssertSqlSafe;

use super::{Connection, Origin, dialect::IDS, json};
use crate::{
    batch::{Batch, TableBatch},
    catalog::Stored,
    ddl::quoted,
};

/// Deletes the parts that the owners of a batch's rows have left, and answers how
/// many.
pub(super) async fn leave(
    connection: &mut Connection,
    by: &Stored,
    origin: &Origin,
    batch: &Batch,
) -> Result<u64, sqlx::Error> {
    let mut left = 0;
    for table in &by.descriptor.tables {
        let Some(of) = &table.member_of else { continue };
        let both: Vec<&TableBatch> = [&table.name, &of.table]
            .into_iter()
            .filter_map(|name| rows(by, batch, name))
            .collect();
        if both.is_empty() {
            continue;
        }
        let upserts = both.iter().flat_map(|rows| &rows.upserts);
        let raw: BTreeSet<i64> = upserts.map(|item| item.raw.0).collect();
        let raw = json(raw);
        let mut statements = vec![stale(table, of, "_o"), stale(table, of, "_m")];
        if both.iter().any(|rows| !rows.deletes.is_empty()) {
            statements.push(without_owner(table, of));
        }
        for statement in statements {
            let done = sqlx::query(AssertSqlSafe(statement))
                .bind(&raw)
                .bind(origin.tenant)
                .execute(&mut *connection)
                .await?;
            left += done.rows_affected();
        }
    }
    Ok(left)
}

fn rows<'a>(by: &Stored, batch: &'a Batch, table: &Name) -> Option<&'a TableBatch> {
    let mut tables = by.descriptor.tables.iter();
    batch.tables.get(&tables.position(|t| t.name == *table)?)
}

/// What finds owners and parts by their raw records, and parts by their owners.
pub(super) fn indexes(table: &Table, of: &MemberOf) -> Vec<String> {
    let on = of.on.iter().map(|(own, _)| own);
    vec![
        crate::ddl::index_raw(&table.name),
        crate::ddl::index_raw(&of.table),
        crate::ddl::index_members(&table.name, on),
    ]
}

/// Of the owners, or else the parts, of these raw records: the parts of another one.
fn stale(table: &Table, of: &MemberOf, these: &str) -> String {
    format!(
        "DELETE FROM {0} WHERE id IN (SELECT _m.id FROM {0} _m JOIN {1} _o ON {2} \
         WHERE {these}.raw_data_id {IDS} AND {these}.tenant_id = $2 AND _m.raw_data_id <> _o.raw_data_id)",
        quoted(&table.name),
        quoted(&of.table),
        same(of),
    )
}

fn without_owner(table: &Table, of: &MemberOf) -> String {
    format!(
        "DELETE FROM {0} WHERE id IN (SELECT _m.id FROM {0} _m WHERE _m.tenant_id = $2 \
         AND NOT EXISTS (SELECT 1 FROM {1} _o WHERE {2}))",
        quoted(&table.name),
        quoted(&of.table),
        same(of),
    )
}

fn same(of: &MemberOf) -> String {
    let pairs = of
        .on
        .iter()
        .map(|(own, theirs)| format!(" AND _m.{} = _o.{}", quoted(own), quoted(theirs)));
    format!("_m.tenant_id = _o.tenant_id{}", pairs.collect::<String>())
}
