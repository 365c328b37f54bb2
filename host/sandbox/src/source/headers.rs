//! The headers that a plugin may not set.

/// Say where a request goes, whose it is and how it is sent.
const HOSTS: [&str; 12] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Whether a header is the host's to set. A plugin that named another `Host` would have
/// whatever stands before several services pass the token on to one of the others.
///
/// ```
/// use runnel_sandbox::source::is_hosts_header;
///
/// assert!(is_hosts_header("Host"));
/// assert!(!is_hosts_header("Accept"));
/// ```
pub fn is_hosts_header(name: &str) -> bool {
    HOSTS.iter().any(|own| name.eq_ignore_ascii_case(own))
}
