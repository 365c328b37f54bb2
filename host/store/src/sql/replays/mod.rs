//! Replays: raw records that are mapped and loaded again (see [`Replays`]).

mod choice;
mod control;
pub(super) mod rows;
mod start;
mod steps;

use async_trait::async_trait;
use runnel_model::Name;

use super::Backend;
use crate::{Actor, Maker, NewReplay, ReplayId, ReplayRow, Replays, StoreError, Surveyed};
pub(super) use rows::version;
pub(super) use steps::step;

#[async_trait]
impl Replays for Backend {
    async fn entities(&self) -> Result<Vec<(Name, Name)>, StoreError> {
        self.run(|| rows::entities(self)).await
    }

    async fn makers(&self, source: &Name, entity: &Name) -> Result<Vec<Maker>, StoreError> {
        self.run(|| rows::makers(self, source, entity)).await
    }

    async fn survey(&self, of: &NewReplay) -> Result<Vec<Surveyed>, StoreError> {
        self.run(|| start::survey(self, of)).await
    }

    async fn start_replay(
        &self,
        of: &NewReplay,
        by: &Actor,
    ) -> Result<Option<ReplayId>, StoreError> {
        self.run(|| start::start(self, of, by)).await
    }

    async fn replays(
        &self,
        id: Option<ReplayId>,
        limit: u32,
    ) -> Result<Vec<ReplayRow>, StoreError> {
        self.run(|| rows::list(self, id, limit)).await
    }

    async fn pause_replay(&self, id: ReplayId, by: &Actor) -> Result<(), StoreError> {
        self.run(|| control::pause(self, id, by)).await
    }

    async fn resume_replay(&self, id: ReplayId, by: &Actor) -> Result<(), StoreError> {
        self.run(|| control::resume(self, id, by)).await
    }

    async fn cancel_replay(&self, id: ReplayId, by: &Actor) -> Result<(), StoreError> {
        self.run(|| control::cancel(self, id, by)).await
    }
}
