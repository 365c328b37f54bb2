//! Custom fields: their types, their names, who has them.

use serde::{Deserialize, Serialize};

use crate::spec::{Flavour, Spec};

/// The type of a custom field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A number.
    Number,
    /// One of some options.
    Option,
    /// The sprints that an issue was in.
    Sprint,
    /// Rich text.
    Textarea,
    /// A person.
    User,
    /// A moment.
    Datetime,
    /// The key of an epic.
    EpicLink,
    /// A line of text.
    String,
    /// A day.
    Date,
    /// Several options.
    Options,
    /// An option and one below it.
    Cascading,
    /// Words.
    Labels,
    /// Several people.
    Users,
    /// A version.
    Version,
    /// Several versions.
    Versions,
    /// A group.
    Group,
    /// Several groups.
    Groups,
    /// A project.
    Project,
    /// A URL.
    Url,
    /// Whatever an app makes of it.
    Any,
}

impl FieldKind {
    /// All types, in the order in which the generated fields take turns.
    pub const ALL: [Self; 20] = [
        Self::Number,
        Self::Option,
        Self::Sprint,
        Self::Textarea,
        Self::User,
        Self::Datetime,
        Self::EpicLink,
        Self::String,
        Self::Date,
        Self::Options,
        Self::Cascading,
        Self::Labels,
        Self::Users,
        Self::Version,
        Self::Versions,
        Self::Group,
        Self::Groups,
        Self::Project,
        Self::Url,
        Self::Any,
    ];

    /// `type`, `items` (of an array) and the end of `custom` in a field's schema,
    /// and a name that a field of this type may well have.
    const fn facts(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Number => ("number", "", "float", "Story Points"),
            Self::Option => ("option", "", "select", "Severity"),
            Self::Sprint => ("array", "json", "gh-sprint", "Sprint"),
            Self::Textarea => ("string", "", "textarea", "Acceptance criteria"),
            Self::User => ("user", "", "userpicker", "Reviewer"),
            Self::Datetime => ("datetime", "", "datetime", "Deployed at"),
            Self::EpicLink => ("any", "", "gh-epic-link", "Epic Link"),
            Self::String => ("string", "", "textfield", "Customer's reference"),
            Self::Date => ("date", "", "datepicker", "Target start"),
            Self::Options => ("array", "option", "multicheckboxes", "Platforms"),
            Self::Cascading => ("option-with-child", "", "cascadingselect", "Area"),
            Self::Labels => ("array", "string", "labels", "Tags"),
            Self::Users => ("array", "user", "multiuserpicker", "Watching team"),
            Self::Version => ("version", "", "version", "Found in"),
            Self::Versions => ("array", "version", "multiversion", "Backported to"),
            Self::Group => ("group", "", "grouppicker", "Owning group"),
            Self::Groups => ("array", "group", "multigrouppicker", "Informed groups"),
            Self::Project => ("project", "", "project", "Related project"),
            Self::Url => ("string", "", "url", "Runbook"),
            Self::Any => ("any", "", "devsummarycf", "Development"),
        }
    }

    /// `schema.type`.
    pub(crate) const fn schema_type(self) -> &'static str {
        self.facts().0
    }

    /// `schema.items`, of an array.
    pub(crate) fn items(self, flavour: Flavour) -> Option<&'static str> {
        match (self, self.facts().1) {
            (_, "") => None,
            (Self::Sprint, _) if flavour == Flavour::Server => Some("string"),
            (_, items) => Some(items),
        }
    }

    /// `schema.custom`.
    pub(crate) fn custom(self) -> String {
        let family = match self {
            Self::Sprint | Self::EpicLink => "com.pyxis.greenhopper.jira",
            Self::Any => "com.atlassian.jira.plugins.jira-development-integration-plugin",
            _ => "com.atlassian.jira.plugin.system.customfieldtypes",
        };
        format!("{family}:{}", self.facts().2)
    }
}

/// A custom field.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// The number in `customfield_10000`.
    pub(crate) number: u32,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: FieldKind,
    /// Whether issues have values of it.
    pub(crate) used: bool,
    /// Whether it has a context; without one no issue shows it.
    pub(crate) context: bool,
    /// Whether its values are not of its type.
    pub(crate) broken: bool,
}

impl Field {
    /// A field that issues use.
    pub(crate) fn new(number: u32, kind: FieldKind, name: String) -> Self {
        Self {
            number,
            id: format!("customfield_{number}"),
            name,
            kind,
            used: true,
            context: true,
            broken: false,
        }
    }

    /// Whether the issues of a project show the field: some are of one project's
    /// screens alone.
    pub(crate) fn shown_in(&self, project: usize) -> bool {
        self.context && !(self.number % 7 == 5 && project % 2 == 1)
    }
}

/// The custom fields of a spec.
pub(crate) fn generated(spec: &Spec) -> Vec<Field> {
    let mut fields: Vec<Field> = (0..spec.custom_fields).map(ordinary).collect();
    if spec.odd_fields {
        fields.extend(odd());
    }
    fields
}

fn ordinary(index: u32) -> Field {
    let kinds = FieldKind::ALL;
    let (round, place) = (index as usize / kinds.len(), index as usize % kinds.len());
    let kind = kinds[place];
    let name = kind.facts().3;
    let name = match round {
        0 => name.to_owned(),
        _ => format!("{name} {}", round + 1),
    };
    Field::new(10_000 + index, kind, name)
}

fn odd() -> [Field; 3] {
    let field = |number, kind, name: &str| Field::new(number, kind, name.to_owned());
    [
        Field {
            used: false,
            ..field(19_001, FieldKind::Number, "Legacy estimate")
        },
        Field {
            used: false,
            context: false,
            ..field(19_002, FieldKind::String, "Removed from all projects")
        },
        field(19_003, FieldKind::String, FieldKind::Number.facts().3),
    ]
}
