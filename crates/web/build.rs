//! Rebuilds the crate when a text or the built staff app changes: the macro that embeds them only watches the
//! files it knew. Without a built app there is an empty folder, so that its coming is noticed.

fn main() {
    // A source tree that cannot be written to simply has no staff app.
    let _ = std::fs::create_dir_all("../../ui/build");
    println!("cargo::rerun-if-changed=../../locales");
    println!("cargo::rerun-if-changed=../../ui/build");
}
