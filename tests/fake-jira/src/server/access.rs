//! Whether a credential is good.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::api::call::Access;
use crate::options::Auth;

/// Who asks with this `Authorization`.
pub(crate) fn access(auth: &Auth, authorization: Option<&str>) -> Access {
    let expected = match auth {
        Auth::Any if authorization.is_some() => return Access::Account,
        Auth::Any => return Access::Anybody,
        Auth::Basic { email, token } => STANDARD.encode(format!("{email}:{token}")),
        Auth::Bearer { token } => token.clone(),
    };
    let scheme = match auth {
        Auth::Bearer { .. } => "bearer",
        _ => "basic",
    };
    let given = authorization.and_then(|text| text.split_once(' '));
    let good = given.is_some_and(|(kind, credential)| {
        kind.eq_ignore_ascii_case(scheme) && credential.trim() == expected
    });
    if good {
        Access::Account
    } else {
        Access::Stranger
    }
}
