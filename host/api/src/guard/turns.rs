//! Who is worked on at once, and how much of the time, while there is other work.

use std::{
    pin::pin,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

/// After this a request goes on beside the others' turns: a search through all rows holds
/// up nobody who wants a glance.
const TURN: Duration = Duration::from_millis(250);
/// How many of these there are; what comes then holds its turn until one has ended.
const ASIDE: usize = 4;
/// While the workers are at work, a turn is followed by a pause of so many times as long.
const PAUSES: u32 = 4;
/// No pause is longer, whatever those took that did not wait for it.
const PAUSE: Duration = TURN;
/// Who has waited for so long waits for no pause: it is no reason for an answer that
/// comes too late.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who is worked on.
pub(crate) struct Turns {
    turns: Semaphore,
    number: u32,
    aside: Semaphore,
    at_work: Box<dyn Fn() -> bool + Send + Sync>,
    /// When the pause is over.
    next: Mutex<Instant>,
}

impl Turns {
    /// So many at once, with pauses while others are `at_work`.
    pub(crate) fn new(number: u32, at_work: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self {
            turns: Semaphore::new(number as usize),
            number,
            aside: Semaphore::new(ASIDE),
            at_work: Box::new(at_work),
            next: Mutex::new(Instant::now()),
        }
    }

    /// What the work answers, when it is its turn.
    pub(super) async fn take<T>(&self, work: impl Future<Output = T>) -> T {
        let turn = self.turn().await;
        let mut work = pin!(work);
        if let Ok(answer) = tokio::time::timeout(TURN, work.as_mut()).await {
            return answer;
        }
        tokio::select! {
            biased;
            answer = work.as_mut() => answer,
            _aside = self.aside.acquire() => {
                drop(turn);
                work.await
            }
        }
    }

    /// The line is never closed; without a permit there would be no limit, and an answer.
    async fn turn(&self) -> Turn<'_> {
        let came = Instant::now();
        let permit = self.turns.acquire().await.ok();
        let next = *self.next.lock().unwrap_or_else(PoisonError::into_inner);
        tokio::time::sleep_until(next.min(came + PATIENCE)).await;
        Turn {
            turns: self,
            began: Instant::now(),
            _permit: permit,
        }
    }

    /// Leaves the work its time after a turn that took so long.
    fn pause(&self, took: Duration) {
        if (self.at_work)() {
            let now = Instant::now();
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let pause = next.max(now) + took * PAUSES / self.number;
            *next = pause.min(now + PAUSE);
        }
    }
}

/// A turn, and after it a pause: also where nobody waits for the answer any more.
struct Turn<'a> {
    turns: &'a Turns,
    began: Instant,
    _permit: Option<SemaphorePermit<'a>>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.pause(self.began.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::{task::JoinSet, time::sleep};

    use super::*;

    const LONG: Duration = Duration::from_secs(5);
    const GLANCE: Duration = Duration::from_millis(10);

    /// Work that begins when it is first asked what it has come to.
    async fn work(takes: Duration) {
        sleep(takes).await;
    }

    /// One at a time.
    fn turns(at_work: bool) -> Arc<Turns> {
        Arc::new(Turns::new(1, move || at_work))
    }

    /// So many that take so long, each of which has begun.
    async fn many(turns: &Arc<Turns>, number: usize, takes: Duration) -> JoinSet<Duration> {
        let mut set = JoinSet::new();
        for _ in 0..number {
            let turns = Arc::clone(turns);
            let came = Instant::now();
            set.spawn(async move {
                turns.take(work(takes)).await;
                came.elapsed()
            });
        }
        tokio::task::yield_now().await;
        set
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_waits_for_its_turn() {
        let all = many(&turns(false), 3, GLANCE).await;
        let mut waited = all.join_all().await;
        waited.sort_unstable();
        assert!(waited[0] < GLANCE * 2, "{waited:?}");
        assert!(waited[2] >= GLANCE * 3, "{waited:?}");
        assert!(waited[2] < GLANCE * 4, "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_long_holds_up_the_others_for_a_moment_alone() {
        let turns = turns(false);
        let _long = many(&turns, ASIDE, LONG).await;
        let began = Instant::now();
        turns.take(async {}).await;
        let waited = began.elapsed();
        assert!(waited < TURN * 5, "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn of_what_takes_long_no_more_than_a_few_go_on_at_once() {
        let began = Instant::now();
        let all = many(&turns(false), 2 * (ASIDE + 1), LONG).await;
        all.join_all().await;
        assert!(began.elapsed() >= LONG * 2, "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn while_there_is_work_it_has_most_of_the_time() {
        let began = Instant::now();
        let all = many(&turns(true), 11, GLANCE).await;
        all.join_all().await;
        let took = began.elapsed();
        assert!(took >= GLANCE * (11 + 10 * PAUSES), "{took:?}");
        assert!(took < GLANCE * (12 + 11 * PAUSES), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_once_in_a_while_waits_for_nothing() {
        let turns = turns(true);
        for _ in 0..3 {
            let began = Instant::now();
            turns.take(work(GLANCE)).await;
            assert!(began.elapsed() < GLANCE * 2, "{:?}", began.elapsed());
            sleep(GLANCE * (PAUSES + 1)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn however_many_ask_pauses_end_when_they_have_waited_long_enough() {
        let number = 1000;
        let all = many(&turns(true), number, GLANCE).await;
        let longest = all.join_all().await.into_iter().max();
        let without = GLANCE * u32::try_from(number).unwrap();
        assert!(longest < Some(PATIENCE + without), "{longest:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_nobody_waits_for_any_more_costs_its_pause_too() {
        let turns = turns(true);
        let given_up = tokio::time::timeout(GLANCE * 5, turns.take(work(LONG))).await;
        assert!(given_up.is_err());
        let began = Instant::now();
        turns.take(async {}).await;
        assert!(
            began.elapsed() >= GLANCE * 5 * PAUSES,
            "{:?}",
            began.elapsed()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn more_turns_at_once_share_one_pause() {
        let turns = Arc::new(Turns::new(4, || true));
        let began = Instant::now();
        many(&turns, 4, GLANCE).await.join_all().await;
        turns.take(async {}).await;
        let waited = began.elapsed();
        assert!(waited >= GLANCE * (1 + PAUSES), "{waited:?}");
        assert!(waited < GLANCE * (2 + PAUSES), "{waited:?}");
    }
}
