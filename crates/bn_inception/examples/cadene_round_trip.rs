//! Reads a checkpoint in Cadene's layout and writes it again, with the convolutions' biases folded into
//! BN's moving means.
//!
//! ```sh
//! cargo run --release -p bn_inception --example cadene_round_trip -- IN.safetensors OUT.safetensors
//! python3 crates/bn_inception/tests/golden/cadene.py --load OUT.safetensors
//! ```

use std::path::Path;

use bn_inception::checkpoints::Layout;
use bn_inception::{Arithmetic, Execution};
use tch::Device;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = &arguments[..] else {
        anyhow::bail!("usage: IN.safetensors OUT.safetensors")
    };
    let execution = Execution { arithmetic: Arithmetic::F32, ..Execution::on(Device::Cpu) };
    let network = Layout::Cadene.read(Path::new(input), execution)?;
    Ok(Layout::Cadene.write(&network, Path::new(output))?)
}
