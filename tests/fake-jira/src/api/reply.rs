//! An answer, before it becomes HTTP.

/// An answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) html: bool,
    /// Further headers.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Reply {
    /// JSON.
    pub(crate) fn json(status: u16, body: String) -> Self {
        Self {
            status,
            body,
            ..Self::default()
        }
    }

    /// A page for people.
    pub(crate) fn html(status: u16, body: String) -> Self {
        Self {
            html: true,
            ..Self::json(status, body)
        }
    }
}
