//! Answers that are shared among all who ask within a while.

use std::time::Duration;

use tokio::{sync::Mutex, time::Instant};

/// An answer, and when it was asked for.
#[derive(Debug)]
pub(crate) struct Shared<T> {
    fresh: Duration,
    last: Mutex<Option<(Instant, T)>>,
}

impl<T: Clone> Shared<T> {
    /// An answer is good for so long.
    pub(crate) fn new(fresh: Duration) -> Self {
        Self {
            fresh,
            last: Mutex::default(),
        }
    }

    /// The answer that there is, or that of `ask`. Who comes meanwhile waits for it: it is
    /// asked once at a time.
    pub(crate) async fn get<E>(&self, ask: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let mut last = self.last.lock().await;
        let now = Instant::now();
        if let Some((at, answer)) = &*last
            && now.duration_since(*at) < self.fresh
        {
            return Ok(answer.clone());
        }
        let answer = ask.await?;
        *last = Some((now, answer.clone()));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        time::Duration,
    };

    use super::Shared;

    #[tokio::test(start_paused = true)]
    async fn what_many_ask_within_a_while_is_asked_once() {
        let shared = Shared::new(Duration::from_secs(2));
        let asked = AtomicU32::new(0);
        let ask = async || -> Result<u32, ()> {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(asked.fetch_add(1, Ordering::Relaxed))
        };
        let both = tokio::join!(shared.get(ask()), shared.get(ask()));
        assert_eq!(both, (Ok(0), Ok(0)));
        tokio::time::sleep(Duration::from_millis(900)).await;
        assert_eq!(shared.get(ask()).await, Ok(0));
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(shared.get(ask()).await, Ok(1), "it is two seconds old");
    }

    #[tokio::test(start_paused = true)]
    async fn what_failed_or_was_broken_off_is_asked_again() {
        let shared = Shared::new(Duration::from_secs(2));
        assert_eq!(shared.get(async { Err("away") }).await, Err("away"));
        let hangs = shared.get(std::future::pending::<Result<u32, &str>>());
        let broken_off = tokio::time::timeout(Duration::from_secs(1), hangs).await;
        assert!(broken_off.is_err());
        assert_eq!(shared.get(async { Ok::<_, &str>(7) }).await, Ok(7));
    }
}
