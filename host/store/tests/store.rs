//! The conformance suite, run for each back-end.

mod conformance;
mod sqlite;

mod on_sqlite {
    super::conformance::conformance!(crate::sqlite::fresh);
}
