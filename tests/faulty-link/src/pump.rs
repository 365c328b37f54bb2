//! One direction of one connection.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::tcp::{OwnedReadHalf, OwnedWriteHalf},
    sync::watch,
};

/// What a relay is told to do to its connections.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    pub(crate) stalled: bool,
    pub(crate) cut: bool,
    /// How often the connections of the moment were frozen.
    pub(crate) frozen: u32,
    /// How often each direction was ended.
    pub(crate) ended_to_clients: u32,
    pub(crate) ended_to_servers: u32,
}

/// Passes bytes on until the connection ends or is cut. `ended` says how often
/// this direction was ended.
pub(crate) async fn pass_on(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut orders: watch::Receiver<Orders>,
    ended: fn(&Orders) -> u32,
) {
    let at_first = |orders: &Orders| (orders.frozen, ended(orders));
    let (frozen, was_ended) = at_first(&orders.borrow());
    let mut told = orders.clone();
    let ordered = until(&mut told, |orders| {
        orders.cut || at_first(orders) != (frozen, was_ended)
    });
    tokio::select! {
        () = copy(&mut from, &mut to, &mut orders) => return,
        () = ordered => {}
    }
    if ended(&orders.borrow()) != was_ended {
        let _ = to.shutdown().await;
    }
    // Until it is cut, the other direction goes on, or is frozen too.
    until(&mut orders, |orders| orders.cut).await;
}

async fn copy(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    orders: &mut watch::Receiver<Orders>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        // What was read before a stall is held up with the rest.
        until(orders, |orders| !orders.stalled).await;
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

/// Waits until the orders are such, or nobody is left to give any.
pub(crate) async fn until(orders: &mut watch::Receiver<Orders>, such: impl FnMut(&Orders) -> bool) {
    let _ = orders.wait_for(such).await;
}
