//! The types of custom fields.

/// What a field's values are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Integer,
    Boolean,
    Text,
    /// A document, or text.
    Rich,
    Date,
    Timestamp,
    /// One of some options.
    Option,
    /// An option and one below it.
    Cascade,
    User,
    /// Something that is known by its name: a version, a group, a project.
    Named,
    /// Whatever of these is a text.
    Textual,
    Sprints,
    List(Box<Self>),
    Json,
}

impl Kind {
    /// By a field's schema: `type`, `items`, `custom`.
    pub(crate) fn of(kind: &str, items: Option<&str>, custom: &str) -> Self {
        let custom = custom.rsplit(':').next().unwrap_or_default();
        match (kind, custom) {
            (_, "gh-sprint") => Self::Sprints,
            (_, "gh-epic-link") => Self::Text,
            (_, "textarea") => Self::Rich,
            ("array", _) => match Self::single(items.unwrap_or_default()) {
                Self::Json => Self::Json,
                item => Self::List(Box::new(item)),
            },
            (kind, _) => Self::single(kind),
        }
    }

    fn single(kind: &str) -> Self {
        match kind {
            "number" => Self::Number,
            "string" => Self::Text,
            "date" => Self::Date,
            "datetime" => Self::Timestamp,
            "option" => Self::Option,
            "option-with-child" => Self::Cascade,
            "user" => Self::User,
            "version" | "component" | "project" | "issuetype" | "group" | "priority"
            | "resolution" | "status" | "securitylevel" => Self::Named,
            _ => Self::Json,
        }
    }

    /// By the name of a column's type, as an integration names it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "float" => Self::Number,
            "text" => Self::Textual,
            "timestamp" => Self::Timestamp,
            "date" => Self::Date,
            "json" => Self::Json,
            _ => return None,
        })
    }

    /// The type of the column.
    pub(crate) fn column(&self) -> &'static str {
        match self {
            Self::Number => "float",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Sprints | Self::List(_) | Self::Json => "json",
            Self::Text
            | Self::Rich
            | Self::Option
            | Self::Cascade
            | Self::User
            | Self::Named
            | Self::Textual => "text",
        }
    }
}
