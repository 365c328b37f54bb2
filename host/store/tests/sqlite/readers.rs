//! Readers are for databases that have roles.

use runnel_store::StoreError;

use crate::conformance::versions::ann;

#[tokio::test]
async fn a_file_has_no_roles_and_says_what_to_do() {
    let (world, _kept) = super::fresh().await;
    for refused in [
        world.store.grant_reader("acme", "reader", &ann()).await,
        world.store.revoke_reader("acme", "reader", &ann()).await,
    ] {
        let Err(error @ StoreError::Unsupported { .. }) = refused else {
            panic!("{refused:?}")
        };
        assert!(error.to_string().contains("use PostgreSQL"), "{error}");
    }
}
