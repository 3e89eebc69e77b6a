//! Build script of every package with programs or tests that link libtorch: writes the folder
//! that `torch-sys` linked against into them, so that they start with no `LD_LIBRARY_PATH`,
//! whether libtorch is the one in `.libtorch/` or the user's own.

fn main() {
    println!("cargo:rerun-if-env-changed=DEP_TCH_LIBTORCH_LIB");
    if let Ok(folder) = std::env::var("DEP_TCH_LIBTORCH_LIB") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
