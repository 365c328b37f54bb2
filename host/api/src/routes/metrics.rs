//! What is measured: of this process, and of the database, which every process shows
//! in the same way.

use std::{sync::Arc, time::Duration};

use axum::{extract::State, http::header::CONTENT_TYPE, response::IntoResponse};
use metrics::{describe_gauge, gauge};

use super::board::{self, Board, without_database};
use crate::{exporter::Exporter, problem::ApiError, state::Api};

const BUILD: &str = "runnel_build_info";
const DATABASE: &str = "runnel_database_up";

/// How long the database has to answer: Prometheus waits for ten seconds, unless it is
/// told otherwise.
const PATIENCE: Duration = Duration::from_secs(5);

/// Says what the metrics are that are shown here.
pub(crate) fn describe() {
    board::describe();
    describe_gauge!(BUILD, "The version that runs: always 1.");
    describe_gauge!(
        DATABASE,
        "Whether the database answered just now: 1, or 0, and then nothing is shown of what it says."
    );
}

/// The type of what Prometheus reads.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What this process measures, and nothing of the database: for a process that does not
/// answer the API, of which there may be many.
pub(crate) async fn own(State(exporter): State<Exporter>) -> impl IntoResponse {
    build();
    ([(CONTENT_TYPE, TEXT)], exporter.text())
}

fn build() {
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// What is measured, for Prometheus. What this process measures is told without the
/// database, too.
#[utoipa::path(get, path = "/metrics", tag = "health", security(()), responses((status = 200, body = String, content_type = "text/plain"), ApiError))]
pub(crate) async fn show(State(api): State<Api>) -> impl IntoResponse {
    build();
    let board = asked(&api).await;
    let database = gauge!(DATABASE);
    let text = match board {
        Some(board) => {
            database.set(1.0);
            board.show();
            api.exporter.text()
        }
        None => {
            database.set(0.0);
            without_database(&api.exporter.text())
        }
    };
    ([(CONTENT_TYPE, TEXT)], text)
}

async fn asked(api: &Api) -> Option<Arc<Board>> {
    let asked = async { Board::of(api).await.map(Arc::new) };
    match tokio::time::timeout(PATIENCE, api.board.get(asked)).await {
        Ok(Ok(board)) => Some(board),
        Ok(Err(error)) => {
            tracing::debug!(%error, "metrics without what the database says");
            None
        }
        Err(_) => None,
    }
}
