//! `jira_fields`: the fields that the users of a site have made.

use runnel_sdk::{Decision, Failure, Kept, Page, Request, Response, get};
use serde::Deserialize;

use crate::{
    refusal::{self, empty},
    site::Site,
    token::Token,
};

#[derive(Deserialize)]
struct Field {
    id: String,
    #[serde(default)]
    custom: bool,
}

pub(crate) fn plan(site: Site) -> Request {
    get(format!("{}/field", site.api()), "", &Token::Fields)
}

/// One answer has all of them. Those that are Jira's own are columns already.
pub(crate) fn read(response: &Response) -> Result<Page, Failure> {
    if response.status != 200 {
        return refusal::refused("the fields", true, response);
    }
    let fields: Vec<Field> = response.fields()?;
    let decide = |field: Field| {
        if !field.custom {
            return Decision::Skip;
        }
        Decision::Keep(Kept {
            external_id: field.id,
            context: "{}".to_owned(),
        })
    };
    Ok(Page {
        decisions: fields.into_iter().map(decide).collect(),
        ..empty()
    })
}
