//! One batch of messages, published and confirmed.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use lapin::{
    BasicProperties, Channel, Confirmation, PublisherConfirm, options::BasicPublishOptions,
};
use runnel_model::TaskId;
use runnel_store::Bell;

use super::{fault::Fault, topology};
use crate::{AmqpUrl, failpoints::failpoint};

/// The broker writes the message to disk before it confirms it.
const PERSISTENT: u8 = 2;

/// What became of a batch.
pub(super) struct Sent {
    pub(super) not_taken: HashSet<TaskId>,
    /// What is wrong with the channel.
    pub(super) fault: Option<Fault>,
}

/// Publishes a message for each and awaits all confirms, each for as long as
/// `limit`.
///
/// The messages are put on the wire in turn by this one task, so that their order
/// is that of the numbers that lapin gives them.
pub(super) async fn send(
    url: &AmqpUrl,
    channel: &Channel,
    bells: &[&Bell],
    limit: Duration,
) -> Sent {
    let handed = join_all(bells.iter().map(|bell| message(channel, bell)));
    let Ok(confirms) = tokio::time::timeout(limit, handed).await else {
        return Sent {
            not_taken: bells.iter().map(|bell| bell.task).collect(),
            fault: Some(Fault::silence(url, limit)),
        };
    };
    failpoint!("broker::before_confirm");
    let confirms = confirms.into_iter();
    let outcomes = join_all(confirms.map(|confirm| confirmed(url, confirm, limit))).await;
    sort(bells, outcomes)
}

/// `mandatory`, because a message without a queue is confirmed all the same.
async fn message(channel: &Channel, bell: &Bell) -> Result<PublisherConfirm, lapin::Error> {
    let id = bell.task.to_string();
    let properties = BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_message_id(id.as_str().into());
    let options = BasicPublishOptions {
        mandatory: true,
        ..BasicPublishOptions::default()
    };
    let key = bell.queue.to_string();
    channel
        .basic_publish(
            topology::WORK.into(),
            key.into(),
            options,
            id.as_bytes(),
            properties,
        )
        .await
}

async fn confirmed(
    url: &AmqpUrl,
    confirm: Result<PublisherConfirm, lapin::Error>,
    limit: Duration,
) -> Result<Confirmation, Fault> {
    let confirm = confirm.map_err(|error| Fault::of(url, &error))?;
    match tokio::time::timeout(limit, confirm).await {
        Ok(confirmation) => confirmation.map_err(|error| Fault::of(url, &error)),
        Err(_) => Err(Fault::silence(url, limit)),
    }
}

/// A message that came back is confirmed too, and lapin hands it over with
/// whichever confirm comes next: its id says which it is.
fn sort(bells: &[&Bell], outcomes: Vec<Result<Confirmation, Fault>>) -> Sent {
    let mut fault = None;
    let mut not_taken = HashSet::new();
    for (bell, outcome) in bells.iter().zip(outcomes) {
        let (taken, returned) = match outcome {
            Ok(Confirmation::Ack(returned)) => (true, returned),
            Ok(Confirmation::Nack(returned)) => (false, returned),
            Ok(Confirmation::NotRequested) => (false, None),
            Err(reason) => {
                fault.get_or_insert(reason);
                (false, None)
            }
        };
        if !taken {
            not_taken.insert(bell.task);
        }
        let id = returned.and_then(|message| message.properties.message_id().clone());
        not_taken.extend(id.and_then(|id| id.as_str().parse().ok()).map(TaskId));
    }
    Sent { not_taken, fault }
}
