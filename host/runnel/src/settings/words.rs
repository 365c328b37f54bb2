//! The words that settings are made of.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
};

use tracing_subscriber::EnvFilter;
use url::Url;

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("{text:?} is neither text nor json")),
        }
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

/// What is logged: a filter that `tracing_subscriber` takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter(String);

impl FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        EnvFilter::try_new(text).map_err(|error| format!("{text:?} is no filter: {error}"))?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A host: a name in lower case, or an IP address without brackets. No port, no
/// scheme.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Host(String);

impl FromStr for Host {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(address.to_string()));
        }
        let wrong =
            || format!("{text:?} is no host: a name or an IP address is expected, without a port");
        match url::Host::parse(text) {
            Ok(url::Host::Domain(name)) if !text.contains([':', '/', '*']) => Ok(Self(name)),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where something listens: an IP address and a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listen(pub(crate) SocketAddr);

impl Default for Listen {
    fn default() -> Self {
        Self(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)))
    }
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || {
            format!(
                "{text:?} is no address: an IP address and a port are expected, such as 127.0.0.1:8080"
            )
        };
        text.parse().map(Self).map_err(|_| expected())
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The address of a collector, if there is one. There is no password in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Endpoint(pub(crate) Option<Url>);

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = text.parse::<Url>().ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        match url {
            Some(url) if url.username().is_empty() && url.password().is_none() => {
                Ok(Self(Some(url)))
            }
            Some(_) => Err(
                "a URL without a user is expected; headers such as `authorization` are in the \
                 variable OTEL_EXPORTER_OTLP_HEADERS"
                    .to_owned(),
            ),
            None => Err("a URL is expected, such as http://127.0.0.1:4318".to_owned()),
        }
    }
}

/// Something that is so or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Switch(pub(crate) bool);

impl FromStr for Switch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|_| format!("{text:?} is neither true nor false"))
    }
}
