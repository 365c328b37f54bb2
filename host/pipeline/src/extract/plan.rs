//! Plans: from a batch of parents to the first requests.

use runnel_model::Parents;
use runnel_sandbox::{
    Projection, SourceError,
    source::{self, Failure},
};
use runnel_store::{NewRequest, Parent, PlanCommit, Task};

use super::{Extractor, RunContext};
use crate::{PipelineError, transform::blocking};

/// Parents that a source is given at once.
const PARENTS: u32 = 200;

impl Extractor {
    pub(super) async fn plan(&self, task: &Task, run: &RunContext) -> Result<(), PipelineError> {
        let (parents, more_after) = match &run.stream.parents {
            Some(declared) => self.parents(run, declared).await?,
            None => (Vec::new(), None),
        };
        let requests = if run.stream.parents.is_some() && parents.is_empty() {
            Ok(Vec::new())
        } else {
            self.first_requests(run, parents).await?
        };
        match requests {
            Ok(requests) => self.commit_plan(task, run, requests, more_after).await,
            Err(problem) => Ok(self.context.store.bury(task.claim, &problem).await?),
        }
    }

    async fn parents(
        &self,
        run: &RunContext,
        declared: &Parents,
    ) -> Result<(Vec<source::Parent>, Option<runnel_model::RawId>), PipelineError> {
        let parents = self
            .context
            .store
            .parents(run.run.id, &declared.stream, PARENTS)
            .await?;
        let full = parents.len() == PARENTS as usize;
        let more_after = parents.last().filter(|_| full).map(|parent| parent.raw);
        let projection = Projection::new(&declared.fields);
        let given = parents
            .into_iter()
            .map(|parent| given(parent, &projection))
            .collect::<Result<_, _>>()?;
        Ok((given, more_after))
    }

    /// The requests, or why the source has none: the run's problem.
    async fn first_requests(
        &self,
        run: &RunContext,
        parents: Vec<source::Parent>,
    ) -> Result<Result<Vec<NewRequest>, String>, PipelineError> {
        let cursor = self.context.store.cursor(run.run.id, "").await?;
        let mut scope = run.scope(cursor);
        scope.parents = parents;
        let source = run.source.source.clone();
        let planned = blocking(move || source.plan(&scope)).await?;
        match planned {
            Ok(requests) => Ok(Ok(requests.into_iter().map(new_request).collect())),
            Err(SourceError::Failure(failure)) => {
                Ok(Err(format!("{}: {}", run.stream.name, said(failure))))
            }
            Err(SourceError::Sandbox(error)) => Ok(Err(error.to_string())),
        }
    }

    async fn commit_plan(
        &self,
        task: &Task,
        run: &RunContext,
        requests: Vec<NewRequest>,
        more_after: Option<runnel_model::RawId>,
    ) -> Result<(), PipelineError> {
        let plan = PlanCommit {
            claim: task.claim,
            run: run.run.id,
            requests,
            more_after,
        };
        self.context.store.commit_plan(plan).await?;
        self.context.broker.ring(&runnel_model::Queue::Extract);
        (self.context.observer)(crate::Signal::Progress);
        Ok(())
    }
}

fn given(parent: Parent, projection: &Projection) -> Result<source::Parent, PipelineError> {
    let mut fields = String::new();
    projection
        .apply(&parent.payload, &mut fields)
        .map_err(|e| {
            let what = format!("raw record {}", parent.raw);
            PipelineError::Store(runnel_store::StoreError::Corrupt {
                what,
                reason: e.to_string(),
            })
        })?;
    Ok(source::Parent {
        external_id: parent.external_id,
        fields,
        context: parent.context,
        cursor: parent.cursor,
    })
}

pub(crate) fn new_request(request: source::Request) -> NewRequest {
    NewRequest {
        partition: request.partition,
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: request.body,
        answer: request.answer,
        conditional: request.conditional,
        token: request.token,
    }
}

/// A failure's own words.
pub(crate) fn said(failure: Failure) -> String {
    match failure {
        Failure::Again(wait) | Failure::Limited(wait) => wait.reason,
        Failure::Refused(words) | Failure::Broken(words) => words,
    }
}
