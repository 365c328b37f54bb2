//! The payload's type, as the tree that the columns' paths make.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, Ident, Result};

use super::column::{Column, Place};

/// An object of the payload.
pub(super) struct Node {
    pub(super) name: Ident,
    fields: Vec<Field>,
}

struct Field {
    key: String,
    kind: Kind,
}

enum Kind {
    Object(Node),
    Leaf(Leaf),
}

/// A value that a column takes.
struct Leaf {
    column: Ident,
    payload_type: TokenStream,
    /// The definition of a list's items.
    items: TokenStream,
    or: Option<String>,
    optional: bool,
}

impl Node {
    /// The whole payload.
    pub(super) fn root() -> Self {
        Self::new(format_ident!("__Payload"))
    }

    fn new(name: Ident) -> Self {
        let fields = Vec::new();
        Self { name, fields }
    }

    /// Adds the place of a column.
    pub(super) fn insert(&mut self, column: &Column<'_>, place: &Place) -> Result<()> {
        let wrong = |message| Error::new_spanned(column.name, message);
        let (above, item) = match place.path.split_once("[]") {
            Some((list, item)) => (list, Some(item.trim_start_matches('.'))),
            None => (place.path.as_str(), None),
        };
        if item.is_some_and(|item| item.contains(['.', '['])) {
            return Err(wrong("after `[]` at most one field is expected"));
        }
        let (objects, key) = above.rsplit_once('.').unwrap_or(("", above));
        let mut node = self;
        for object in objects.split('.').filter(|object| !object.is_empty()) {
            node = node
                .object(object)
                .ok_or_else(|| wrong("another column reads what this one looks into"))?;
        }
        if node.fields.iter().any(|field| field.key == key) {
            return Err(wrong("another column reads this field, or one in it"));
        }
        let (item_type, items) = items(column.name, item);
        let leaf = Leaf {
            column: column.variable(),
            payload_type: column.payload_type(place, &item_type),
            items,
            or: place.or.clone(),
            optional: column.optional(),
        };
        node.fields.push(Field {
            key: key.to_owned(),
            kind: Kind::Leaf(leaf),
        });
        Ok(())
    }

    /// The object in a field, made if need be; `None` if something else is there.
    fn object(&mut self, key: &str) -> Option<&mut Self> {
        let at = self
            .fields
            .iter()
            .position(|field| field.key == key)
            .unwrap_or_else(|| {
                let name = format_ident!("{}_{}", self.name, self.fields.len());
                let kind = Kind::Object(Self::new(name));
                self.fields.push(Field {
                    key: key.to_owned(),
                    kind,
                });
                self.fields.len() - 1
            });
        match &mut self.fields[at].kind {
            Kind::Object(node) => Some(node),
            Kind::Leaf(_) => None,
        }
    }

    /// Whether the payload may lack it: where no column insists on it.
    fn optional(&self) -> bool {
        self.fields.iter().all(|field| match &field.kind {
            Kind::Object(node) => node.optional(),
            Kind::Leaf(leaf) => leaf.optional,
        })
    }

    /// The columns that are filled from it.
    fn columns(&self) -> Vec<&Ident> {
        let columns = self.fields.iter().flat_map(|field| match &field.kind {
            Kind::Object(node) => node.columns(),
            Kind::Leaf(leaf) => vec![&leaf.column],
        });
        columns.collect()
    }

    /// The structs that serde fills.
    pub(super) fn definitions(&self) -> TokenStream {
        let name = &self.name;
        let members = self.fields.iter().enumerate().map(|(at, field)| {
            let (member, key) = (format_ident!("f{at}"), &field.key);
            let (kind, alias) = match &field.kind {
                Kind::Leaf(leaf) => (leaf.payload_type.clone(), leaf.or.iter()),
                Kind::Object(Self { name, .. }) if field.optional() => {
                    (quote! { ::std::option::Option<#name> }, None.iter())
                }
                Kind::Object(Self { name, .. }) => (quote! { #name }, None.iter()),
            };
            quote! { #[serde(rename = #key #(, alias = #alias)*)] #member: #kind }
        });
        let below = self.fields.iter().map(|field| match &field.kind {
            Kind::Object(node) => node.definitions(),
            Kind::Leaf(leaf) => leaf.items.clone(),
        });
        quote! {
            #[derive(::runnel_sdk::serde::Deserialize)]
            #[serde(crate = "::runnel_sdk::serde")]
            #[doc(hidden)]
            pub struct #name { #(#members),* }

            #(#below)*
        }
    }

    /// Moves the payload's values into variables of the columns' names.
    pub(super) fn bindings(&self) -> TokenStream {
        let (columns, body) = (self.columns(), self.body());
        quote! { let (#(#columns,)*) = { let object = payload; #body }; }
    }

    /// Takes `object` apart, and answers the columns' values in order.
    fn body(&self) -> TokenStream {
        let (name, columns) = (&self.name, self.columns());
        let (mut members, mut below) = (Vec::new(), Vec::new());
        for (at, field) in self.fields.iter().enumerate() {
            let (member, inner) = (format_ident!("f{at}"), format_ident!("object_{at}"));
            match &field.kind {
                Kind::Leaf(Leaf { column, .. }) => members.push(quote! { #member: #column }),
                Kind::Object(node) => {
                    members.push(quote! { #member: #inner });
                    below.push(node.take(&inner));
                }
            }
        }
        quote! {
            let #name { #(#members),* } = object;
            #(#below)*
            (#(#columns,)*)
        }
    }

    fn take(&self, value: &Ident) -> TokenStream {
        let (columns, body) = (self.columns(), self.body());
        if !self.optional() {
            return quote! { let (#(#columns,)*) = { let object = #value; #body }; };
        }
        let nothing = columns
            .iter()
            .map(|_| quote! { ::std::option::Option::None });
        quote! {
            let (#(#columns,)*) = match #value {
                ::std::option::Option::Some(object) => { #body }
                ::std::option::Option::None => (#(#nothing,)*),
            };
        }
    }
}

impl Field {
    fn optional(&self) -> bool {
        match &self.kind {
            Kind::Object(node) => node.optional(),
            Kind::Leaf(leaf) => leaf.optional,
        }
    }
}

/// The type of a list's items, and its definition: what is in the items, or in a
/// field of theirs, is taken as it is.
fn items(column: &Ident, item: Option<&str>) -> (TokenStream, TokenStream) {
    let value = quote! { ::runnel_sdk::serde_json::Value };
    let Some(key) = item.filter(|key| !key.is_empty()) else {
        return (value, TokenStream::new());
    };
    let name = format_ident!("__Item_{}", column);
    let definition = quote! {
        #[derive(::runnel_sdk::serde::Deserialize)]
        #[serde(crate = "::runnel_sdk::serde")]
        #[doc(hidden)]
        #[allow(non_camel_case_types, reason = "it is named after its column")]
        pub struct #name { #[serde(rename = #key)] item: #value }

        impl ::std::convert::From<#name> for #value {
            fn from(item: #name) -> Self {
                item.item
            }
        }
    };
    (quote! { #name }, definition)
}
