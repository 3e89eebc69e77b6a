//! Our convolutions against libtorch's in f64, where the processor has what ours need.

use aten::convolve::{self, Prepared};
use aten::{Geometry, convolution_backward};
use tch::{Kind, Tensor};

use crate::{assert_close, maps, noise};

/// [n, C, h, w], and [C′, side, stride, border].
type Sizes = ([i64; 4], [i64; 4]);

/// All remainders of stripes, panels and groups.
const CASES: [Sizes; 9] = [
    ([32, 16, 8, 8], [24, 3, 1, 1]),
    ([3, 24, 5, 7], [40, 3, 1, 1]),
    ([2, 6, 4, 4], [2, 3, 1, 0]),
    ([5, 48, 7, 7], [34, 3, 2, 1]),
    ([2, 8, 9, 6], [72, 5, 2, 2]),
    ([4, 64, 8, 8], [56, 1, 1, 0]),
    ([1, 130, 3, 3], [12, 1, 1, 0]),
    ([2, 16, 6, 6], [16, 1, 2, 0]),
    ([33, 20, 1, 1], [18, 3, 1, 1]),
];

/// The same by squares of pixels: whole ones and such that an edge cuts, a single image and pairs that do not come out even.
const BY_SQUARES: [Sizes; 5] = [
    ([2, 64, 8, 8], [96, 3, 1, 1]),
    ([1, 70, 5, 7], [66, 3, 1, 1]),
    ([3, 96, 1, 3], [64, 3, 1, 1]),
    ([5, 128, 4, 2], [130, 3, 1, 1]),
    ([1, 64, 48, 48], [80, 3, 1, 1]), // more squares than are summed over at once
];

/// The case's geometry, x, W, and ∂ℓ/∂y, of a kind; the maps are ranges of channels of others.
fn case(
    ([n, c, h, w], [outputs, side, stride, border]): Sizes,
    kind: Kind,
) -> (Geometry, [Tensor; 3]) {
    let within = |name: &str, [n, c, h, w]: [i64; 4]| {
        noise(name, [n, c + 4, h, w]).to_kind(kind).narrow(1, 2, c)
    };
    let grid = |length: i64| (length + 2 * border - side) / stride + 1;
    let x = within("x", [n, c, h, w]);
    let kernel = noise("kernel", [outputs, c, side, side]).to_kind(kind);
    let dy = within("dy", [n, outputs, grid(h), grid(w)]);
    (Geometry { stride, border, groups: 1 }, [x, kernel, dy])
}

/// In f32.
fn biases(outputs: i64) -> Tensor {
    noise("bias", [outputs, 1, 1, 1]).view(-1).to_kind(Kind::Float)
}

/// Kinds that are convolved here on this processor, and what their numbers lose when they are written.
fn kinds() -> impl Iterator<Item = (Kind, f64)> {
    let all = [(Kind::Float, 1e-6), (Kind::BFloat16, 4e-3)];
    all.into_iter().filter(|(kind, _)| convolve::is_at_hand(*kind, [2, 2]))
}

fn with_relu(kernel: &Tensor, bias: &Tensor, geometry: Geometry) -> Prepared {
    Prepared::new(kernel, geometry).expect("a filter").with_relu(bias).expect("fits")
}

#[track_caller]
fn assert_as_exact(ours: &Tensor, exact: &Tensor, relative: f64) {
    let bar = relative * exact.abs().max().double_value(&[]);
    assert_close(&ours.to_kind(Kind::Double), exact, bar);
}

#[test]
fn they_are_libtorchs_convolutions() {
    for (kind, rounding) in kinds() {
        for sizes in CASES {
            assert_is_libtorchs(sizes, kind, [rounding, 1e-5]);
        }
    }
}

/// What they multiply is rounded once more.
#[test]
fn so_are_those_by_squares() {
    for (kind, rounding) in kinds() {
        let bars = [2.0 * rounding, if kind == Kind::Float { 1e-5 } else { 2.0 * rounding }];
        for sizes in BY_SQUARES {
            assert_is_libtorchs(sizes, kind, bars);
        }
    }
}

/// Errors, relative to the largest number, are below bars: of maps and of the filter's gradient.
#[track_caller]
fn assert_is_libtorchs(sizes: Sizes, kind: Kind, [of_maps, of_kernel]: [f64; 2]) {
    let (geometry, [x, kernel, dy]) = case(sizes, kind);
    let [wide_x, wide_kernel, wide_dy] = [&x, &kernel, &dy].map(|x| x.to_kind(Kind::Double));
    let (stride, border) = (geometry.stride, geometry.border);
    let y = wide_x.conv2d(&wide_kernel, None::<&Tensor>, stride, border, 1, 1);
    let exact = convolution_backward(&wide_dy, &wide_x, &wide_kernel, geometry, [true; 2]);
    let exact = exact.expect("fits");
    let grid = [2, 3].map(|dim| x.size()[dim] as usize);
    let side = kernel.size()[2] as usize;
    let ours = convolve::forward(&maps(&x), &kernel, geometry).expect("fits");
    assert_as_exact(&ours, &y, of_maps);
    let bias = biases(y.size()[1]);
    let ours = with_relu(&kernel, &bias, geometry);
    let with_bias = (y + bias.view([1, -1, 1, 1])).relu();
    assert_as_exact(&ours.forward(&maps(&x)).expect("fits"), &with_bias, of_maps);
    let ours = convolve::of_input(&maps(&dy), &kernel, geometry, grid).expect("fits");
    assert_as_exact(&ours, &exact.x.expect("wanted"), of_maps);
    let ours = convolve::of_kernel(&maps(&dy), &maps(&x), geometry, side).expect("fits");
    assert_as_exact(&ours, &exact.kernel.expect("wanted"), of_kernel);
}

