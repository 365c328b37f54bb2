//! Projects, with their versions and components.

use crate::spec::Spec;

/// A project.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) id: u64,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) lead: usize,
    pub(crate) deleted: bool,
    /// The number of the newest issue.
    pub(crate) numbers: u32,
}

/// A version of a project.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) released: bool,
}

/// A component of a project.
#[derive(Clone, Debug)]
pub(crate) struct Component {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
}

impl Project {
    /// What is released and what is to come.
    pub(crate) fn versions(&self) -> [Version; 3] {
        let version = |place: u64, name, released| Version {
            id: self.id * 10 + place,
            name,
            released,
        };
        [
            version(1, "1.0", true),
            version(2, "1.1", true),
            version(3, "2.0 (next)", false),
        ]
    }

    /// The parts of the product.
    pub(crate) fn components(&self) -> [Component; 3] {
        let component = |place: u64, name| Component {
            id: self.id * 10 + place,
            name,
        };
        [
            component(1, "Backend"),
            component(2, "Web, mobile"),
            component(3, "Docs"),
        ]
    }
}

/// The projects of a spec.
pub(crate) fn generated(spec: &Spec, users: usize) -> Vec<Project> {
    let project = |index: u32| {
        let key = Spec::project(index);
        Project {
            id: 10_000 + u64::from(index),
            name: format!("{key} (product {index})"),
            key,
            lead: index as usize % users,
            deleted: false,
            numbers: spec.issues,
        }
    };
    (1..=spec.projects).map(project).collect()
}
