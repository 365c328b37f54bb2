//! Every route. The document is made of them, so that it has what there is.

use axum::{
    Json, Router,
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{guard, openapi::Described, pages, problem::ApiError, routes::*, state::Api};

/// The OpenAPI document.
pub fn document() -> utoipa::openapi::OpenApi {
    routes().split_for_parts().1
}

fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Described::openapi())
        .nest("/api/v1", access().merge(things()).merge(work()))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(metrics::show))
}

fn access() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(setup::show, setup::set_up))
        .routes(routes!(session::show, session::open, session::close))
        .routes(routes!(session::change_password))
        .routes(routes!(users::list, users::add))
        .routes(routes!(users::change, users::remove))
        .routes(routes!(tokens::list, tokens::add))
        .routes(routes!(tokens::remove))
        .routes(routes!(audit::list))
}

fn things() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(tenants::list, tenants::add))
        .routes(routes!(sources::list))
        .routes(routes!(integrations::list, integrations::add))
        .routes(routes!(
            integrations::show,
            integrations::change,
            integrations::remove
        ))
        .routes(routes!(integration_tests::of_request))
        .routes(routes!(integration_tests::of_stored))
        .routes(routes!(plugins::list, plugins::install))
        .routes(routes!(figures::list))
        .routes(routes!(versions::activate))
        .routes(routes!(versions::roll_back))
        .routes(routes!(versions::retire))
        .routes(routes!(trials::list, trials::begin))
        .routes(routes!(trials::show))
        .routes(routes!(diffs::make))
        .routes(routes!(tables::list))
        .routes(routes!(columns::list))
        .routes(routes!(tables::show_one))
        .routes(routes!(rows::list))
        .routes(routes!(lineage::show))
}

fn work() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::show, jobs::change))
        .routes(routes!(waits::list))
        .routes(routes!(jobs::run))
        .routes(routes!(jobs::cancel))
        .routes(routes!(runs::list))
        .routes(routes!(runs::show))
        .routes(routes!(runs::cancel))
        .routes(routes!(runs::retry))
        .routes(routes!(queues::list))
        .routes(routes!(queues::quotas))
        .routes(routes!(flow::show))
        .routes(routes!(flow::events))
        .routes(routes!(replays::list, replays::start))
        .routes(routes!(surveys::make))
        .routes(routes!(replays::show))
        .routes(routes!(replays::pause))
        .routes(routes!(replays::resume))
        .routes(routes!(replays::cancel))
        .routes(routes!(dead_letters::list))
        .routes(routes!(dead_letters::groups))
        .routes(routes!(dead_letters::show))
        .routes(routes!(letter_changes::replay))
        .routes(routes!(letter_changes::drop_them))
        .routes(routes!(letter_changes::dry_run))
}

/// The routes with what every request passes.
pub(crate) fn router(api: Api) -> Router {
    let (router, document) = routes().split_for_parts();
    // What a request passes first stands last.
    router
        .route(
            "/api/v1/openapi.json",
            get(move || async move { Json(document) }),
        )
        .fallback(pages::file)
        .method_not_allowed_fallback(async || ApiError::NoMethod)
        .layer(from_fn_with_state(api.clone(), guard::once))
        .layer(from_fn(guard::admit))
        .layer(from_fn_with_state(api.clone(), guard::may_change))
        .layer(from_fn_with_state(api.clone(), guard::authenticate))
        .layer(from_fn_with_state(api.clone(), guard::in_turn))
        .layer(from_fn(guard::in_time))
        .layer(from_fn(guard::arrived))
        .layer(from_fn(guard::traced))
        .layer(from_fn(guard::secure))
        .with_state(api)
}
