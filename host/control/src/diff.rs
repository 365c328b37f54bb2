//! What two versions of a transform make of the raw records that are there. Nothing
//! is written.

use runnel_model::{Differences, Name, PluginVersion, RawId, TenantId};
use runnel_pipeline::{Side, compare, given};
use runnel_sandbox::{BoundTransform, Sandbox, SandboxError};
use runnel_signatures::Signers;
use runnel_store::{
    Activation, Archived, Known, RawRecord, Store, VersionError, VersionRow, Window,
};

use crate::{
    ControlError, config,
    lineup::InstalledKind,
    live::{self, Declared, Discovered, checked},
};

/// The records that are mapped at once: memory is bounded by them.
const PAGE: u32 = 100;

/// What is to be compared.
#[derive(Debug, Clone)]
pub struct DiffRequest {
    /// The one version.
    pub old: PluginVersion,
    /// The other.
    pub new: PluginVersion,
    /// When the records were read.
    pub window: Window,
    /// Whose records; absent: every tenant's.
    pub tenant: Option<TenantId>,
    /// No more than so many records.
    pub limit: u64,
    /// Whose components are accepted.
    pub signers: Signers,
}

/// Maps the newest raw record of each thing with both versions, under the
/// configurations of its integrations, and compares what comes.
///
/// # Errors
/// [`ControlError::Usage`] for versions that are not there or map different things;
/// those of the sandbox and the store.
pub async fn diff(
    store: &dyn Store,
    sandbox: &Sandbox,
    request: &DiffRequest,
) -> Result<Differences, ControlError> {
    let rows = store.versions(None).await?;
    let (old, new) = (find(&rows, &request.old)?, find(&rows, &request.new)?);
    let (source, entity) = common(old, new)?;
    let old = obtain(store, (sandbox, &request.signers), old).await?;
    let new = obtain(store, (sandbox, &request.signers), new).await?;
    let mut found = Differences::default();
    for archived in store.archives(source, entity, request.tenant).await? {
        let both = bind(store, (&old, &new), (&archived, entity)).await?;
        through(store, (&archived, entity), &both, request, &mut found).await?;
    }
    Ok(found)
}

/// Both versions, bound to an integration's configuration.
type Both = (BoundTransform, BoundTransform);

/// Goes through the records of an integration.
async fn through(
    store: &dyn Store,
    (archived, entity): (&Archived, &Name),
    both: &Both,
    request: &DiffRequest,
    found: &mut Differences,
) -> Result<(), ControlError> {
    let mut after = RawId(0);
    loop {
        let room = request.limit.saturating_sub(found.records);
        let limit = u32::try_from(room).unwrap_or(PAGE).min(PAGE);
        if limit == 0 {
            return Ok(());
        }
        let of = (archived.integration, entity);
        let records = store
            .newest_records(of, request.window, after, limit)
            .await?;
        let Some(last) = records.last() else {
            return Ok(());
        };
        after = last.id;
        let both = both.clone();
        let page = tokio::task::spawn_blocking(move || map(&both, &records)).await;
        found.merge(page.map_err(|e| ControlError::Host(e.to_string()))??);
    }
}

fn map((old, new): &Both, records: &[RawRecord]) -> Result<Differences, SandboxError> {
    let records_given: Vec<_> = records.iter().map(given).collect();
    let raw: Vec<_> = records.iter().map(|record| record.id).collect();
    let (was, is) = (
        old.transform(&records_given)?,
        new.transform(&records_given)?,
    );
    Ok(compare(&raw, &Side::of(old, &was), &Side::of(new, &is)))
}

/// Both map the records of one entity type of one source.
fn common<'a>(old: &'a VersionRow, new: &VersionRow) -> Result<(&'a Name, &'a Name), ControlError> {
    let (does, other) = (&old.purpose, &new.purpose);
    match &does.entity {
        Some(entity) if does == other => Ok((&does.source, entity)),
        Some(_) => Err(ControlError::Usage(format!(
            "{} is {does}, and {} is {other}: there is nothing to compare",
            old.version, new.version
        ))),
        None => Err(ControlError::Usage(format!(
            "{} is {does}: transforms alone can be compared",
            old.version
        ))),
    }
}

fn find<'a>(
    rows: &'a [VersionRow],
    version: &PluginVersion,
) -> Result<&'a VersionRow, ControlError> {
    if let Some(row) = rows.iter().find(|row| row.version == *version) {
        return Ok(row);
    }
    let own = rows
        .iter()
        .filter(|row| row.version.plugin == version.plugin);
    let versions: Vec<String> = own.map(|row| row.version.version.clone()).collect();
    let plugin = version.plugin.to_string();
    let error = if versions.is_empty() {
        let mut names: Vec<String> = rows
            .iter()
            .map(|row| row.version.plugin.to_string())
            .collect();
        names.dedup();
        VersionError::NoPlugin {
            plugin,
            known: Known(names),
        }
    } else {
        VersionError::NoVersion {
            plugin,
            version: version.version.clone(),
            known: Known(versions),
        }
    };
    Err(ControlError::Usage(error.to_string()))
}

/// The component of a version, if its bytes are those of its digest and are signed
/// by whom they have to be.
async fn obtain(
    store: &dyn Store,
    (sandbox, signers): (&Sandbox, &Signers),
    row: &VersionRow,
) -> Result<InstalledKind, ControlError> {
    let stored = store.component(row.id).await?;
    checked(sandbox, signers, &Activation::from(row.clone()), stored).await
}

async fn bind(
    store: &dyn Store,
    both: (&InstalledKind, &InstalledKind),
    (archived, entity): (&Archived, &Name),
) -> Result<Both, ControlError> {
    let (InstalledKind::Transform(old, was), InstalledKind::Transform(new, is)) = both else {
        return Err(ControlError::Usage(
            "transforms alone can be compared".to_owned(),
        ));
    };
    let of = (archived.integration, entity);
    let declared = Declared::of([&**was, &**is]);
    let discovered = Discovered::read(store, of, &declared).await?;
    let asked = (&*archived.scope, &archived.settings);
    let config = discovered.extend(&config::stored(&archived.base_url, asked));
    Ok((
        live::bind(old, &config).await?,
        live::bind(new, &config).await?,
    ))
}
