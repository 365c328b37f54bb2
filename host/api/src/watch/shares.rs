//! What somebody may see of the queues.

use std::collections::BTreeMap;

use runnel_model::Queue;
use runnel_store::{Micros, QueueRow, QueueShare, Scope};

/// The queues of a scope's tenants, by name. How fast a queue is worked off is
/// everybody's.
pub(crate) fn queues_of(shares: &[QueueShare], scope: &Scope) -> Vec<QueueRow> {
    let mut queues: BTreeMap<String, QueueRow> = BTreeMap::new();
    let own = shares
        .iter()
        .filter(|share| share.tenant.is_none_or(|tenant| scope.has(tenant)));
    for share in own {
        let row = &share.row;
        match queues.get_mut(&row.queue.to_string()) {
            None => {
                queues.insert(row.queue.to_string(), row.clone());
            }
            Some(all) => {
                all.waiting += row.waiting;
                all.running += row.running;
                all.later += row.later;
                all.dead += row.dead;
                all.oldest = all.oldest.max(row.oldest);
                all.per_minute = all.per_minute.max(row.per_minute);
            }
        }
    }
    queues.into_values().collect()
}

/// Since when one of the scope's tenants has work in a queue that does not move: that
/// of others does not make up for it.
pub(crate) fn stuck_since(shares: &[QueueShare], scope: &Scope, queue: &Queue) -> Option<Micros> {
    let own = shares
        .iter()
        .filter(|share| share.row.queue == *queue)
        .filter(|share| share.tenant.is_some_and(|tenant| scope.has(tenant)));
    own.filter_map(|share| share.stuck_since).min()
}

#[cfg(test)]
mod tests {
    use runnel_model::{Queue, TenantId};
    use runnel_store::{QueueRow, QueueShare, Scope};

    use super::{queues_of, stuck_since};

    fn share(tenant: Option<i64>, waiting: u64, per_minute: u64) -> QueueShare {
        QueueShare {
            tenant: tenant.map(TenantId),
            row: QueueRow {
                queue: Queue::Extract,
                waiting,
                running: 0,
                later: 0,
                dead: 0,
                oldest: None,
                per_minute,
            },
            stuck_since: None,
        }
    }

    #[test]
    fn a_queue_is_stuck_where_one_tenants_work_is_whatever_anothers_does() {
        let stuck = QueueShare {
            stuck_since: Some(7),
            ..share(Some(2), 1, 0)
        };
        let shares = [share(None, 0, 60), share(Some(1), 5, 0), stuck];
        let since = |scope, queue| stuck_since(&shares, &scope, &queue);
        assert_eq!(since(Scope::All, Queue::Extract), Some(7));
        assert_eq!(since(Scope::All, Queue::Vectorize), None);
        let one = Scope::Only(vec![TenantId(1)]);
        assert_eq!(since(one, Queue::Extract), None);
    }

    #[test]
    fn a_tenants_user_sees_the_tenants_tasks_alone() {
        let shares = [
            share(Some(1), 5, 0),
            share(Some(2), 7, 0),
            share(None, 0, 60),
        ];
        let seen = |scope| {
            let rows = queues_of(&shares, &scope);
            (rows[0].waiting, rows[0].per_minute)
        };
        assert_eq!(seen(Scope::All), (12, 60));
        assert_eq!(seen(Scope::Only(vec![TenantId(2)])), (7, 60));
    }
}
