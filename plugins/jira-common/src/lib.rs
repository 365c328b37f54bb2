//! What several transforms of Jira's records need.

mod hanging;
mod in_issue;
mod rich_text;
mod sprint;
mod user;

pub use hanging::{Hanging, Shown};
pub use in_issue::InIssue;
pub use rich_text::{plain, raw};
pub use sprint::sprint_id;
pub use user::User;
