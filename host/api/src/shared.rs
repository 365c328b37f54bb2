//! Answers that are shared among all who ask within a while.

use std::time::Duration;

use tokio::{sync::Mutex, time::Instant};

/// An answer, as long as it is good.
#[derive(Debug)]
pub(crate) struct Shared<T> {
    fresh: Duration,
    last: Mutex<Option<Answer<T>>>,
}

#[derive(Debug)]
struct Answer<T> {
    good_until: Instant,
    answer: T,
}

/// An answer is good for so many times what it took, and no longer than this.
const TIMES: u32 = 4;
const LONGEST: Duration = Duration::from_secs(10);

impl<T: Clone> Shared<T> {
    /// An answer is good for so long at least, from when it was asked for.
    pub(crate) fn new(fresh: Duration) -> Self {
        Self {
            fresh,
            last: Mutex::default(),
        }
    }

    /// The answer that there is, or that of `ask`. Who comes meanwhile waits for it: it is
    /// asked once at a time. One that took long is good for longer, so that a database
    /// in which there is much is not kept busy by being looked at.
    pub(crate) async fn get<E>(&self, ask: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let mut last = self.last.lock().await;
        let now = Instant::now();
        if let Some(last) = &*last
            && now < last.good_until
        {
            return Ok(last.answer.clone());
        }
        let answer = ask.await?;
        let took = now.elapsed();
        let rest = (took * TIMES).min(LONGEST);
        *last = Some(Answer {
            good_until: now + self.fresh.max(took + rest),
            answer: answer.clone(),
        });
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        time::Duration,
    };

    use tokio::time::Instant;

    use super::Shared;

    #[tokio::test(start_paused = true)]
    async fn what_many_ask_within_a_while_is_asked_once() {
        let shared = Shared::new(Duration::from_secs(2));
        let asked = AtomicU32::new(0);
        let ask = async || -> Result<u32, ()> {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Ok(asked.fetch_add(1, Ordering::Relaxed))
        };
        let both = tokio::join!(shared.get(ask()), shared.get(ask()));
        assert_eq!(both, (Ok(0), Ok(0)));
        tokio::time::sleep(Duration::from_millis(1_800)).await;
        assert_eq!(shared.get(ask()).await, Ok(0));
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(shared.get(ask()).await, Ok(1), "it is two seconds old");
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_long_is_asked_the_more_seldom() {
        let shared = Shared::new(Duration::from_secs(2));
        let (began, asked) = (Instant::now(), AtomicU32::new(0));
        let takes = Duration::from_millis(1_500);
        let ask = async || -> Result<u32, ()> {
            tokio::time::sleep(takes).await;
            Ok(asked.fetch_add(1, Ordering::Relaxed))
        };
        for _ in 0..75 {
            assert!(shared.get(ask()).await.is_ok());
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        assert!(takes * asked.into_inner() <= began.elapsed() / 5);
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
