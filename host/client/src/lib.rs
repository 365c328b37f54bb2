//! Asks another process's HTTP API.
