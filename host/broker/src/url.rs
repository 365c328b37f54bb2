//! Which broker: parsed once, into an enum.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use secrecy::SecretString;
use url::Url;

/// How often a sign of life goes both ways, unless the URL says otherwise. A
/// connection that stalls is given up after twice that.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// What a name in a URL shows percent-encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// A broker.
#[derive(Debug, Clone)]
pub enum BrokerUrl {
    /// `embedded:`: rings within the process; workers claim from the store.
    Embedded,
    /// `amqp://USER:PASSWORD@HOST:PORT/VHOST`, or `amqps:` for TLS: RabbitMQ.
    Amqp(AmqpUrl),
}

/// Where a RabbitMQ is, and how to be let in. It is shown without its password.
#[derive(Clone)]
pub struct AmqpUrl {
    pub(crate) tls: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) password: SecretString,
    pub(crate) vhost: String,
    pub(crate) heartbeat: Duration,
    /// A PEM file with the certificates that are trusted instead of the system's.
    pub(crate) authority: Option<PathBuf>,
}

/// The text names no broker that this build knows.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0:?} is no broker URL: embedded: or amqp://USER:PASSWORD@HOST:PORT/VHOST is expected, \
     with what is special in a name percent-encoded, and if need be ?heartbeat=SECONDS and, for amqps, \
     cacertfile=PEM"
)]
pub struct InvalidBrokerUrl(String);

impl FromStr for BrokerUrl {
    type Err = InvalidBrokerUrl;

    fn from_str(text: &str) -> Result<Self, InvalidBrokerUrl> {
        if matches!(text, "embedded:" | "embedded://") {
            return Ok(Self::Embedded);
        }
        let amqp = Url::parse(text).ok().and_then(|url| AmqpUrl::read(&url));
        amqp.map(Self::Amqp).ok_or_else(|| {
            // What follows the last @ holds no password.
            InvalidBrokerUrl(text.rsplit('@').next().unwrap_or_default().to_owned())
        })
    }
}

impl AmqpUrl {
    fn read(url: &Url) -> Option<Self> {
        let tls = match url.scheme() {
            "amqp" => false,
            "amqps" => true,
            _ => return None,
        };
        let host = url.host_str().filter(|host| !host.is_empty())?;
        let user = decoded(url.username())?;
        let options = Options::read(url)?;
        Some(Self {
            tls,
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(if tls { 5671 } else { 5672 }),
            user: if user.is_empty() {
                "guest".to_owned()
            } else {
                user
            },
            password: decoded(url.password().unwrap_or("guest"))?.into(),
            vhost: vhost(url.path())?,
            heartbeat: options.heartbeat,
            authority: options.authority,
        })
    }
}

fn decoded(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    Some(text.into_owned())
}

/// The path names the vhost; none, or an empty one, is the default vhost.
fn vhost(path: &str) -> Option<String> {
    match path.trim_start_matches('/') {
        "" => Some("/".to_owned()),
        name if name.contains('/') => None,
        name => decoded(name),
    }
}

/// What follows the question mark.
struct Options {
    heartbeat: Duration,
    authority: Option<PathBuf>,
}

impl Options {
    /// A setting that is not known is refused: it would look as if it were in
    /// force.
    fn read(url: &Url) -> Option<Self> {
        let mut options = Self {
            heartbeat: HEARTBEAT,
            authority: None,
        };
        for (key, value) in url.query_pairs() {
            match &*key {
                "heartbeat" => {
                    let seconds = value.parse::<u16>().ok().filter(|seconds| *seconds > 0)?;
                    options.heartbeat = Duration::from_secs(seconds.into());
                }
                "cacertfile" => options.authority = Some(PathBuf::from(&*value)),
                _ => return None,
            }
        }
        Some(options)
    }
}

impl fmt::Display for BrokerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => f.write_str("embedded:"),
            Self::Amqp(url) => url.fmt(f),
        }
    }
}

impl fmt::Display for AmqpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "amqps" } else { "amqp" };
        let encoded = |text| utf8_percent_encode(text, RESERVED);
        write!(f, "{scheme}://{}@", encoded(&self.user))?;
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(&self.host)?;
        }
        write!(f, ":{}/{}", self.port, encoded(&self.vhost))
    }
}

impl fmt::Debug for AmqpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AmqpUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::{AmqpUrl, BrokerUrl};

    fn amqp(text: &str) -> AmqpUrl {
        match text.parse() {
            Ok(BrokerUrl::Amqp(url)) => url,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn every_part_of_a_url_is_read_and_decoded() {
        let url = amqp(
            "amqps://me%40home:p%2fw@mq.example:5555/my%2fvhost?heartbeat=3&cacertfile=/etc/ca.pem",
        );
        assert!(url.tls);
        assert_eq!(
            (&*url.user, &*url.host, url.port),
            ("me@home", "mq.example", 5555)
        );
        assert_eq!((&*url.vhost, url.heartbeat.as_secs()), ("my/vhost", 3));
        assert_eq!(url.password.expose_secret(), "p/w");
        assert_eq!(url.authority.unwrap().to_str(), Some("/etc/ca.pem"));
    }

    #[test]
    fn what_a_url_leaves_out_is_rabbitmqs_default() {
        for text in [
            "amqp://localhost",
            "amqp://localhost/",
            "amqp://localhost/%2f",
        ] {
            let url = amqp(text);
            assert_eq!(
                (&*url.user, url.port, &*url.vhost),
                ("guest", 5672, "/"),
                "{text}"
            );
            assert_eq!(url.password.expose_secret(), "guest");
        }
        assert_eq!(amqp("amqps://localhost").port, 5671);
    }

    #[test]
    fn a_password_is_never_shown() {
        let url: BrokerUrl = "amqp://me:secret@[::1]:5672/etl".parse().unwrap();
        assert_eq!(url.to_string(), "amqp://me@[::1]:5672/etl");
        assert!(!format!("{url:?}").contains("secret"));
        for refused in [
            "kafka://me:secret@host",
            "amqp://me:secret@host/a/b",
            "amqp://me:se@cret@",
        ] {
            let error = refused.parse::<BrokerUrl>().unwrap_err().to_string();
            assert!(
                !error.contains("se@") && !error.contains("secret"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_is_no_broker_is_refused() {
        for text in [
            "",
            "embedded",
            "amqp:",
            "amqp://",
            "http://host",
            "amqp://host?frame_max=9",
            "amqp://host?heartbeat=0",
        ] {
            assert!(text.parse::<BrokerUrl>().is_err(), "{text:?}");
        }
    }
}
