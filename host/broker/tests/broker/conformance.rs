//! What every broker promises, as tests over `dyn Broker` and a real store.

use std::{any::Any, collections::HashSet, sync::Arc, time::Duration};

use runnel_broker::Broker;
use runnel_model::Queue;
use runnel_store::{Inbox, Store};

use crate::harness::{
    work::{consumer, consumer_of, next, nothing_comes, work},
    world::World,
};

/// A broker, and the store that it is the doorbell of.
pub(crate) struct Setup {
    world: World,
    broker: Arc<dyn Broker>,
    _kept: Box<dyn Any + Send>,
}

impl Setup {
    /// `kept` lives as long as the setup.
    pub(crate) fn new(world: World, broker: Arc<dyn Broker>, kept: impl Any + Send) -> Self {
        Self {
            world,
            broker,
            _kept: Box::new(kept),
        }
    }

    fn store(&self) -> &dyn Store {
        &*self.world.store
    }
}

/// The whole suite, for a broker over the store of the worlds that the function
/// makes. A test that is missing here is dead code, and the compiler says so.
macro_rules! conformance {
    ($broker:ident, $world:ident) => {
        mod $broker {
            use super::$world;

            $crate::conformance::each! { $world, $broker, conformance;
                every_task_queued_is_claimed_once,
                consumers_of_a_queue_share_its_tasks,
                a_ring_wakes_a_consumer_that_waits,
                a_consumer_gets_no_task_of_another_queue,
                an_ad_hoc_integrations_tasks_are_for_its_process_alone,
                a_task_given_back_comes_again_when_it_is_due,
                a_task_whose_worker_died_comes_again,
                what_a_dropped_consumer_did_not_claim_is_claimed_by_another,
                a_wait_that_is_dropped_loses_nothing,
                a_cancelled_task_is_not_claimed,
                no_more_is_claimed_than_was_asked_for,
            }
        }
    };
}

/// What only a broker with a server can do wrong, over each store.
macro_rules! faults {
    ($world:ident) => {
        mod faults {
            use super::$world;

            $crate::conformance::each! { $world, alone, faults;
                a_purged_queue_heals,
                a_deleted_queue_is_declared_again_by_its_consumer,
                a_message_without_a_queue_comes_back_and_is_sent_again,
                a_relay_alone_declares_a_queue_that_is_gone,
                a_broker_that_was_installed_anew_is_set_up_and_told_again,
                what_a_relay_marked_and_did_not_send_is_told_of_by_the_next,
                relays_killed_at_any_moment_lose_no_task,
                a_queue_that_somebody_declared_otherwise_does_not_hold_up_the_others,
            }
        }
        mod relays {
            use super::$world;

            $crate::conformance::each! { $world, alone, relays;
                two_relays_tell_of_each_task_once,
                the_broker_never_holds_more_than_the_window_allows,
            }
        }
    };
}

macro_rules! each {
    ($world:ident, $setup:ident, $module:ident; $($test:ident,)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            $crate::$module::$test($crate::$setup($world().await)).await;
        }
    )*};
}

pub(crate) use {conformance, each, faults};

pub(crate) async fn every_task_queued_is_claimed_once(setup: Setup) {
    let mut consumer = consumer(&*setup.broker).await;
    setup.world.queue(1000).await;
    setup.broker.ring(&Queue::Extract);
    work(setup.store(), &mut *consumer, 1000).await;
    nothing_comes(&mut *consumer).await;
}

pub(crate) async fn consumers_of_a_queue_share_its_tasks(setup: Setup) {
    let mut one = consumer(&*setup.broker).await;
    let mut other = consumer(&*setup.broker).await;
    setup.world.queue(200).await;
    let mut claimed = HashSet::new();
    while claimed.len() < 200 {
        for consumer in [&mut one, &mut other] {
            let waited = tokio::time::timeout(Duration::from_millis(20), consumer.ready());
            if let Ok(ready) = waited.await {
                ready.unwrap();
            }
            for task in consumer.claim(10).await.unwrap() {
                assert!(claimed.insert(task.claim.task), "{task:?} claimed twice");
            }
        }
    }
}

