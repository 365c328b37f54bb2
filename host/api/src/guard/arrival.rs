//! A request is there before it is worked on.

use std::time::Duration;

use axum::{
    body::Body,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::Method;
use runnel_store::UserRole;
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    extract::{BODY, whole},
    problem::ApiError,
    rights::Who,
};

/// How long a JSON body may take to arrive.
const ARRIVES: Duration = Duration::from_secs(10);

/// Components are large, and compiling one takes a processor: so many at once.
static UPLOADS: Semaphore = Semaphore::const_new(2);

/// Reads the body, so that whoever sends slowly keeps nobody waiting who has sent. A
/// component is larger, and read once it is known who sends it.
pub(crate) async fn arrived(request: Request, next: Next) -> Response {
    if is_upload(&request) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match timeout(ARRIVES, whole(body, BODY)).await {
        Ok(Ok(body)) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Ok(Err(refused)) => refused.into_response(),
        Err(_) => ApiError::Late(ARRIVES.as_secs()).into_response(),
    }
}

/// Of components those alone are read whose sender may install them, and few at once.
pub(crate) async fn admit(request: Request, next: Next) -> Response {
    if !is_upload(&request) {
        return next.run(request).await;
    }
    let who = request.extensions().get::<Who>();
    let may = who.map_or(Err(ApiError::NotSignedIn), |who| {
        who.may_everywhere(UserRole::Admin)
    });
    if let Err(refused) = may {
        return refused.into_response();
    }
    // It is never closed.
    let _turn = UPLOADS.acquire().await.ok();
    next.run(request).await
}

/// Whether the body is a component.
fn is_upload(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path() == "/api/v1/plugins"
}
