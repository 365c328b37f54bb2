//! A query, parsed.

/// A query: which issues, in what order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Jql {
    /// `None`: all issues.
    pub(crate) filter: Option<Filter>,
    pub(crate) order: Vec<Order>,
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Clause(Clause),
}

/// A condition on one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    /// As it was written.
    pub(crate) field: String,
    pub(crate) operator: Operator,
    pub(crate) values: Vec<Literal>,
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equals,
    Differs,
    Less,
    AtMost,
    More,
    AtLeast,
    In,
    NotIn,
}

impl Operator {
    /// As it is written.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Equals => "=",
            Self::Differs => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
        }
    }
}

/// A value, and whether it was in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(crate) text: String,
    pub(crate) quoted: bool,
}

/// A field to sort by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// As it was written.
    pub(crate) field: String,
    pub(crate) descending: bool,
}
