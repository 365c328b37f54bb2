//! `#[derive(Table)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, DeriveInput, Error, Expr, ExprLit, Field, Lit, LitStr, Meta, Result,
    meta::ParseNestedMeta,
};

use crate::payload::fields;

/// `origin` says where a column comes from, for those without a documentation.
pub(crate) fn derive(
    input: &DeriveInput,
    origin: impl Fn(&Field) -> Option<String>,
) -> Result<TokenStream> {
    let table = Declared::read(input)?;
    let fields = fields(input)?;
    let columns = fields
        .iter()
        .map(|field| column(field, origin(field)))
        .collect::<Result<Vec<_>>>()?;
    let values = fields.iter().map(|field| {
        let name = &field.ident;
        quote! { ::runnel_sdk::Column::into_value(self.#name) }
    });
    let (name, doc) = (&table.name, documentation(&input.attrs));
    let (key, embed) = (&table.key, &table.embed);
    let version = table
        .version
        .as_ref()
        .map_or_else(|| quote! { null }, |name| quote! { #name });
    let (view, of_record, member_of) = (table.view, table.of_record, table.member_of());
    let ident = &input.ident;
    Ok(quote! {
        impl ::runnel_sdk::Table for #ident {
            const NAME: &'static str = #name;

            fn declaration() -> ::runnel_sdk::serde_json::Value {
                ::runnel_sdk::serde_json::json!({
                    "name": #name,
                    "doc": #doc,
                    "columns": [#(#columns),*],
                    "key": [#(#key),*],
                    "version": #version,
                    "embed": [#(#embed),*],
                    "view": #view,
                    "of_record": #of_record,
                    "member_of": #member_of,
                })
            }

            fn into_values(self) -> ::std::vec::Vec<::runnel_sdk::Value> {
                ::std::vec![#(#values),*]
            }
        }
    })
}

/// What `#[table(...)]` says.
#[derive(Default)]
struct Declared {
    name: String,
    key: Vec<String>,
    version: Option<String>,
    embed: Vec<String>,
    view: bool,
    of_record: bool,
    /// The table of the whole, and the pairs of columns that lead to it.
    member_of: Option<String>,
    on: String,
}

impl Declared {
    fn read(input: &DeriveInput) -> Result<Self> {
        let mut declared = Self::default();
        for attribute in input
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("table"))
        {
            attribute.parse_nested_meta(|meta| declared.option(&meta))?;
        }
        if declared.name.is_empty() || declared.key.is_empty() {
            return Err(Error::new_spanned(
                &input.ident,
                "#[table(name = \"...\", key = \"...\")] is expected",
            ));
        }
        Ok(declared)
    }

    fn option(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        for (word, flag) in [("view", &mut self.view), ("of_record", &mut self.of_record)] {
            if meta.path.is_ident(word) {
                *flag = true;
                return Ok(());
            }
        }
        let text = meta.value()?.parse::<LitStr>()?.value();
        match meta.path.get_ident().map(ToString::to_string).as_deref() {
            Some("name") => self.name = text,
            Some("key") => self.key = list(&text),
            Some("version") => self.version = Some(text),
            Some("embed") => self.embed = list(&text),
            Some("member_of") => self.member_of = Some(text),
            Some("on") => self.on = text,
            _ => {
                return Err(meta.error(
                    "name, key, version, embed, view, of_record, member_of or on is expected",
                ));
            }
        }
        Ok(())
    }

    fn member_of(&self) -> TokenStream {
        self.member_of.as_ref().map_or_else(
            || quote! { null },
            |table| {
                let pairs = pairs(&self.on);
                quote! { { "table": #table, "on": #pairs } }
            },
        )
    }
}

fn column(field: &Field, origin: Option<String>) -> Result<TokenStream> {
    let name = field
        .ident
        .as_ref()
        .map(|name| name.to_string())
        .unwrap_or_default();
    let name = name.trim_start_matches("r#");
    let doc = Some(documentation(&field.attrs)).filter(|doc| !doc.is_empty());
    let (kind, doc) = (&field.ty, doc.or(origin).unwrap_or_default());
    let lookup = lookup(&field.attrs)?;
    Ok(quote! {
        {
            "name": #name,
            "type": <#kind as ::runnel_sdk::Column>::TYPE,
            "nullable": <#kind as ::runnel_sdk::Column>::NULLABLE,
            "doc": #doc,
            "lookup": #lookup
        }
    })
}

/// What `#[lookup(table = "...", on = "own = theirs, ...", take = "...")]` says.
fn lookup(attributes: &[Attribute]) -> Result<TokenStream> {
    let Some(attribute) = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("lookup"))
    else {
        return Ok(quote! { null });
    };
    let (mut table, mut on, mut take) = (String::new(), String::new(), String::new());
    attribute.parse_nested_meta(|meta| {
        let text = meta.value()?.parse::<LitStr>()?.value();
        match meta.path.get_ident().map(ToString::to_string).as_deref() {
            Some("table") => table = text,
            Some("on") => on = text,
            Some("take") => take = text,
            _ => return Err(meta.error("table, on or take is expected")),
        }
        Ok(())
    })?;
    let pairs = pairs(&on);
    Ok(quote! { { "table": #table, "on": #pairs, "take": #take } })
}

/// `own = theirs, ...` as an array of pairs.
fn pairs(on: &str) -> TokenStream {
    let pairs = list(on).into_iter().filter_map(|pair| {
        let (own, theirs) = pair.split_once('=')?;
        let (own, theirs) = (own.trim(), theirs.trim());
        Some(quote! { [#own, #theirs] })
    });
    quote! { [#(#pairs),*] }
}

fn list(text: &str) -> Vec<String> {
    text.split(',')
        .map(|entry| entry.trim().to_owned())
        .filter(|entry| !entry.is_empty())
        .collect()
}

/// The documentation comment, in one line.
fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        });
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}
