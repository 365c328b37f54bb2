//! The conformance suite, run for each back-end.
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics says where; clippy spares only the test functions themselves"
)]

mod conformance;
mod postgres;
mod sqlite;

mod on_sqlite {
    super::conformance::conformance!(crate::sqlite::fresh);
}

mod on_postgres {
    super::conformance::conformance!(crate::postgres::fresh);
}
