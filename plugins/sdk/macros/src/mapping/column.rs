//! Where a column comes from, and how it is read.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, Field, Ident, LitStr, Path, Result, Type, meta::ParseNestedMeta, parse::Parser};

/// A column.
pub(super) struct Column<'a> {
    pub(super) name: &'a Ident,
    pub(super) kind: &'a Type,
    pub(super) origin: Origin,
}

/// Where a column comes from.
pub(super) enum Origin {
    /// A field of the payload.
    Payload(Place),
    /// What the source adds.
    Context,
    /// Another table: the host's business.
    Lookup,
}

/// A place in the payload.
pub(super) struct Place {
    /// `user.login`, `parents[].sha`.
    pub(super) path: String,
    /// The name that the field has in some other payloads.
    pub(super) or: Option<String>,
    reading: Reading,
}

/// What is made of the value there.
enum Reading {
    /// It is the column's.
    Plain,
    /// The same; where it is missing, the type's default.
    Default,
    /// A list: how many there are.
    Count,
    /// A list: all of them.
    List,
    /// A text, and this function makes the column's value of it.
    With(Path),
}

impl<'a> Column<'a> {
    pub(super) fn read(field: &'a Field) -> Result<Self> {
        let name = field
            .ident
            .as_ref()
            .ok_or_else(|| Error::new_spanned(field, "a field with a name is expected"))?;
        let has = |attribute: &str| field.attrs.iter().any(|a| a.path().is_ident(attribute));
        let origin = if has("context") {
            Origin::Context
        } else if has("lookup") {
            Origin::Lookup
        } else {
            Origin::Payload(Place::read(field, name)?)
        };
        Ok(Self {
            name,
            kind: &field.ty,
            origin,
        })
    }

    /// The paths that the host has to hand over.
    pub(super) fn paths(&self) -> Vec<String> {
        match &self.origin {
            Origin::Payload(place) => std::iter::once(place.path.clone())
                .chain(place.other())
                .collect(),
            Origin::Context | Origin::Lookup => Vec::new(),
        }
    }

    /// What it is, where nobody has said: the place in the payload.
    pub(super) fn doc(&self) -> Option<String> {
        let paths = self.paths();
        (!paths.is_empty()).then(|| format!("`{}`", paths.join("` or `")))
    }

    /// Whether the payload may lack it.
    pub(super) fn optional(&self) -> bool {
        let default = matches!(
            &self.origin,
            Origin::Payload(Place {
                reading: Reading::Default,
                ..
            })
        );
        default || is_option(self.kind)
    }

    /// Its type in the payload. `item` is the type of a list's items.
    pub(super) fn payload_type(&self, place: &Place, item: &TokenStream) -> TokenStream {
        let kind = self.kind;
        let list = match &place.reading {
            Reading::Plain => return quote! { #kind },
            Reading::Default => return quote! { ::std::option::Option<#kind> },
            Reading::With(_) => return quote! { ::std::string::String },
            Reading::Count => quote! { ::std::vec::Vec<::runnel_sdk::serde::de::IgnoredAny> },
            Reading::List => quote! { ::std::vec::Vec<#item> },
        };
        if is_option(kind) {
            quote! { ::std::option::Option<#list> }
        } else {
            list
        }
    }

    /// The variable that its value is read into. Not just its name: a function of
    /// that name would be hidden.
    pub(super) fn variable(&self) -> Ident {
        format_ident!("column_{}", self.name)
    }

    /// The value, of what was read into its variable.
    pub(super) fn value(&self) -> TokenStream {
        let name = self.variable();
        let Origin::Payload(place) = &self.origin else {
            let context = matches!(self.origin, Origin::Context);
            return if context {
                quote! { #name }
            } else {
                quote! { ::std::option::Option::None }
            };
        };
        let of_list = match &place.reading {
            Reading::Plain => return quote! { #name },
            Reading::Default => return quote! { #name.unwrap_or_default() },
            Reading::With(function) => {
                let path = &place.path;
                return quote! { ::runnel_sdk::made(#function(#name), #path)? };
            }
            Reading::Count => quote! { ::runnel_sdk::count },
            Reading::List => quote! { ::runnel_sdk::list },
        };
        if is_option(self.kind) {
            quote! { #name.map(#of_list) }
        } else {
            quote! { (#of_list)(#name) }
        }
    }
}

impl Place {
    fn read(field: &Field, name: &Ident) -> Result<Self> {
        let name = name.to_string().trim_start_matches("r#").to_owned();
        let mut place = Self {
            path: name,
            or: None,
            reading: Reading::Plain,
        };
        for attribute in field.attrs.iter().filter(|a| a.path().is_ident("from")) {
            let list = attribute.meta.require_list()?;
            list.parse_args_with(|input: syn::parse::ParseStream<'_>| {
                place.path = input.parse::<LitStr>()?.value();
                if input.is_empty() {
                    return Ok(());
                }
                input.parse::<syn::Token![,]>()?;
                syn::meta::parser(|meta| place.option(&meta)).parse2(input.parse()?)
            })?;
        }
        if place.path.contains("[]") && matches!(place.reading, Reading::Plain) {
            place.reading = Reading::List;
        }
        Ok(place)
    }

    fn option(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        match meta.path.get_ident().map(ToString::to_string).as_deref() {
            Some("or") => self.or = Some(meta.value()?.parse::<LitStr>()?.value()),
            Some("with") => self.reading = Reading::With(meta.value()?.parse()?),
            Some("default") => self.reading = Reading::Default,
            Some("count") => self.reading = Reading::Count,
            _ => return Err(meta.error("or, with, default or count is expected")),
        }
        Ok(())
    }

    /// The path under the other name.
    fn other(&self) -> Option<String> {
        let or = self.or.as_ref()?;
        Some(match self.path.rsplit_once('.') {
            Some((above, _)) => format!("{above}.{or}"),
            None => or.clone(),
        })
    }
}

fn is_option(kind: &Type) -> bool {
    matches!(kind, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}
