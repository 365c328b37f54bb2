//! Where a host is.

use std::{fmt, net::IpAddr, str::FromStr};

use url::{Host, Url};

/// Where a host is: scheme, name and port, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

/// Why a text is no address of a host. It does not quote what may be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// It is no URL.
    #[error("{0:?} is no URL of a host: such as https://runnel.example or http://127.0.0.1:8080")]
    NoUrl(String),
    /// It has another scheme.
    #[error("a host is asked by http or https, and not by {0}: such as https://runnel.example")]
    Scheme(String),
    /// It holds a name or a password.
    #[error(
        "the URL of a host holds no name and no password: leave out what stands before the @; a token says who asks"
    )]
    Credential,
    /// Something stands behind the name and the port.
    #[error("the URL of a host ends with its name or port: leave out {0:?}")]
    Rest(String),
}

impl Address {
    /// Whether what is sent there crosses a network that anybody may listen to: no
    /// TLS, and another machine.
    pub fn is_exposed(&self) -> bool {
        let own = match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
            None => false,
        };
        self.0.scheme() == "http" && !own
    }

    /// Whether what is sent there goes through TLS.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The root of its API.
    pub(crate) fn api(&self) -> Url {
        let mut url = self.0.clone();
        url.set_path("/api/v1");
        url
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        if text.contains('@') {
            return Err(InvalidAddress::Credential);
        }
        let no_url = || InvalidAddress::NoUrl(text.to_owned());
        // `localhost:8080` is a URL of the scheme `localhost`: that is not what is meant.
        if !text.contains("://") {
            return Err(no_url());
        }
        let url = Url::parse(text).map_err(|_| no_url())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidAddress::Scheme(url.scheme().to_owned()));
        }
        let rest = &url[url::Position::BeforePath..];
        if rest != "/" {
            return Err(InvalidAddress::Rest(rest.to_owned()));
        }
        Ok(Self(url))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0[..url::Position::BeforePath])
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, InvalidAddress};

    fn parsed(text: &str) -> Result<Address, InvalidAddress> {
        text.parse()
    }

    #[test]
    fn a_host_is_named_by_scheme_name_and_port() {
        for (text, shown) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("https://runnel.example/", "https://runnel.example"),
            ("HTTPS://Runnel.Example:443", "https://runnel.example"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            let address = parsed(text).unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(address.api().as_str(), format!("{shown}/api/v1"));
        }
    }

    #[test]
    fn what_is_no_address_is_told_what_is_expected() {
        for text in ["", "runnel.example", "localhost:8080", "http://", "://x"] {
            let error = parsed(text).unwrap_err();
            assert!(
                error.to_string().contains("https://runnel.example"),
                "{error}"
            );
        }
        let scheme = parsed("postgres://db/runnel").unwrap_err();
        assert_eq!(scheme, InvalidAddress::Scheme("postgres".to_owned()));
        for rest in ["/api/v1", "/?tenant=acme", "/#jobs"] {
            let error = parsed(&format!("http://127.0.0.1:8080{rest}")).unwrap_err();
            assert_eq!(error, InvalidAddress::Rest(rest.to_owned()));
        }
    }

    #[test]
    fn a_password_is_refused_and_not_repeated() {
        for text in [
            "https://me:secret@runnel.example",
            "me:secret@runnel.example",
            "https://secret@runnel.example",
        ] {
            let error = parsed(text).unwrap_err();
            assert_eq!(error, InvalidAddress::Credential);
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn what_leaves_this_machine_without_tls_is_exposed() {
        for own in [
            "http://127.0.0.1:8080",
            "http://[::1]",
            "http://localhost:1",
            "https://runnel.example",
        ] {
            assert!(!parsed(own).unwrap().is_exposed(), "{own}");
        }
        for exposed in [
            "http://runnel.example",
            "http://10.0.0.1:8080",
            "http://localhost.example",
        ] {
            assert!(parsed(exposed).unwrap().is_exposed(), "{exposed}");
        }
    }
}
