//! Wrong passwords: after some, each further try for the same person from the same address has to
//! wait longer. Who comes from elsewhere does not wait, so nobody can lock another one out.

use dashmap::DashMap;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Wrong tries that cost nothing.
const FREE: u32 = 5;
/// How long wrong tries are remembered.
const MEMORY: Duration = Duration::from_secs(15 * 60);
/// The first wait; each further wrong try doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// How many pairs of person and address are remembered at most.
const MOST: usize = 20_000;

/// Who is tried, and from where; a hash, so that every entry has the same small size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guess([u8; 16]);

impl Guess {
    /// A try for an e-mail from an address.
    #[must_use]
    pub fn new(email: &str, address: IpAddr) -> Self {
        let digest = Sha256::new()
            .chain_update(address.to_string())
            .chain_update([0])
            .chain_update(email)
            .finalize();
        Self(digest.first_chunk().copied().unwrap_or_default())
    }
}

#[derive(Debug, Clone, Copy)]
struct Wrong {
    times: u32,
    last: Instant,
}

impl Wrong {
    /// The time this one still has to wait.
    fn wait(&self, now: Instant) -> Duration {
        let Some(beyond) = self.times.checked_sub(FREE) else {
            return Duration::ZERO;
        };
        let wait = FIRST_WAIT
            .saturating_mul(1 << beyond.min(16))
            .min(LONGEST_WAIT);
        (self.last + wait).saturating_duration_since(now)
    }
}

/// The wrong tries of the last minutes.
#[derive(Debug, Default)]
pub struct Tries {
    wrong: DashMap<Guess, Wrong>,
}

impl Tries {
    /// How long this one has to wait; `None` for not at all.
    pub fn wait(&self, guess: Guess, now: Instant) -> Option<Duration> {
        let wait = self.wrong.get(&guess)?.wait(now);
        (!wait.is_zero()).then_some(wait)
    }

    /// Remembers a wrong try.
    pub fn failed(&self, guess: Guess, now: Instant) {
        if self.wrong.len() >= MOST {
            self.make_room(now);
        }
        let mut entry = self.wrong.entry(guess).or_insert(Wrong {
            times: 0,
            last: now,
        });
        if now.saturating_duration_since(entry.last) > MEMORY {
            entry.times = 0;
        }
        entry.times = entry.times.saturating_add(1);
        entry.last = now;
    }

    /// Forgets the wrong tries of one who knew the password after all.
    pub fn succeeded(&self, guess: Guess) {
        self.wrong.remove(&guess);
    }

    /// Those over their time go first, then those who do not wait yet, then everybody.
    fn make_room(&self, now: Instant) {
        let is_fresh = |wrong: &Wrong| now.saturating_duration_since(wrong.last) <= MEMORY;
        self.wrong.retain(|_, wrong| is_fresh(wrong));
        if self.wrong.len() >= MOST {
            self.wrong.retain(|_, wrong| wrong.times >= FREE);
        }
        if self.wrong.len() >= MOST {
            self.wrong.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn after(times: u32, now: Instant) -> Tries {
        let tries = Tries::default();
        for _ in 0..times {
            tries.failed(Guess::new("a@b.c", HERE), now);
        }
        tries
    }

    #[test]
    fn the_fifth_wrong_password_costs_time_and_each_further_one_more() {
        let now = Instant::now();
        let wait = |times| after(times, now).wait(Guess::new("a@b.c", HERE), now);
        assert_eq!(wait(4), None);
        assert_eq!(wait(5), Some(Duration::from_secs(5)));
        assert_eq!(wait(6), Some(Duration::from_secs(10)));
        assert_eq!(wait(9), Some(Duration::from_secs(80)));
        assert_eq!(wait(4_000), Some(LONGEST_WAIT));
    }

    #[test]
    fn the_same_person_from_elsewhere_and_others_from_here_do_not_wait() {
        let now = Instant::now();
        let tries = after(20, now);
        assert_eq!(tries.wait(Guess::new("a@b.c", THERE), now), None);
        assert_eq!(tries.wait(Guess::new("x@b.c", HERE), now), None);
    }

    #[test]
    fn the_wait_ends_and_wrong_tries_are_forgotten() {
        let now = Instant::now();
        let guess = Guess::new("a@b.c", HERE);
        let tries = after(5, now);
        assert_eq!(tries.wait(guess, now + Duration::from_secs(5)), None);
        tries.succeeded(guess);
        tries.failed(guess, now);
        assert_eq!(tries.wait(guess, now), None);

        let tries = after(8, now);
        let later = now + MEMORY + Duration::from_secs(1);
        tries.failed(guess, later);
        assert_eq!(tries.wait(guess, later), None);
    }

    #[test]
    fn a_flood_of_names_does_not_fill_the_memory_nor_free_those_who_wait() {
        let now = Instant::now();
        let tries = after(5, now);
        for number in 0..MOST + 10 {
            tries.failed(Guess::new(&number.to_string(), HERE), now);
        }
        assert!(tries.wrong.len() <= MOST);
        assert!(tries.wait(Guess::new("a@b.c", HERE), now).is_some());
    }
}
