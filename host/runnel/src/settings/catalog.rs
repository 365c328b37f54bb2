//! Every setting: its name, how it is read, its default, and what it means.

use std::time::Duration;

use super::{
    Settings,
    read::{address, count, list, maybe, one, path, roles, secret, switch, time},
    setting::{At, Said, Setting},
};

/// Where traces are sent: the variable of OpenTelemetry
/// (<https://opentelemetry.io/docs/specs/otel/protocol/exporter/>).
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// The place of a setting: `at!(workers.extract)` is the field and the key.
macro_rules! at {
    ($first:ident $(. $next:ident)*) => {
        At {
            key: concat!(stringify!($first) $(, ".", stringify!($next))*),
            get: |settings: &Settings| &settings.$first $(. $next)*,
            set: |settings: &mut Settings, value| settings.$first $(. $next)* = value,
        }
    };
}

/// Every setting, in the order in which they are shown: those without a table
/// first, as TOML asks for.
pub(super) fn catalog() -> Vec<Setting> {
    [
        service(),
        plugins_and_keys(),
        workers(),
        shared(),
        api(),
        metrics(),
        log(),
        traces(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn service() -> Vec<Setting> {
    vec![
        Setting::new(
            at!(database),
            address,
            Said {
                value: "URL",
                default: "sqlite:runnel.db",
                doc: "The database: `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/DATABASE`",
            },
        ),
        Setting::new(
            at!(broker),
            address,
            Said {
                value: "URL",
                default: "embedded:",
                doc: "The broker: `embedded:` (none: processes look into the database), or `amqp://USER:PASSWORD@HOST/VHOST`",
            },
        ),
        Setting::new(
            at!(roles),
            roles,
            Said {
                value: "ROLE,…",
                default: "scheduler,relay,worker,api",
                doc: "What this process does: `scheduler` (starts jobs), `relay` (tells the broker of tasks), `worker`, `api` (answers HTTP, and serves the dashboard)",
            },
        ),
        Setting::new(
            at!(queues),
            list,
            Said {
                value: "QUEUE,…",
                default: "",
                doc: "The queues that the workers of this process consume, such as `etl.extract`",
            },
        )
        .unset("all queues of the installed plugins"),
        Setting::new(
            at!(stop_timeout),
            time::<0, 3_600>,
            Said {
                value: "TIME",
                default: "30s",
                doc: "How long a stop waits for tasks under way, before it gives them back",
            },
        ),
    ]
}

fn plugins_and_keys() -> Vec<Setting> {
    vec![
        Setting::new(at!(plugins), path, Said {
            value: "DIR",
            default: "",
            doc: "The folder of the plugins",
        })
        .unset("found beside the program"),
        Setting::new(at!(cache), path, Said {
            value: "DIR",
            default: "",
            doc: "The folder of compiled plugins; whoever can write to it can run code in the host",
        })
        .unset("this user's cache"),
        Setting::new(at!(require_signature), list, Said {
            value: "KEY,…",
            default: "",
            doc: "Whose components are accepted from the database: public keys of minisign, as Base64 or as `.pub` files",
        })
        .unset("everybody's, signed or not"),
        Setting::new(at!(key_file), path, Said {
            value: "FILE",
            default: "",
            doc: "The file of the keys that encrypt credentials (`runnel key new`), private to its owner",
        })
        .unset("no key: no credential is stored"),
        Setting::new(at!(keys), secret, Said {
            value: "KEYS",
            default: "",
            doc: "The keys themselves, in place of their file, with commas between them",
        })
        .unset("none")
        .only_variable(),
        Setting::new(at!(allow_private_hosts), list, Said {
            value: "HOST,…",
            default: "",
            doc: "Hosts with private addresses that may be sent requests: names or IP addresses, without a port",
        })
        .unset("none"),
    ]
}

fn workers() -> Vec<Setting> {
    let slots = |at, default, doc| {
        Setting::new(
            at,
            count::<1, 1_000>,
            Said {
                value: "N",
                default,
                doc,
            },
        )
    };
    vec![
        slots(
            at!(workers.extract),
            "8",
            "Requests that this process sends at once",
        ),
        slots(
            at!(workers.transform),
            "2",
            "Batches that this process transforms at once, for each source",
        ),
        slots(
            at!(workers.load),
            "2",
            "Batches that this process loads at once, for each source",
        ),
        slots(
            at!(workers.vectorize),
            "1",
            "Batches that this process embeds at once",
        ),
        Setting::new(
            at!(workers.lease),
            time::<5, 3_600>,
            Said {
                value: "TIME",
                default: "60s",
                doc: "How long a task stays claimed after its worker was last heard of",
            },
        ),
    ]
}

fn shared() -> Vec<Setting> {
    vec![
        Setting::new(
            at!(tenants.max_inflight),
            count::<1, 10_000>,
            Said {
                value: "N",
                default: "16",
                doc: "Runs of one tenant that may be under way at once",
            },
        ),
        Setting::new(
            at!(relay.window),
            count::<1, 100_000>,
            Said {
                value: "N",
                default: "1000",
                doc: "Tasks of one queue that are on the way through the broker at once",
            },
        ),
        Setting::new(
            at!(relay.reconcile),
            time::<1, 3_600>,
            Said {
                value: "TIME",
                default: "30s",
                doc: "How often it is checked that the broker lost nothing",
            },
        ),
    ]
}

fn api() -> Vec<Setting> {
    vec![
        Setting::new(
            at!(api.listen),
            one,
            Said {
                value: "ADDRESS",
                default: "127.0.0.1:8080",
                doc: "Where the HTTP API listens: an IP address and a port; what is not on this machine needs a proxy that speaks TLS",
            },
        )
        .flag("listen"),
        Setting::new(
            at!(api.read_only),
            switch,
            Said {
                value: "BOOL",
                default: "false",
                doc: "Whether nothing can be changed through the HTTP API: `true` or `false`",
            },
        ),
        Setting::new(
            at!(api.trusted_proxies),
            list,
            Said {
                value: "NETWORK,…",
                default: "",
                doc: "Reverse proxies that are believed who asks (`X-Forwarded-For`): their IP addresses, or networks such as `10.0.0.0/8`",
            },
        )
        .unset("none: whoever connects asks"),
    ]
}

fn metrics() -> Vec<Setting> {
    vec![
        Setting::new(
            at!(metrics.listen),
            maybe,
            Said {
                value: "ADDRESS",
                default: "",
                doc: "Where `/metrics`, `/healthz` and `/readyz` alone are served, for a process without the role `api`: an IP address and a port",
            },
        )
        .unset("nowhere: they are where the HTTP API is"),
    ]
}

fn log() -> Vec<Setting> {
    vec![
        Setting::new(at!(log.filter), one, Said {
            value: "FILTER",
            default: "warn",
            doc: "What is logged: `error`, `warn`, `info`, `debug`, or a filter such as `warn,runnel_store=debug`",
        })
        .variable("RUST_LOG"),
        Setting::new(at!(log.format), one, Said {
            value: "FORMAT",
            default: "text",
            doc: "How it is logged: `text`, or `json` (an object a line)",
        }),
    ]
}

fn traces() -> Vec<Setting> {
    vec![
        Setting::new(at!(traces.endpoint), one, Said {
            value: "URL",
            default: "",
            doc: "Where traces are sent, over OTLP (HTTP with Protobuf): the address of a collector, such as `http://127.0.0.1:4318`",
        })
        .variable(ENDPOINT)
        .unset("nowhere"),
        Setting::new(at!(traces.one_in), count::<1, 1_000_000>, Said {
            value: "N",
            default: "1",
            doc: "Of how many traces one is sent, whole: a trace is a request with what becomes of its records",
        }),
    ]
}

/// A time as it is written: `30s`, in the largest unit that takes it exactly.
pub(super) fn written(time: Duration) -> String {
    let millis = time.as_millis();
    let units = [(3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    match units
        .iter()
        .find(|(unit, _)| millis > 0 && millis.is_multiple_of(*unit))
    {
        Some((unit, name)) => format!("{}{name}", millis / unit),
        None if millis == 0 => "0s".to_owned(),
        None => format!("{millis}ms"),
    }
}
