//! Hashing passwords with argon2id (RFC 9106), on threads of their own, two at a time.
//!
//! A hash takes 19 MiB and tens of milliseconds: without a limit, a flood of sign-ins would starve everything else.
//! An unknown user costs one hash as well, so that the time of the answer tells nothing.

use crate::{Answer, Problem};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use kernel::Chance;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// Memory in KiB, passes, lanes: the first choice of the OWASP password storage cheat sheet.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Hashes computed at once.
const AT_ONCE: usize = 2;
/// Hashes that may wait; more are turned away.
const QUEUE: u64 = 32;
/// Bytes of salt.
const SALT: usize = 16;
/// What an unknown user's password is compared with: the same cost, and no password fits.
const DUMMY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$ZGFuZ29sIG5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes passwords. Cheap to clone.
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    chance: Arc<dyn Chance>,
    permits: Arc<Semaphore>,
    waiting: AtomicU64,
    runs: AtomicU64,
}

/// What comparing a password showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is another password, or there is none.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, hashed at another cost than today's: hash it again.
    Outdated,
}

impl Hasher {
    /// A hasher that takes its salts from `chance`.
    pub fn new(chance: Arc<dyn Chance>) -> Self {
        let (waiting, runs) = (AtomicU64::new(0), AtomicU64::new(0));
        Self(Arc::new(Inner { chance, permits: Arc::new(Semaphore::new(AT_ONCE)), waiting, runs }))
    }

    /// The PHC string of `password`.
    ///
    /// # Errors
    /// 429 when too many are waiting.
    pub async fn hash(&self, password: String) -> Answer<String> {
        let mut salt = [0; SALT];
        self.0.chance.fill(&mut salt);
        let hashed = self.run(move || argon2()?.hash_password_with_salt(password.as_bytes(), &salt));
        Ok(hashed.await?.map_err(Problem::internal)?.to_string())
    }

    /// Compares `password` with a stored PHC string; without one, with a dummy that costs the same.
    ///
    /// # Errors
    /// 429 when too many are waiting.
    pub async fn verify(&self, password: String, phc: Option<String>) -> Answer<Verdict> {
        self.run(move || verdict(&password, phc.as_deref().unwrap_or(DUMMY))).await
    }

    /// How many hashes have been computed: what the test of the dummy counts.
    pub fn runs(&self) -> u64 {
        self.0.runs.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
        let place = Place::take(&self.0.waiting).ok_or_else(|| Problem::too_many("sign_in_busy", 2))?;
        let permit = self.0.permits.clone().acquire_owned().await.map_err(Problem::internal)?;
        drop(place);
        self.0.runs.fetch_add(1, Ordering::Relaxed);
        // The permit goes along: a caller who hangs up does not free it before the thread is done.
        let ran = tokio::task::spawn_blocking(move || {
            let value = work();
            drop(permit);
            value
        });
        ran.await.map_err(Problem::internal)
    }
}

/// A place in the queue, given back when dropped.
struct Place<'w>(&'w AtomicU64);

impl<'w> Place<'w> {
    fn take(waiting: &'w AtomicU64) -> Option<Self> {
        let place = Self(waiting);
        (waiting.fetch_add(1, Ordering::AcqRel) < QUEUE).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn argon2() -> argon2::password_hash::Result<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn verdict(password: &str, phc: &str) -> Verdict {
    let Ok(stored) = PasswordHash::new(phc) else { return Verdict::Wrong };
    if Argon2::default().verify_password(password.as_bytes(), &stored).is_err() {
        return Verdict::Wrong;
    }
    let (memory, passes, lanes) = COST;
    let today = [("m", memory), ("t", passes), ("p", lanes)];
    let current = today.iter().all(|(name, cost)| stored.params.get_decimal(*name) == Some(*cost));
    if current && stored.algorithm.as_str() == "argon2id" { Verdict::Right } else { Verdict::Outdated }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SeededChance;

    fn hasher() -> Hasher {
        Hasher::new(Arc::new(SeededChance::new(1)))
    }

    #[tokio::test]
    async fn a_password_is_known_again_and_another_is_not() {
        let phc = hasher().hash("paper lantern".into()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        let verify =
            async |password: &str| hasher().verify(password.into(), Some(phc.clone())).await.unwrap();
        assert_eq!(verify("paper lantern").await, Verdict::Right);
        assert_eq!(verify("paper lanterns").await, Verdict::Wrong);
        assert_eq!(hasher().verify("dangol nobody".into(), None).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_flood_is_turned_away_once_the_queue_is_full() {
        let hasher = hasher();
        let _held = hasher.0.permits.clone().acquire_many_owned(2).await.unwrap();
        let flood = (0..QUEUE + 5).map(|_| hasher.verify("x".into(), None));
        let mut flood: Vec<_> = flood.map(Box::pin).collect();
        let mut refused = 0;
        for attempt in &mut flood {
            // The first poll decides: a place in the queue, or none.
            if let Some(Err(problem)) = futures::FutureExt::now_or_never(attempt) {
                assert_eq!(problem.status().as_u16(), 429);
                refused += 1;
            }
        }
        assert_eq!((refused, hasher.runs()), (5, 0));
        drop(flood);
        assert_eq!(hasher.0.waiting.load(Ordering::Acquire), 0, "who hangs up gives the place back");
    }
}
