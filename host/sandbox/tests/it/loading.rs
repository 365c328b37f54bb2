//! Which files become plugins, and what is said of those that do not.

use runnel_sandbox::{Inspection, Kind, Limits, Plugin, Refused, SandboxError};

use test_guests::{DESCRIPTOR, SERVED, component, core, transform_of, wit};

use crate::guests::{limits, sandbox, transform};

/// The first byte of a section that means nothing.
const CUSTOM_SECTION: u8 = 0;

fn refusal(bytes: &[u8]) -> Refused {
    match sandbox(limits()).load(bytes).map(drop) {
        Err(SandboxError::Refused { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_transform_is_loaded_and_describes_itself() {
    let Plugin::Transform(transform) = sandbox(limits()).load(&transform()).unwrap() else {
        panic!("a transform is expected");
    };
    let descriptor = transform.descriptor_for("{}").unwrap();
    assert_eq!((&*descriptor.name, descriptor.tables.len()), ("hostile", 7));
}

#[test]
fn a_configuration_that_the_plugin_does_not_accept_is_said_in_its_words() {
    let Plugin::Transform(transform) = sandbox(limits()).load(&transform()).unwrap() else {
        panic!("a transform is expected");
    };
    let error = transform.bind("[]").map(drop).unwrap_err();
    assert!(matches!(error, SandboxError::Configuration { .. }));
    assert!(
        error
            .to_string()
            .ends_with("the configuration is no object"),
        "{error}"
    );
}

#[test]
fn a_descriptor_against_the_published_form_names_the_plugin() {
    let component = test_guests::transform("{}");
    let Plugin::Transform(transform) = sandbox(limits()).load(&component).unwrap() else {
        panic!("a transform is expected");
    };
    let error = transform.bind("{}").map(drop).unwrap_err();
    assert!(matches!(error, SandboxError::Descriptor { .. }));
    assert!(
        error.to_string().contains(&transform.digest().short()),
        "{error}"
    );
}

#[test]
fn an_inspection_lists_what_a_component_asks_for_and_gives() {
    let bytes = transform();
    let seen = Inspection::of(&bytes).unwrap();
    assert_eq!(seen.size, bytes.len());
    assert!(seen.imports.contains(&"runnel:plugin/log@0.1.0".to_owned()));
    assert_eq!(seen.exports, ["runnel:plugin/transform-api@0.1.0"]);
    assert_eq!(seen.kind(), Ok(Kind::Transform));
}

#[test]
fn files_of_other_kinds_are_named_for_what_they_are() {
    assert_eq!(
        refusal(&wat::parse_str("(module)").unwrap()),
        Refused::CoreModule
    );
    assert_eq!(refusal(b"\x7fELF\x02\x01\x01"), Refused::NativeCode);
    assert_eq!(refusal(b"(component)"), Refused::NotWasm);
    assert_eq!(refusal(b""), Refused::Truncated { size: 0 });
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    let whole = transform();
    let mut said_so = 0;
    for size in (0..whole.len()).step_by(whole.len() / 40) {
        // Names and the like stand at the end: without them it is whole.
        if whole[size] == CUSTOM_SECTION && sandbox(limits()).load(&whole[..size]).is_ok() {
            continue;
        }
        said_so += u32::from(refusal(&whole[..size]) == Refused::Truncated { size });
    }
    assert!(said_so > 35, "{said_so}");
}

#[test]
fn a_file_that_is_too_large_is_not_even_looked_at() {
    let small = Limits {
        component: 100,
        ..limits()
    };
    let error = sandbox(small).load(&transform()).map(drop).unwrap_err();
    assert!(
        error.to_string().contains("at most 100 are allowed"),
        "{error}"
    );
}

#[test]
fn another_version_of_the_interface_is_said_by_number() {
    for version in ["0.3.0", "1.0.0"] {
        let needed = version.trim_end_matches(".0").to_owned();
        let needed = if needed == "1" {
            "1.0".to_owned()
        } else {
            needed
        };
        let reason = refusal(&transform_of(version));
        let said = format!("this plugin needs interface {needed}, this host serves 0.1");
        assert_eq!(reason.to_string(), said);
    }
}

#[test]
fn a_later_patch_of_the_same_interface_is_served() {
    assert!(sandbox(limits()).load(&transform_of("0.1.7")).is_ok());
}

fn importing(interface: &str) -> Vec<u8> {
    let world =
        wit("transform").replace("import log;", &format!("import log; import {interface};"));
    let import = format!("(module (import \"{interface}\" \"now\" (func $now (result i64)))");
    let core = core(DESCRIPTOR, SERVED).replacen("(module", &import, 1);
    component(&core, &world, "transform")
}

#[test]
fn files_sockets_and_clocks_of_wasi_are_refused_in_words() {
    for interface in [
        "wasi:filesystem/types@0.2.6",
        "wasi:sockets/tcp@0.2.6",
        "wasi:clocks/monotonic-clock@0.2.6",
    ] {
        let reason = refusal(&importing(interface)).to_string();
        assert!(
            reason.contains(interface) && reason.contains("WASI"),
            "{reason}"
        );
    }
}

#[test]
fn any_other_import_is_refused_by_name() {
    let world = wit("transform").replace("import log;", "import log; import steal: func() -> u64;");
    let import = "(module (import \"$root\" \"steal\" (func $now (result i64)))";
    let core = core(DESCRIPTOR, SERVED).replacen("(module", import, 1);
    assert_eq!(
        refusal(&component(&core, &world, "transform")),
        Refused::Import("steal".to_owned())
    );
}

#[test]
fn a_component_of_no_known_world_is_refused() {
    let bytes = component("(module)", "package a:b; world w {}", "w");
    assert_eq!(refusal(&bytes), Refused::NoWorld);
}

#[test]
fn the_right_names_with_other_types_are_refused() {
    let wit = wit("transform").replace("timestamp(s64)", "timestamp(u64)");
    let bytes = component(&core(DESCRIPTOR, SERVED), &wit, "transform");
    assert!(matches!(refusal(&bytes), Refused::Types(_)));
}
