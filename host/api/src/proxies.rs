//! Reverse proxies in front of the API, and who asks through them.

use std::{fmt, net::IpAddr, str::FromStr};

use http::HeaderMap;
use ipnet::IpNet;

/// Where proxies are whose word is taken for who asks: a network, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let one = || text.parse::<IpAddr>().map(IpNet::from);
        let network = text.parse::<IpNet>().or_else(|_| one());
        network.map(|network| Self(network.trunc())).map_err(|_| {
            format!("{text:?} is no network: one such as 10.0.0.0/8 is expected, or an IP address")
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            return self.0.addr().fmt(f);
        }
        self.0.fmt(f)
    }
}

/// The address of whoever asks: that of the connection, unless it is a trusted proxy's.
/// Each proxy adds to `X-Forwarded-For` who asked it, so of that list it is the last one
/// that no trusted proxy has. What stands before that anybody may have written.
pub(crate) fn asker(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|Network(net)| net.contains(&address));
    let mut asker = peer.to_canonical();
    let mut told = headers
        .get_all("x-forwarded-for")
        .iter()
        .rev()
        .flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    while is_trusted(asker)
        && let Some(before) = told.next().and_then(address)
    {
        asker = before;
    }
    asker
}

/// An address of the list: some proxies add the port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let with_port = || {
        text.parse()
            .map(|address: std::net::SocketAddr| address.ip())
    };
    let address = text.parse().or_else(|_| with_port()).ok()?;
    Some(IpAddr::to_canonical(&address))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::{Network, asker};

    fn asks(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        asker(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn without_a_trusted_proxy_whoever_connects_asks() {
        assert_eq!(asks("192.0.2.7", &[], &[]), "192.0.2.7");
        let made_up = ["203.0.113.1"];
        assert_eq!(asks("192.0.2.7", &made_up, &[]), "192.0.2.7");
        assert_eq!(asks("192.0.2.7", &made_up, &["10.0.0.0/8"]), "192.0.2.7");
    }

    #[test]
    fn behind_trusted_proxies_the_last_that_is_none_of_them_asks() {
        let trusted = ["10.0.0.0/8", "2001:db8::1"];
        let ask = |forwarded| asks("10.1.2.3", forwarded, &trusted);
        assert_eq!(ask(&["203.0.113.1"]), "203.0.113.1");
        assert_eq!(
            ask(&["198.51.100.9, 203.0.113.1"]),
            "203.0.113.1",
            "made up"
        );
        assert_eq!(ask(&["198.51.100.9", "203.0.113.1"]), "203.0.113.1");
        assert_eq!(ask(&["203.0.113.1,10.9.9.9, 2001:db8::1"]), "203.0.113.1");
        assert_eq!(ask(&["203.0.113.1:4711"]), "203.0.113.1");
        assert_eq!(ask(&["[2001:db8::7]:4711"]), "2001:db8::7");
        assert_eq!(ask(&["::ffff:203.0.113.1"]), "203.0.113.1");
        assert_eq!(
            asks("::ffff:10.1.2.3", &["203.0.113.1"], &trusted),
            "203.0.113.1"
        );
    }

    #[test]
    fn where_proxies_say_nothing_that_can_be_read_the_last_of_them_asks() {
        let trusted = ["10.0.0.0/8"];
        let ask = |forwarded| asks("10.1.2.3", forwarded, &trusted);
        assert_eq!(ask(&[]), "10.1.2.3");
        assert_eq!(ask(&["203.0.113.1, unknown"]), "10.1.2.3");
        assert_eq!(ask(&["10.0.0.9"]), "10.0.0.9");
    }

    #[test]
    fn a_network_is_written_as_it_is_read() {
        for (text, shown) in [
            ("10.1.2.3", "10.1.2.3"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("::1", "::1"),
            ("fd00::/8", "fd00::/8"),
        ] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), shown);
        }
        for wrong in ["proxy.example", "10.0.0.0/33", "10.0.0.1:80", ""] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
