//! The size of `GoogLeNet` (Szegedy et al. 2014, table 1), which the paper's appendix compares its network with. It is counted, and
//! not built.

/// Learned numbers, and multiplications with a weight for one image, each with its addition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Weights and biases of convolutions and of the linear layer.
    pub parameters: i64,
    /// As [`Stage::multiply_adds`](crate::architecture::Stage::multiply_adds).
    pub multiply_adds: i64,
}

/// Widths of an Inception module of 2014.
struct Module {
    /// Side of its input, which is that of its output.
    grid: i64,
    one: i64,
    three: [i64; 2],
    five: [i64; 2],
    projection: i64,
}

const fn module(grid: i64, one: i64, three: [i64; 2], five: [i64; 2], projection: i64) -> Module {
    Module { grid, one, three, five, projection }
}

/// 3a to 5b.
const MODULES: [Module; 9] = [
    module(28, 64, [96, 128], [16, 32], 32),
    module(28, 128, [128, 192], [32, 96], 64),
    module(14, 192, [96, 208], [16, 48], 64),
    module(14, 160, [112, 224], [24, 64], 64),
    module(14, 128, [128, 256], [24, 64], 64),
    module(14, 112, [144, 288], [32, 64], 64),
    module(14, 256, [160, 320], [32, 128], 128),
    module(7, 256, [160, 320], [32, 128], 128),
    module(7, 384, [192, 384], [48, 128], 128),
];

/// Of the network for images of 224×224 and 1000 classes, without its auxiliary classifiers.
pub fn size() -> Size {
    let mut size = Size::default();
    size.add(3, 64, 7, 112);
    size.add(64, 64, 1, 56);
    size.add(64, 192, 3, 56);
    let mut inputs = 192;
    for Module { grid, one, three, five, projection } in MODULES {
        size.add(inputs, one + three[0] + five[0] + projection, 1, grid);
        size.add(three[0], three[1], 3, grid);
        size.add(five[0], five[1], 5, grid);
        inputs = one + three[1] + five[1] + projection;
    }
    size.add(inputs, 1000, 1, 1);
    size
}

impl Size {
    /// A convolution of k×k with biases, whose output has this side.
    fn add(&mut self, inputs: i64, outputs: i64, k: i64, grid: i64) {
        let weights = inputs * outputs * k * k;
        self.parameters += weights + outputs;
        self.multiply_adds += weights * grid * grid;
    }
}
