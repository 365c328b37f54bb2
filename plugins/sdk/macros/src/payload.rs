//! `#[derive(Payload)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Error, Field, Fields, LitStr, Result};

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    // For what it refuses: the struct's own name is none of the payload's.
    renamed(&input.attrs)?;
    let reads = fields(input)?
        .into_iter()
        .map(read)
        .collect::<Result<Vec<_>>>()?;
    let name = &input.ident;
    Ok(quote! {
        impl ::runnel_sdk::Reads for #name {
            fn reads(path: &str, paths: &mut ::std::vec::Vec<::std::string::String>) {
                #(#reads)*
            }
        }

        impl ::runnel_sdk::Payload for #name {}
    })
}

/// The fields of a struct with names.
pub(crate) fn fields(input: &DeriveInput) -> Result<Vec<&Field>> {
    match &input.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => {
            Ok(data.fields.iter().collect())
        }
        _ => Err(Error::new_spanned(
            &input.ident,
            "a struct with named fields is expected",
        )),
    }
}

fn read(field: &Field) -> Result<TokenStream> {
    let kind = &field.ty;
    let name = renamed(&field.attrs)?.or_else(|| field.ident.as_ref().map(|name| name.to_string()));
    let name = name.unwrap_or_default();
    let name = name.trim_start_matches("r#");
    Ok(quote! {
        <#kind as ::runnel_sdk::Reads>::reads(&::runnel_sdk::join(path, #name), paths);
    })
}

/// The name that `#[serde(rename = "...")]` gives; other ways to name things are refused.
fn renamed(attributes: &[Attribute]) -> Result<Option<String>> {
    let mut name = None;
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
    {
        attribute.parse_nested_meta(|meta| {
            // What it reads would be declared by names that the payload does not have, and
            // cut away.
            if ["rename_all", "alias", "flatten"]
                .iter()
                .any(|other| meta.path.is_ident(other))
            {
                return Err(meta.error("a payload's fields are named one by one: rename"));
            }
            if meta.path.is_ident("rename") {
                name = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if let Ok(value) = meta.value() {
                value.parse::<syn::Expr>()?;
            }
            Ok(())
        })?;
    }
    Ok(name)
}
