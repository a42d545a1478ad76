//! The network address a request comes from, as far as it counts for slowing down guesses.

use crate::config::Config;
use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use anyhow::Context;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Addresses that begin alike: `10.0.0.7` or `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    /// How many bits from the front count.
    bits: u32,
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        let (ours, theirs) = (bits(self.first), bits(address));
        // Those of version 4 fill the front of the number, so one comparison does for both.
        let differing = ours.0 ^ theirs.0;
        ours.1 == theirs.1 && differing.leading_zeros() >= self.bits
    }
}

/// An address as a number that begins with its first bit, and how many bits it has.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

impl FromStr for Network {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let first: IpAddr = address
            .trim()
            .parse()
            .with_context(|| format!("{text} is not an address"))?;
        let most = bits(first).1;
        let bits = match length {
            Some(length) => length
                .trim()
                .parse()
                .ok()
                .filter(|bits| *bits <= most)
                .with_context(|| format!("{text} is not a network"))?,
            None => most,
        };
        Ok(Self { first, bits })
    }
}

/// The address of the caller: that of the connection, or what our own proxies say it is. Of version 6
/// only the first half counts, since one line usually has the whole second half to choose from.
#[must_use]
pub fn address_of(request: &HttpRequest, config: &Config) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    let said = request
        .headers()
        .get_all(HeaderName::from_static("x-forwarded-for"))
        .filter_map(|value| value.to_str().ok());
    line(behind(&config.proxies, peer, said))
}

/// Each proxy adds at the end whom it heard from, so the last one that is no proxy of ours is the
/// caller; what stands before it is the caller's own invention.
fn behind<'a>(
    proxies: &[Network],
    peer: IpAddr,
    said: impl DoubleEndedIterator<Item = &'a str>,
) -> IpAddr {
    let mut caller = peer;
    for text in said.rev().flat_map(|list| list.rsplit(',')) {
        if !is_among(proxies, caller) {
            break;
        }
        match text.trim().parse() {
            Ok(address) => caller = address,
            Err(_) => break,
        }
    }
    caller
}

/// Whether an address is in one of the networks.
pub(super) fn is_among(networks: &[Network], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.holds(address))
}

/// What counts as one address.
pub(super) fn line(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_line_of_version_6_is_one_address() {
        assert_eq!(
            line(parse("2001:db8:1:2:3::4")),
            line(parse("2001:db8:1:2:ffff::9"))
        );
        assert_ne!(
            line(parse("2001:db8:1:2::1")),
            line(parse("2001:db8:1:3::1"))
        );
    }

    #[test]
    fn a_version_4_address_in_version_6_clothes_is_itself() {
        assert_eq!(line(parse("::ffff:192.0.2.7")), parse("192.0.2.7"));
    }

    #[test]
    fn networks_hold_what_begins_like_them() {
        let holds = |network: &str, address: &str| {
            let network: Network = network.parse().unwrap();
            network.holds(parse(address))
        };
        assert!(holds("10.0.0.0/8", "10.9.9.9"));
        assert!(!holds("10.0.0.0/8", "11.0.0.0"));
        assert!(holds("127.0.0.1", "127.0.0.1"));
        assert!(!holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("0.0.0.0/0", "192.0.2.1"));
        assert!(!holds("0.0.0.0/0", "::1"));
        assert!(holds("fd00::/8", "fdab::1"));
        for bad in [
            "",
            "10.0.0",
            "10.0.0.0/33",
            "10.0.0.0/x",
            "example.com",
            "::/129",
        ] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_what_our_own_proxies_say_is_believed() {
        let proxies: Vec<Network> = ["127.0.0.1", "10.0.0.0/8"]
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        let check = |peer: &str, said: &[&str], expected: &str| {
            let caller = behind(&proxies, parse(peer), said.iter().copied());
            assert_eq!(caller, parse(expected), "{peer} {said:?}");
        };
        // A stranger who claims to be a proxy.
        check("192.0.2.1", &["198.51.100.7"], "192.0.2.1");
        check("127.0.0.1", &[], "127.0.0.1");
        check("127.0.0.1", &["192.0.2.1"], "192.0.2.1");
        // What the caller invented stands before what the proxy added.
        check("127.0.0.1", &["198.51.100.7, 192.0.2.1"], "192.0.2.1");
        check("127.0.0.1", &["198.51.100.7", "192.0.2.1"], "192.0.2.1");
        check("127.0.0.1", &["10.0.0.3, 192.0.2.1, 10.0.0.2"], "192.0.2.1");
        check("127.0.0.1", &["192.0.2.1, nonsense"], "127.0.0.1");
        check("::ffff:127.0.0.1", &["192.0.2.1"], "192.0.2.1");
    }
}
