//! What the processor draws, where the system lets one read it: RAPL, by Linux's powercap.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

const POWERCAP: &str = "/sys/class/powercap";

/// Counts energy from a moment on.
pub struct Meter {
    folder: PathBuf,
    begin: Instant,
    joules: Option<f64>,
}

impl Meter {
    /// From now on.
    pub fn start() -> Self {
        Self::of(Path::new(POWERCAP))
    }

    /// From now on, by the counters in a folder like Linux's.
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), begin: Instant::now(), joules: joules(folder) }
    }

    /// The mean power since, watts; none where nobody counts, the counter cannot be read, or has begun anew.
    pub fn watts(&self) -> Option<f64> {
        let joules = joules(&self.folder)? - self.joules?;
        (joules >= 0.0).then(|| joules / self.begin.elapsed().as_secs_f64())
    }
}

/// Of all packages: `intel-rapl:0`, `intel-rapl:1`. Their parts, `intel-rapl:0:0`, are counted in them.
fn joules(folder: &Path) -> Option<f64> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let is_package = |name: &str| name.starts_with("intel-rapl:") && name.matches(':').count() == 1;
    let packages = entries.filter(|entry| is_package(&entry.file_name().to_string_lossy()));
    let count = |package: fs::DirEntry| -> Option<f64> {
        let microjoules = fs::read_to_string(package.path().join("energy_uj")).ok()?;
        Some(1e-6 * microjoules.trim().parse::<f64>().ok()?)
    };
    packages.map(count).reduce(|a, b| Some(a? + b?)).flatten()
}
