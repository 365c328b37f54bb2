//! The worlds of `wit/`, bound by wasmtime. Nothing of this leaves the crate.

/// The world `transform`: batches go in borrowed, outcomes come out owned.
pub(crate) mod transform {
    #![allow(
        missing_docs,
        unreachable_pub,
        reason = "generated from wit/, where the documentation is"
    )]
    wasmtime::component::bindgen!({
        world: "transform",
        path: "../../wit",
        ownership: Borrowing { duplicate_if_necessary: true },
    });
}

/// The world `source`: small and rare, so everything is owned.
pub(crate) mod source {
    #![allow(
        missing_docs,
        unreachable_pub,
        reason = "generated from wit/, where the documentation is"
    )]
    wasmtime::component::bindgen!({
        world: "source",
        path: "../../wit",
        with: { "runnel:plugin/log@0.1.0": super::transform::runnel::plugin::log },
    });
}
