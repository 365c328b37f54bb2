//! `#[derive(Mapping)]`: a table whose columns say where in the payload they come
//! from. The types of the payload and of the context follow from that.

mod column;
mod tree;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use self::{
    column::{Column, Origin},
    tree::Node,
};
use crate::{payload::fields, table};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let columns = fields(input)?
        .into_iter()
        .map(Column::read)
        .collect::<Result<Vec<_>>>()?;
    let origin = |field: &syn::Field| {
        let mut columns = columns.iter();
        columns
            .find(|column| Some(column.name) == field.ident.as_ref())?
            .doc()
    };
    let table = table::derive(input, origin)?;
    let tree = tree(&columns)?;
    let (payload, transform) = (payload(&tree, &columns), transform(input, &tree, &columns));
    Ok(quote! {
        #table

        const _: () = {
            #payload
            #transform
        };
    })
}

fn tree(columns: &[Column<'_>]) -> Result<Node> {
    let mut tree = Node::root();
    for column in columns {
        if let Origin::Payload(place) = &column.origin {
            tree.insert(column, place)?;
        }
    }
    Ok(tree)
}

fn payload(tree: &Node, columns: &[Column<'_>]) -> TokenStream {
    let (name, definitions) = (&tree.name, tree.definitions());
    let paths = columns.iter().flat_map(Column::paths);
    quote! {
        #definitions

        impl ::runnel_sdk::Reads for #name {
            fn reads(path: &str, paths: &mut ::std::vec::Vec<::std::string::String>) {
                paths.extend([#(#paths),*].map(|field| ::runnel_sdk::join(path, field)));
            }
        }

        impl ::runnel_sdk::Payload for #name {}
    }
}

fn transform(input: &DeriveInput, tree: &Node, columns: &[Column<'_>]) -> TokenStream {
    let (row, payload, bindings) = (&input.ident, &tree.name, tree.bindings());
    let context = columns
        .iter()
        .filter(|column| matches!(column.origin, Origin::Context));
    let (names, (kinds, variables)): (Vec<_>, (Vec<_>, Vec<_>)) = context
        .map(|column| (column.name, (column.kind, column.variable())))
        .unzip();
    let values = columns.iter().map(|column| {
        let (name, value) = (column.name, column.value());
        quote! { #name: #value }
    });
    quote! {
        #[derive(::runnel_sdk::serde::Deserialize)]
        #[serde(crate = "::runnel_sdk::serde")]
        #[doc(hidden)]
        pub struct __Context { #(#names: #kinds),* }

        impl ::runnel_sdk::Transform for #row {
            type Payload = #payload;
            type Context = __Context;
            type Row = Self;

            fn map(payload: #payload, context: __Context) -> ::std::result::Result<Self, ::runnel_sdk::Rejection> {
                let __Context { #(#names: #variables),* } = context;
                #bindings
                ::std::result::Result::Ok(Self { #(#values),* })
            }
        }
    }
}
