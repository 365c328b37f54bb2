//! Pages and the `Link` header.

use std::ops::Range;

use crate::api::call::Call;
use crate::api::refusal::Refusal;

const PER_PAGE: usize = 30;
const MOST_PER_PAGE: usize = 100;

/// A page by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    number: usize,
    last: usize,
    /// The places in the list.
    pub(crate) rows: Range<usize>,
}

/// How many records the client wants at once.
pub(crate) fn per_page(call: &Call<'_>) -> usize {
    call.query.count("per_page", PER_PAGE).min(MOST_PER_PAGE)
}

impl Page {
    /// The page that the request names, of a list of `total` rows of which only
    /// the first `deepest` can be reached.
    pub(crate) fn of(call: &Call<'_>, total: usize, deepest: usize) -> Result<Self, Refusal> {
        let (number, size) = (call.query.count("page", 1), per_page(call));
        let from = (number - 1).saturating_mul(size);
        if from >= deepest {
            return Err(Refusal::TooDeep);
        }
        let reachable = total.min(deepest);
        let rows = from.min(reachable)..(from + size).min(reachable);
        let last = reachable.div_ceil(size).max(1);
        Ok(Self { number, last, rows })
    }

    /// The `Link` header, if there is more than this page. `path` is the list's
    /// own: GitHub names repositories and owners by their ids here.
    pub(crate) fn link(&self, call: &Call<'_>, path: &str) -> Option<String> {
        let to = |page: usize, rel: &str| {
            let query = call.query.with(&[("page", &page.to_string())], &[]);
            format!("<{}>; rel=\"{rel}\"", call.url_with(path, &query))
        };
        let mut links = Vec::new();
        if self.number > 1 {
            links.push(to((self.number - 1).min(self.last), "prev"));
        }
        if self.number < self.last {
            links.push(to(self.number + 1, "next"));
            links.push(to(self.last, "last"));
        }
        if self.number > 1 {
            links.push(to(1, "first"));
        }
        (!links.is_empty()).then(|| links.join(", "))
    }
}
