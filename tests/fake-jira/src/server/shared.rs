//! What all connections of a server share, and how a request is answered.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::AUTHORIZATION;
use hyper::{Method, Response};
use serde_json::{Value, json};
use stand_in::{Api, Later, Query, Visit, read};

use crate::api::answer;
use crate::api::call::{Access, Call};
use crate::api::params::Params;
use crate::api::refusal::Refusal;
use crate::api::reply::Reply;
use crate::options::{Limits, Options};
use crate::render::{Version, View};
use crate::server::access::access;
use crate::server::quota::{Admission, Quota};
use crate::server::wire::{budget, refused, respond};
use crate::spec::Spec;
use crate::world::World;
use crate::world::edit::Edit;

/// The state of a server. Each lock is held for one step and never across another.
#[derive(Debug)]
pub(crate) struct Shared {
    options: Options,
    world: RwLock<World>,
    /// What strangers see.
    nothing: World,
    quota: Mutex<Quota>,
    later: Later<Edit>,
}

impl Shared {
    /// The state at the beginning.
    pub(crate) fn new(world: World, options: Options) -> Self {
        let nothing = Spec {
            projects: 0,
            custom_fields: 0,
            odd_fields: false,
            ..world.spec.clone()
        };
        Self {
            nothing: World::new(nothing, world.base.clone()),
            world: RwLock::new(world),
            quota: Mutex::new(Quota::new(options.limits)),
            later: Later::default(),
            options,
        }
    }

    /// The data, to read.
    pub(crate) fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The data, to change.
    pub(crate) fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The limits.
    pub(crate) fn quota(&self) -> MutexGuard<'_, Quota> {
        self.quota.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reply(&self, visit: &Visit<'_>) -> Reply {
        let cloud = self.nothing.is_cloud();
        if let Some(status) = visit.stray {
            return Refusal::stray(status, cloud).reply();
        }
        let admission = self.quota().admit();
        let mut reply = match admission {
            Admission::Refused(_) => Refusal::limited().reply(),
            Admission::Served(_) => match self.data(visit) {
                Ok(value) => Reply::json(200, value.to_string()),
                Err(refusal) => refusal.reply(),
            },
        };
        if let Admission::Refused(left) = admission {
            reply.headers.extend(refused(left, cloud));
        }
        if let Admission::Refused(left) | Admission::Served(Some(left)) = admission {
            reply
                .headers
                .extend(budget(left, self.world().now(), cloud));
        }
        reply
    }

    fn data(&self, visit: &Visit<'_>) -> Result<Value, Refusal> {
        if visit.query.len() > self.options.search.longest_query {
            return Err(Refusal::too_long());
        }
        let segments: Vec<&str> = visit
            .path
            .split('/')
            .filter(|one| !one.is_empty())
            .collect();
        let version = self.version(&segments)?;
        let access = access(&self.options.auth, visit.header(AUTHORIZATION.as_str()));
        let world = self.world();
        let call = Call {
            view: View {
                world: if access == Access::Stranger {
                    &self.nothing
                } else {
                    &world
                },
                options: &self.options,
                version,
            },
            params: params(visit, &segments)?,
            access,
            path: visit.path,
        };
        answer(&call, &segments)
    }

    /// The version that a path names; the API of boards writes as v2 does.
    fn version(&self, segments: &[&str]) -> Result<Version, Refusal> {
        match segments {
            ["rest", "api", "3", ..] if self.nothing.is_cloud() => Ok(Version::V3),
            ["rest", "api", "2" | "latest", ..] | ["rest", "agile", ..] => Ok(Version::V2),
            _ => Err(Refusal::no_such_path()),
        }
    }
}

/// The parameters of a GET, or of a search by POST: nothing else is written here.
fn params(visit: &Visit<'_>, segments: &[&str]) -> Result<Params, Refusal> {
    let searches = segments.get(3) == Some(&"search");
    match visit.method {
        &Method::GET | &Method::HEAD => Ok(Params::Query(Query::parse(visit.query))),
        &Method::POST if searches => {
            let body = serde_json::from_slice(visit.body);
            body.map(Params::Body).map_err(|_| {
                Refusal::bad(
                    "Invalid request payload. Refer to the REST API documentation and try again.",
                )
            })
        }
        _ => Err(Refusal::method()),
    }
}

impl Api for Shared {
    type Edit = Edit;

    fn answer(&self, visit: &Visit<'_>) -> Response<Full<Bytes>> {
        let reply = self.reply(visit);
        respond(reply, self.world().now())
    }

    fn edit(&self, edit: Edit) -> Result<Value, String> {
        let edited = self.world_mut().edit(edit);
        edited
            .map(|edited| json!(edited))
            .map_err(|error| error.to_string())
    }

    fn later(&self) -> &Later<Edit> {
        &self.later
    }

    fn control(&self, action: &str, body: &[u8]) -> Result<(), String> {
        match action {
            "limit" => {
                let limits: Option<Limits> = read(body)?;
                self.quota().set(limits);
            }
            "trip-limit" => {
                let count = read(body)?;
                self.quota().trip(count);
            }
            _ => return Err("no such control".to_owned()),
        }
        Ok(())
    }
}
