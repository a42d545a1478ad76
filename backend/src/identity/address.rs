//! The network address a request comes from, as far as it counts for slowing down guesses.

use actix_web::HttpRequest;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address of the caller. Of version 6 only the first half counts, since one line usually has the
/// whole second half to choose from.
#[must_use]
pub fn of(request: &HttpRequest) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    line(peer)
}

fn line(address: IpAddr) -> IpAddr {
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
}
