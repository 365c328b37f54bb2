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
        let database = Self {
            name: format!("runnel_services_{}_{count}", std::process::id()),
            server: server(),
        };
        let create = format!("CREATE DATABASE {}", database.name);
        psql(&database.server, &create).expect("a database can be made");
        database
    }

    /// Its URL.
    pub fn url(&self) -> String {
        self.url_at(self.server.port().unwrap_or(5432))
    }

    /// Its URL for another role.
    pub fn url_as(&self, role: &Role) -> String {
        let mut url: Url = self.url().parse().expect("a URL");
        url.set_username(&role.0).expect("a URL with a host");
        url.set_password(Some(PASSWORD)).expect("a URL with a host");
        url.to_string()
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
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        if let Err(error) = psql(&self.server, &drop) {
            eprintln!("the database {} stays: {error}", self.name);
        }
    }
}

const PASSWORD: &str = "a password";

/// A role that may log in, dropped with this. It has to outlive the database in
/// which something was granted to it.
#[derive(Debug)]
pub struct Role(String);

impl Role {
    /// Makes one.
    pub fn fresh() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let role = Self(format!("runnel_role_{}_{count}", std::process::id()));
        let create = format!("CREATE ROLE {} LOGIN PASSWORD '{PASSWORD}'", role.0);
        psql(&server(), &create).expect("a role can be made");
        role
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        if let Err(error) = psql(&server(), &format!("DROP ROLE IF EXISTS {}", self.0)) {
            eprintln!("the role {} stays: {error}", self.0);
        }
    }
}

fn server() -> Url {
    let server = std::env::var("DATABASE_URL").unwrap_or_else(|_| STANDARD.to_owned());
    server.parse().expect("DATABASE_URL is a URL")
}

fn psql(server: &Url, statement: &str) -> Result<(), String> {
    let run = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement])
        .arg(server.as_str())
        .output();
    let output = run.map_err(|error| {
        format!("psql cannot be run ({error}): `apt-get install postgresql-client`")
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}
