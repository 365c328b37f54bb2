//! The worlds of `wit/`, bound by wit-bindgen.
#![allow(
    missing_docs,
    unsafe_code,
    unreachable_pub,
    clippy::all,
    reason = "generated from wit/, where the documentation is; calls cross the component's boundary"
)]

/// The world `transform`.
pub mod transform {
    wit_bindgen::generate!({
        world: "transform",
        path: "../../wit",
        pub_export_macro: true,
        export_macro_name: "export_transform",
        default_bindings_module: "runnel_sdk::bindings::transform",
    });
}

/// The world `source`.
pub mod source {
    wit_bindgen::generate!({
        world: "source",
        path: "../../wit",
        pub_export_macro: true,
        export_macro_name: "export_source",
        default_bindings_module: "runnel_sdk::bindings::source",
    });
}
