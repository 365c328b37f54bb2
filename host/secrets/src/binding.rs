//! What sealed bytes are bound to: the associated data.

use runnel_model::{IntegrationId, TenantId};

use crate::{KeyId, stored::FORMAT};

/// Where a credential belongs. It opens there and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Whose it is.
    pub tenant: TenantId,
    /// The integration that uses it.
    pub integration: IntegrationId,
    /// Which of the integration's credentials, such as `token`.
    pub field: &'a str,
}

impl Place<'_> {
    /// The associated data of a credential.
    pub(crate) fn binding(&self) -> Vec<u8> {
        join(&[
            b"runnel credential",
            &[FORMAT],
            &self.tenant.0.to_be_bytes(),
            &self.integration.0.to_be_bytes(),
            self.field.as_bytes(),
        ])
    }
}

/// The associated data of a tenant's data key.
pub(crate) fn of_data_key(tenant: TenantId, key: &KeyId) -> Vec<u8> {
    join(&[
        b"runnel data key",
        &[FORMAT],
        &tenant.0.to_be_bytes(),
        key.as_str().as_bytes(),
    ])
}

/// Each part behind its length, so that no two lists of parts make the same bytes.
fn join(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{IntegrationId, Place, TenantId, join};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn two_places_never_share_a_binding(
            a in (any::<i64>(), any::<i64>(), ".{0,12}"),
            b in (any::<i64>(), any::<i64>(), ".{0,12}"),
        ) {
            let binding = |(tenant, integration, field): &(i64, i64, String)| Place {
                tenant: TenantId(*tenant),
                integration: IntegrationId(*integration),
                field,
            }.binding();
            prop_assert_eq!(a == b, binding(&a) == binding(&b));
        }

        #[test]
        fn where_one_part_ends_and_the_next_begins_is_bound_too(text in "[ab]{0,8}", cut in 0..9_usize, other in 0..9_usize) {
            let halves = |at: usize| {
                let (head, tail) = text.as_bytes().split_at(at.min(text.len()));
                join(&[head, tail])
            };
            let same = cut.min(text.len()) == other.min(text.len());
            prop_assert_eq!(same, halves(cut) == halves(other));
        }
    }
}
