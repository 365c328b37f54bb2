//! Which addresses requests may go to. Base URLs are what tenants configure, so
//! a service must not be talked into asking its own network: every address that
//! a name resolves to is checked, every literal one, and so every redirect.

use std::{
    collections::BTreeSet,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Which addresses may be connected to.
#[derive(Debug, Clone)]
pub struct Guard {
    private: Private,
}

#[derive(Debug, Clone)]
enum Private {
    Allowed,
    Only(Arc<BTreeSet<String>>),
}

impl Guard {
    /// Every address: for a person who runs a command on their own machine.
    pub fn open() -> Self {
        Self {
            private: Private::Allowed,
        }
    }

    /// Public addresses, and whatever these hosts (names or literal addresses)
    /// resolve to.
    pub fn public_and(hosts: impl IntoIterator<Item = String>) -> Self {
        let hosts = hosts.into_iter().map(|host| host.to_lowercase()).collect();
        Self {
            private: Private::Only(Arc::new(hosts)),
        }
    }

    /// Refuses a literal address that may not be connected to. Names are checked
    /// when they are resolved.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub(super) fn check(&self, url: &Url) -> Result<(), String> {
        let address: IpAddr = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        let host = address.to_string();
        if self.allows(&host) || is_public(address) {
            Ok(())
        } else {
            Err(refusal(&host))
        }
    }

    fn allows(&self, host: &str) -> bool {
        match &self.private {
            Private::Allowed => true,
            Private::Only(hosts) => hosts.contains(&host.to_lowercase()),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let any = found.len();
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| guard.allows(&host) || is_public(address.ip()))
                .collect();
            if allowed.is_empty() && any > 0 {
                return Err(io::Error::other(refusal(&host)).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn refusal(host: &str) -> String {
    format!(
        "{host} is not a public address: if it is meant to be read, the operator lets it through \
         with allow_private_hosts"
    )
}

/// Whether the address is one of the internet: none of those that the IANA keeps
/// for special purposes
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry>,
/// <https://www.iana.org/assignments/iana-ipv6-special-registry>).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

/// Addresses that stand for one of IPv4 (mapped, NAT64, 6to4) are as public as
/// that is.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] => v4(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        // Global unicast is 2000::/3; documentation and ORCHID are not global.
        _ => s[0] & 0xe000 == 0x2000 && !(s[0] == 0x2001 && (s[1] == 0xdb8 || s[1] < 0x200)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Guard, is_public};
    use url::Url;

    #[test]
    fn addresses_of_special_purpose_are_not_public() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "2001:db8::1",
            "fd00:ec2::254",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn addresses_of_the_internet_are_public() {
        for text in [
            "140.82.112.3",
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_literal_address_is_let_through_only_where_it_is_public_or_named() {
        let url = |text: &str| Url::parse(text).unwrap();
        let guard = Guard::public_and(["127.0.0.1".to_owned(), "::1".to_owned()]);
        assert!(guard.check(&url("http://127.0.0.1:8080/x")).is_ok());
        assert!(guard.check(&url("http://[::1]/")).is_ok());
        assert!(guard.check(&url("https://1.1.1.1/")).is_ok());
        assert!(
            guard
                .check(&url("http://169.254.169.254/latest/meta-data"))
                .is_err()
        );
        // The same address in another spelling.
        assert!(guard.check(&url("http://0xa9fea9fe/")).is_err());
        assert!(Guard::open().check(&url("http://10.0.0.1/")).is_ok());
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_a_private_address_is_refused() {
        use reqwest::dns::{Name, Resolve};
        let name = || "localhost".parse::<Name>().unwrap();
        let refused = Guard::public_and([]).resolve(name()).await.err().unwrap();
        assert!(
            refused.to_string().contains("allow_private_hosts"),
            "{refused}"
        );
        let allowed = Guard::public_and(["localhost".to_owned()])
            .resolve(name())
            .await;
        assert!(allowed.is_ok_and(|mut found| found.next().is_some()));
    }
}
