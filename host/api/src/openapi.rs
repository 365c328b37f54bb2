//! What the document says beside the routes.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::problem::{FieldError, Problem};

/// The document before the routes are added.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Runnel",
        description = "What operators do with a Runnel host. Lists are pages: `next` is the `cursor` of the page that follows. \
                       Refusals are problems (RFC 9457). A change may carry an `Idempotency-Key`: the same key with the same \
                       request is answered as before. What belongs to a tenant of which the user may see nothing is not there: 404.",
    ),
    components(schemas(FieldError, Problem)),
    modifiers(&Security),
    security(("session" = []), ("token" = [])),
)]
pub(crate) struct Described;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let cookie = ApiKey::Cookie(ApiKeyValue::new("runnel_session"));
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}