/// Threads share pixels and rows of the gradient, and no sum.
#[test]
fn threads_do_not_change_them() {
    let sizes = [CASES[1], BY_SQUARES[4]];
    for ((kind, _), sizes) in kinds().flat_map(|kind| sizes.map(|sizes| (kind, sizes))) {
        let (geometry, [x, kernel, dy]) = case(sizes, kind);
        let all = |threads| {
            tch::set_num_threads(threads);
            let y = convolve::forward(&maps(&x), &kernel, geometry).expect("fits");
            let of_kernel = convolve::of_kernel(&maps(&dy), &maps(&x), geometry, 3).expect("fits");
            (y, of_kernel)
        };
        let alone = all(1);
        for threads in [2, 13] {
            let shared = all(threads);
            assert!(alone.0.equal(&shared.0) && alone.1.equal(&shared.1));
        }
    }
}

/// A network that has diverged must show it: the nonlinearity does not take what is no number for zero.
#[test]
fn what_is_no_number_stays_none() {
    for ((kind, _), sizes) in
        kinds().flat_map(|kind| [CASES[0], BY_SQUARES[0]].map(|sizes| (kind, sizes)))
    {
        let (geometry, [x, kernel, _]) = case(sizes, kind);
        let bias = biases(kernel.size()[0]);
        let _ = bias.get(3).fill_(f64::NAN);
        let y = with_relu(&kernel, &bias, geometry).forward(&maps(&x)).expect("fits");
        let count = |x: &Tensor| x.isnan().sum(Kind::Int64).int64_value(&[]) as usize;
        let of_channel = y.select(1, 3);
        assert_eq!([count(&of_channel), count(&y)], [of_channel.numel(); 2]);
    }
}

/// It reads maps of any number and grid, and the filter no more.
#[test]
fn a_prepared_convolution_is_of_the_filter_as_it_was() {
    for ((kind, _), sizes) in
        kinds().flat_map(|kind| [CASES[0], BY_SQUARES[0]].map(|sizes| (kind, sizes)))
    {
        let (geometry, [x, kernel, _]) = case(sizes, kind);
        let parts = [x.shallow_clone(), x.narrow(0, 1, 1), x.narrow(2, 0, 3).contiguous()];
        let parts = parts.map(|x| x.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]));
        let each = |x: &Tensor| convolve::forward(&maps(x), &kernel, geometry).expect("fits");
        let before = parts.each_ref().map(each);
        let prepared = Prepared::new(&kernel, geometry).expect("a filter");
        let _ = kernel.shallow_clone().zero_();
        for (x, y) in parts.iter().zip(&before) {
            assert!(prepared.forward(&maps(x)).expect("fits").equal(y));
        }
    }
}

#[test]
fn what_does_not_fit_is_said_in_words() {
    let (geometry, [x, kernel, dy]) = case(CASES[1], Kind::Float);
    if !convolve::is_at_hand(Kind::Float, [2, 2]) {
        return;
    }
    let with_bias =
        |bias: Tensor| Prepared::new(&kernel, geometry)?.with_relu(&bias)?.forward(&maps(&x));
    let grid = [5, 7];
    let other = noise("other", [40, 4, 3, 3]).to_kind(Kind::Float);
    let low = noise("low", [3, 24, 1, 7]).to_kind(Kind::Float);
    let refused = [
        convolve::forward(&maps(&x), &other, geometry),
        convolve::forward(&maps(&x.to_kind(Kind::Double)), &kernel, geometry),
        convolve::forward(&maps(&x), &kernel, Geometry { groups: 2, ..geometry }),
        with_bias(biases(39)),
        with_bias(biases(40).to_kind(Kind::Double)),
        convolve::of_input(&maps(&x), &kernel, geometry, grid),
        convolve::of_input(&maps(&dy), &kernel, geometry, [6, 7]),
        convolve::of_kernel(&maps(&dy), &maps(&x), geometry, 5),
        convolve::forward(&maps(&low), &kernel, Geometry { border: 0, ..geometry }),
    ];
    for result in refused {
        assert!(result.expect_err("does not fit").to_string().contains("does not fit"));
    }
    let no_filters = [kernel.to_kind(Kind::Double), kernel.reshape([40, -1]), kernel.contiguous()];
    for kernel in no_filters {
        let said = Prepared::new(&kernel, geometry).expect_err("no filter").to_string();
        assert!(said.contains("a filter must be"), "{said}");
    }
}
