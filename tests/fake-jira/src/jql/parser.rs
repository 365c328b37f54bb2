//! `a = 1 AND (b < 2 OR NOT c IN (3, 4)) ORDER BY d DESC`.

use crate::jql::ast::{Clause, Filter, Jql, Literal, Operator, Order};
use crate::jql::lexer::{Token, tokens};

/// Reads a query.
///
/// # Errors
/// In Jira's words, if it is none.
pub(crate) fn parse(text: &str) -> Result<Jql, String> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
    };
    let orders = parser.tokens.is_empty() || parser.at_word("order");
    let filter = if orders { None } else { Some(parser.any()?) };
    let order = parser.order()?;
    match parser.peek() {
        None => Ok(Jql { filter, order }),
        Some(_) => Err(parser.unexpected()),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Filter::Any))
    }

    fn all(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.term()?];
        while self.take_word("and") {
            parts.push(self.term()?);
        }
        Ok(one_or(parts, Filter::All))
    }

    fn term(&mut self) -> Result<Filter, String> {
        if self.take_word("not") {
            return Ok(Filter::Not(Box::new(self.term()?)));
        }
        if self.take_sign("(") {
            let filter = self.any()?;
            self.expect(")")?;
            return Ok(filter);
        }
        let field = self.literal()?.text;
        let operator = self.operator()?;
        let values = match operator {
            Operator::In | Operator::NotIn => self.list()?,
            _ => vec![self.literal()?],
        };
        Ok(Filter::Clause(Clause {
            field,
            operator,
            values,
        }))
    }

    fn operator(&mut self) -> Result<Operator, String> {
        if self.take_word("not") {
            return match self.take_word("in") {
                true => Ok(Operator::NotIn),
                false => Err(self.unexpected()),
            };
        }
        let operator = match self.peek() {
            Some(Token::Sign("=")) => Operator::Equals,
            Some(Token::Sign("!=")) => Operator::Differs,
            Some(Token::Sign("<")) => Operator::Less,
            Some(Token::Sign("<=")) => Operator::AtMost,
            Some(Token::Sign(">")) => Operator::More,
            Some(Token::Sign(">=")) => Operator::AtLeast,
            _ if self.at_word("in") => Operator::In,
            _ => return Err(self.unexpected()),
        };
        self.next += 1;
        Ok(operator)
    }

    fn list(&mut self) -> Result<Vec<Literal>, String> {
        self.expect("(")?;
        let mut values = vec![self.literal()?];
        while self.take_sign(",") {
            values.push(self.literal()?);
        }
        self.expect(")")?;
        Ok(values)
    }

    fn order(&mut self) -> Result<Vec<Order>, String> {
        let mut order = Vec::new();
        if !self.take_word("order") {
            return Ok(order);
        }
        if !self.take_word("by") {
            return Err(self.unexpected());
        }
        loop {
            let field = self.literal()?.text;
            let descending = self.take_word("desc");
            if !descending {
                self.take_word("asc");
            }
            order.push(Order { field, descending });
            if !self.take_sign(",") {
                return Ok(order);
            }
        }
    }

    fn literal(&mut self) -> Result<Literal, String> {
        match self.peek() {
            Some(Token::Text(literal)) => {
                let literal = literal.clone();
                self.next += 1;
                Ok(literal)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn at_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Text(literal))
            if !literal.quoted && literal.text.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let taken = self.at_word(word);
        self.next += usize::from(taken);
        taken
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let taken = matches!(self.peek(), Some(Token::Sign(other)) if *other == sign);
        self.next += usize::from(taken);
        taken
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.take_sign(sign) {
            return Ok(());
        }
        Err(self.unexpected())
    }

    fn unexpected(&self) -> String {
        let found = match self.peek() {
            None => {
                return "Error in the JQL Query: Expecting more before the end of the query."
                    .into();
            }
            Some(Token::Text(literal)) => &literal.text,
            Some(Token::Sign(sign)) => *sign,
        };
        format!(
            "Error in the JQL Query: '{found}' was not expected here. (line 1, word {})",
            self.next + 1
        )
    }
}

fn one_or(mut parts: Vec<Filter>, many: impl FnOnce(Vec<Filter>) -> Filter) -> Filter {
    if parts.len() == 1 {
        return parts.remove(0);
    }
    many(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn and_binds_closer_than_or() {
        let jql = parse("a = 1 OR b = 2 AND NOT (c >= 3 or d in (4, \"5 6\"))").unwrap();
        let Some(Filter::Any(parts)) = jql.filter else {
            panic!("{jql:?}");
        };
        assert_eq!(parts.len(), 2);
        assert!(matches!(&parts[1], Filter::All(parts) if parts.len() == 2));
    }

    #[test]
    fn an_order_alone_is_a_query_of_all_issues() {
        let jql = parse("ORDER BY updated DESC, key").unwrap();
        assert_eq!(jql.filter, None);
        assert_eq!(jql.order.len(), 2);
        assert!(jql.order[0].descending && !jql.order[1].descending);
    }

    #[test]
    fn a_broken_query_is_refused_in_words() {
        for text in [
            "project =",
            "project = A B",
            "a in ()",
            "(a = 1",
            "a = \"1",
            "a ! 1",
            "order updated",
        ] {
            let error = parse(text).unwrap_err();
            assert!(
                error.starts_with("Error in the JQL Query"),
                "{text}: {error}"
            );
        }
    }
}
