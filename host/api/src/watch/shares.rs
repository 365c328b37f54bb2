//! What somebody may see of the queues.

use std::collections::BTreeMap;

use runnel_store::{QueueRow, QueueShare, Scope};

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

#[cfg(test)]
mod tests {
    use runnel_model::{Queue, TenantId};
    use runnel_store::{QueueRow, QueueShare, Scope};

    use super::queues_of;

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
        }
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
