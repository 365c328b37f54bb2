//! A request has its time, and its turn.

use std::{pin::pin, sync::LazyLock, thread::available_parallelism, time::Duration};

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;

use crate::problem::ApiError;

/// How long an answer may take to begin.
const USUAL: Duration = Duration::from_secs(30);
/// The same, where a component is compiled, or records are mapped.
const LONG: Duration = Duration::from_secs(300);

/// How many are worked on at once: the workers of the process, and the database, have
/// other things to do than to answer everybody who asks. The rest wait in line. What
/// compiles or maps has no turn, and so holds up nobody; and whoever only asks how the
/// process is waits for nobody, or it would be taken for dead when it is busy.
static TURNS: LazyLock<Turns> = LazyLock::new(|| {
    let processors = available_parallelism().map_or(2, usize::from);
    Turns::new((processors / 2).max(1))
});

/// After this a request goes on beside the others' turns: a search through all rows holds
/// up nobody who wants a glance.
const TURN: Duration = Duration::from_millis(250);
/// How many of these there are; what comes then holds its turn until one has ended.
const ASIDE: usize = 4;

/// Who is worked on.
struct Turns {
    turns: Semaphore,
    aside: Semaphore,
}

impl Turns {
    fn new(turns: usize) -> Self {
        Self {
            turns: Semaphore::new(turns),
            aside: Semaphore::new(ASIDE),
        }
    }

    /// What the work answers, when it is its turn. Neither line is ever closed; without a
    /// turn there would be no limit, and an answer.
    async fn take<T>(&self, work: impl Future<Output = T>) -> T {
        let turn = self.turns.acquire().await;
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
}

/// Answers that it takes too long, and drops what was under way: a transaction is
/// rolled back.
pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_long = ["/plugins", "/diffs", "/dry-run", "/test", "/replays"]
        .iter()
        .any(|end| path.ends_with(end));
    let waits = !is_long && !["/healthz", "/readyz", "/metrics"].contains(&path);
    let work = next.run(request);
    let answered = async {
        if waits {
            TURNS.take(work).await
        } else {
            work.await
        }
    };
    let time = if is_long { LONG } else { USUAL };
    match tokio::time::timeout(time, answered).await {
        Ok(response) => response,
        Err(_) => ApiError::TooSlow.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use tokio::{
        task::JoinSet,
        time::{Instant, sleep},
    };

    use super::{ASIDE, TURN, Turns};

    const LONG: Duration = Duration::from_secs(5);

    /// Work that begins when it is first asked what it has come to.
    async fn work(takes: Duration) {
        sleep(takes).await;
    }

    /// So many that take long, each of which has begun.
    async fn long(turns: &Arc<Turns>, number: usize) -> JoinSet<()> {
        let mut set = JoinSet::new();
        for _ in 0..number {
            let turns = Arc::clone(turns);
            set.spawn(async move { turns.take(work(LONG)).await });
        }
        tokio::task::yield_now().await;
        set
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_waits_for_its_turn() {
        let turns = Arc::new(Turns::new(1));
        let glance = Duration::from_millis(100);
        let began = Instant::now();
        tokio::join!(
            turns.take(work(glance)),
            turns.take(work(glance)),
            turns.take(work(glance))
        );
        assert!(began.elapsed() >= glance * 3);
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_long_holds_up_the_others_for_a_moment_alone() {
        let turns = Arc::new(Turns::new(1));
        let _long = long(&turns, ASIDE).await;
        let began = Instant::now();
        turns.take(async {}).await;
        let waited = began.elapsed();
        assert!(waited < TURN * 5, "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn of_what_takes_long_no_more_than_a_few_go_on_at_once() {
        let turns = Arc::new(Turns::new(1));
        let began = Instant::now();
        let all = long(&turns, 2 * (ASIDE + 1)).await;
        all.join_all().await;
        assert!(began.elapsed() >= LONG * 2, "{:?}", began.elapsed());
    }
}
