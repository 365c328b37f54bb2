//! What an integration wants of custom fields.

use runnel_sdk::Config;

pub(crate) const MODES: &[&str] = &["discovered", "mapped", "document"];
pub(crate) const MISFITS: &[&str] = &["reject", "json"];

/// Which custom fields have columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Each that is in use, by its id.
    Discovered,
    /// Those that are named.
    Mapped,
    /// None.
    Document,
}

impl Mode {
    /// Whoever names columns wants those, without saying so.
    pub(crate) fn of(config: &Config) -> Result<Self, String> {
        let named = !config.below("custom_fields")?.is_empty();
        let default = if named { "mapped" } else { "discovered" };
        match config.choice("custom_field_mode", MODES, default)? {
            "mapped" => Ok(Self::Mapped),
            _ if named => Err(
                "custom_fields.<name> names columns, which custom_field_mode=mapped alone has: leave one of them out"
                    .to_owned(),
            ),
            "document" => Ok(Self::Document),
            _ => Ok(Self::Discovered),
        }
    }
}

/// Whether a value that does not fit its column goes to the document beside it, and
/// does not make the issue a dead letter.
pub(crate) fn keeps_misfits(config: &Config) -> Result<bool, String> {
    Ok(config.choice("custom_field_misfits", MISFITS, "reject")? == "json")
}