pub(crate) async fn a_ring_wakes_a_consumer_that_waits(setup: Setup) {
    let mut consumer = consumer(&*setup.broker).await;
    let waiting = tokio::spawn(async move { next(&mut *consumer, 1).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    setup.world.queue(1).await;
    setup.broker.ring(&Queue::Extract);
    assert_eq!(waiting.await.unwrap().len(), 1);
}

pub(crate) async fn a_consumer_gets_no_task_of_another_queue(setup: Setup) {
    let mut of_another = consumer_of(&*setup.broker, &Queue::Vectorize.into()).await;
    setup.world.queue(3).await;
    setup.broker.ring(&Queue::Extract);
    nothing_comes(&mut *of_another).await;
    work(setup.store(), &mut *consumer(&*setup.broker).await, 3).await;
}

pub(crate) async fn an_ad_hoc_integrations_tasks_are_for_its_process_alone(setup: Setup) {
    let ad_hoc = setup.world.ad_hoc().await;
    let inbox = Inbox {
        queue: Queue::Extract,
        only: Some(ad_hoc.id),
    };
    let mut alone = consumer_of(&*setup.broker, &inbox).await;
    let mut shared = consumer(&*setup.broker).await;
    setup.world.queue_for(&ad_hoc, 3).await;
    setup.broker.ring(&Queue::Extract);
    nothing_comes(&mut *shared).await;
    work(setup.store(), &mut *alone, 3).await;
    setup.world.queue(2).await;
    setup.broker.ring(&Queue::Extract);
    nothing_comes(&mut *alone).await;
    work(setup.store(), &mut *shared, 2).await;
}

pub(crate) async fn a_task_given_back_comes_again_when_it_is_due(setup: Setup) {
    let mut consumer = consumer(&*setup.broker).await;
    setup.world.queue(1).await;
    let task = next(&mut *consumer, 1).await.remove(0);
    let later = Duration::from_secs(2);
    let back = std::time::Instant::now();
    let retry = setup.store().retry(task.claim, later, "rate limit", true);
    retry.await.unwrap();
    let again = next(&mut *consumer, 1).await.remove(0);
    assert!(back.elapsed() >= later, "{:?}", back.elapsed());
    assert_eq!(again.claim.task, task.claim.task);
    assert_eq!(again.attempts, 1);
}

pub(crate) async fn a_task_whose_worker_died_comes_again(setup: Setup) {
    let mut consumer = consumer(&*setup.broker).await;
    setup.world.queue(1).await;
    let task = next(&mut *consumer, 1).await.remove(0);
    setup
        .store()
        .heartbeat(&[task.claim], Duration::ZERO)
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let rescued = setup.store().rescue(runnel_store::Rescue::Expired).await;
    assert_eq!(rescued.unwrap(), 1);
    let again = next(&mut *consumer, 1).await.remove(0);
    assert_eq!(again.claim.task, task.claim.task);
}

pub(crate) async fn what_a_dropped_consumer_did_not_claim_is_claimed_by_another(setup: Setup) {
    let mut first = consumer(&*setup.broker).await;
    setup.world.queue(20).await;
    let claimed = next(&mut *first, 1).await;
    drop(first);
    for task in &claimed {
        setup.store().finish(&[task.claim]).await.unwrap();
    }
    let mut second = consumer(&*setup.broker).await;
    work(setup.store(), &mut *second, 20 - claimed.len()).await;
}

pub(crate) async fn a_wait_that_is_dropped_loses_nothing(setup: Setup) {
    let mut consumer = consumer(&*setup.broker).await;
    setup.world.queue(50).await;
    setup.broker.ring(&Queue::Extract);
    for _ in 0..200 {
        let waited = tokio::time::timeout(Duration::from_millis(1), consumer.ready());
        if let Ok(ready) = waited.await {
            ready.unwrap();
        }
    }
    work(setup.store(), &mut *consumer, 50).await;
}

pub(crate) async fn a_cancelled_task_is_not_claimed(setup: Setup) {
    let mut consumer = consumer(&*setup.broker).await;
    let run = setup.world.queue(20).await;
    let claimed = next(&mut *consumer, 1).await;
    setup.store().cancel(&[run]).await.unwrap();
    nothing_comes(&mut *consumer).await;
    assert_eq!(claimed.len(), 1);
    setup.world.queue(5).await;
    work(setup.store(), &mut *consumer, 5).await;
}

pub(crate) async fn no_more_is_claimed_than_was_asked_for(setup: Setup) {
    let mut consumer = consumer(&*setup.broker).await;
    setup.world.queue(10).await;
    for limit in [1, 3, 2] {
        assert!(next(&mut *consumer, limit).await.len() <= limit as usize);
    }
}
