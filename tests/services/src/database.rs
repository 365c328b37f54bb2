//! A database of PostgreSQL for one test.

use std::{
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use url::Url;

/// Where a PostgreSQL listens unless it was told otherwise.
const STANDARD: &str = "postgres://root@127.0.0.1:5432/postgres";

/// A fresh database without a table, dropped with this. It is one of the server
/// that `DATABASE_URL` names, else of the one at the standard port of this machine.
#[derive(Debug)]
pub struct Database {
    name: String,
    server: Url,
}

impl Database {
    /// Makes one. A test without a database has nothing to say, so it panics where
    /// none can be had.
    pub fn fresh() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let server = std::env::var("DATABASE_URL").unwrap_or_else(|_| STANDARD.to_owned());
        let database = Self {
            name: format!("runnel_services_{}_{count}", std::process::id()),
            server: server.parse().expect("DATABASE_URL is a URL"),
        };
        let create = format!("CREATE DATABASE {}", database.name);
        database.psql(&create).expect("a database can be made");
        database
    }

    /// Its URL.
    pub fn url(&self) -> String {
        self.url_at(self.server.port().unwrap_or(5432))
    }

    /// Its URL with the server at another port of this machine: that of something
    /// that passes on what it gets.
    pub fn url_at(&self, port: u16) -> String {
        let mut url = self.server.clone();
        url.set_port(Some(port)).expect("a URL with a host");
        url.set_path(&self.name);
        url.to_string()
    }

    /// Where the server listens.
    pub fn address(&self) -> (String, u16) {
        let host = self.server.host_str().unwrap_or("127.0.0.1").to_owned();
        (host, self.server.port().unwrap_or(5432))
    }

    fn psql(&self, statement: &str) -> Result<(), String> {
        let run = Command::new("psql")
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement])
            .arg(self.server.as_str())
            .output();
        let output = run.map_err(|error| {
            format!("psql cannot be run ({error}): `apt-get install postgresql-client`")
        })?;
        if output.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        if let Err(error) = self.psql(&drop) {
            eprintln!("the database {} stays: {error}", self.name);
        }
    }
}
