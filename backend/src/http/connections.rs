//! How many connections one address may hold at the same time, so that nobody takes all there are.
//!
//! Counted is whoever is at the other end of the wire. Our own proxies are passed over: all callers come
//! through them, and what a proxy says of its callers is only known once a request has been read.

use super::Figures;
use super::address::{Network, is_among, line};
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use dashmap::DashMap;
use std::any::Any;
use std::net::{IpAddr, Shutdown};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How often the log says that connections are refused.
const REMARK: Duration = Duration::from_secs(60);

/// The connections of all addresses.
#[derive(Debug)]
pub struct Connections {
    most: usize,
    proxies: Vec<Network>,
    held: DashMap<IpAddr, usize>,
    figures: Arc<Figures>,
    remarked: Mutex<Option<Instant>>,
}

impl Connections {
    /// Lets each address hold `most` connections, but for our own proxies; zero is no limit.
    #[must_use]
    pub fn new(most: usize, proxies: Vec<Network>, figures: Arc<Figures>) -> Arc<Self> {
        Arc::new(Self {
            most,
            proxies,
            held: DashMap::new(),
            figures,
            remarked: Mutex::new(None),
        })
    }

    /// Takes a connection that was just opened, or closes it before anything is read from it.
    pub fn meet(self: &Arc<Self>, connection: &dyn Any, extensions: &mut Extensions) {
        let Some(stream) = connection.downcast_ref::<TcpStream>() else {
            return;
        };
        let Ok(peer) = stream.peer_addr() else {
            return;
        };
        if self.most == 0 || is_among(&self.proxies, peer.ip()) {
            return;
        }
        match self.admit(line(peer.ip())) {
            // Goes with the connection.
            Some(place) => {
                extensions.insert(place);
            }
            None => {
                self.figures.connection_refused();
                self.remark(peer.ip());
                // Both ends see it closed; the server's own part ends as after a client that left.
                let _ = socket2::SockRef::from(stream).shutdown(Shutdown::Both);
            }
        }
    }

    fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let mut held = self.held.entry(address).or_default();
        if *held >= self.most {
            return None;
        }
        *held += 1;
        Some(Place {
            connections: Arc::clone(self),
            address,
        })
    }

    fn remark(&self, address: IpAddr) {
        let Ok(mut remarked) = self.remarked.lock() else {
            return;
        };
        if remarked.is_none_or(|at| at.elapsed() > REMARK) {
            *remarked = Some(Instant::now());
            tracing::warn!(
                %address,
                most = self.most,
                "connections are refused: this address holds as many as one may; \
                 if it is a proxy of yours, name it in DIPPER_PROXIES"
            );
        }
    }
}

/// One connection of an address, as long as it is open.
struct Place {
    connections: Arc<Connections>,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections
            .held
            .remove_if_mut(&self.address, |_, held| {
                *held = held.saturating_sub(1);
                *held == 0
            });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_places_and_gets_them_back() {
        let connections = Connections::new(2, Vec::new(), Arc::default());
        let (here, there) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let first = connections.admit(here).unwrap();
        let second = connections.admit(here).unwrap();
        assert!(connections.admit(here).is_none());
        assert!(connections.admit(there).is_some());

        drop(first);
        let third = connections.admit(here).unwrap();
        assert!(connections.admit(here).is_none());
        drop((second, third));
        assert!(
            connections.held.is_empty(),
            "nothing is kept of those who left"
        );
    }
}
