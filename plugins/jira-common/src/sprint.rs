//! Sprints, as an issue's field has them.

use serde_json::Value;

/// The id of a sprint: an object, or on an older server what Java made of it,
/// `...Sprint@1f[id=7,rapidViewId=3,...,name=a, b [c],...]`, in which nothing is
/// escaped. The id comes first, so that no name can pass for it.
pub fn sprint_id(value: &Value) -> Option<String> {
    match value {
        Value::Object(sprint) => sprint.get("id")?.as_u64().map(|id| id.to_string()),
        Value::String(text) => {
            let (_, rest) = text.split_once("[id=")?;
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            (!digits.is_empty()).then_some(digits)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::sprint_id;
    use serde_json::json;

    #[test]
    fn old_sprint_strings_are_read_whatever_their_names_hold() {
        let old = "com.atlassian.greenhopper.service.sprint.Sprint@1f[id=7,rapidViewId=3,state=CLOSED,\
                   name=Sprint, 1 [id=8],startDate=<null>]";
        assert_eq!(sprint_id(&json!(old)).unwrap(), "7");
        assert_eq!(sprint_id(&json!({"id": 9, "name": "x"})).unwrap(), "9");
        for other in [
            json!("Sprint 1"),
            json!(7),
            json!(null),
            json!({"name": "x"}),
            json!("x[id=,"),
        ] {
            assert_eq!(sprint_id(&other), None, "{other}");
        }
    }
}
