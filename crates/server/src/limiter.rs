//! How often something may be done.

use crate::config::Rate;
use sotto_keys::Timestamp;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Most keys that a limiter remembers before it forgets those that are fresh again.
const REMEMBERED: usize = 100_000;

/// Too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many of these in too short a time")]
pub(crate) struct Limited {
    /// When it would be let through.
    pub(crate) retry_after: Duration,
}

/// A rate for each key, kept by the generic cell rate algorithm (ITU-T I.371): per key only the time at which, were all
/// that was let through spread evenly, the next would be due.
pub(crate) struct Limiter<K> {
    interval: u64,
    tolerance: u64,
    due: Mutex<HashMap<K, u64>>,
}

impl<K: Eq + Hash> Limiter<K> {
    pub(crate) fn new(rate: Rate) -> Self {
        let per = u64::try_from(rate.per.as_micros()).unwrap_or(u64::MAX);
        let interval = per / u64::from(rate.amount.max(1));
        Self {
            interval,
            tolerance: interval.saturating_mul(rate.burst.max(1).into()),
            due: Mutex::new(HashMap::new()),
        }
    }

    /// Lets one through, or says when.
    pub(crate) fn take(&self, key: K, now: Timestamp) -> Result<(), Limited> {
        let now = now.as_millis().saturating_mul(1000);
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        if due.len() >= REMEMBERED {
            due.retain(|_, due| *due > now);
        }
        let entry = due.entry(key).or_insert(now);
        let next = (*entry).max(now).saturating_add(self.interval);
        let ahead = next - now;
        if ahead > self.tolerance {
            let wait = Duration::from_micros(ahead - self.tolerance);
            return Err(Limited {
                retry_after: wait.max(Duration::from_millis(1)),
            });
        }
        *entry = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_the_rate_and_keys_apart() {
        let limiter = Limiter::new(Rate::per_minute(60, 3));
        let at = |millis: u64| limiter.take("alice", Timestamp::from_millis(1_000_000 + millis));
        assert_eq!([at(0), at(0), at(0)], [Ok(()); 3]);
        assert_eq!(
            at(0),
            Err(Limited {
                retry_after: Duration::from_secs(1)
            })
        );
        assert_eq!(
            at(400),
            Err(Limited {
                retry_after: Duration::from_millis(600)
            })
        );
        assert_eq!(limiter.take("bob", Timestamp::from_millis(1_000_000)), Ok(()));
        assert_eq!(at(1000), Ok(()));
        assert!(at(1001).is_err());
        assert_eq!([at(60_000), at(60_000), at(60_000)], [Ok(()); 3]);
        assert!(at(60_000).is_err());
    }
}
