//! The dashboard's files are a part of the program: it is built anew where they are.

fn main() {
    println!("cargo::rerun-if-changed=dashboard/dist");
}
