//! The shape of distributions whose numbers are known.

use experiments::shape::{Shape, share_not_linear};
use streams::Stream;
use tch::{Kind, Tensor};

/// `[200,000, 2]` draws of a standard Gaussian.
fn gaussian() -> Tensor {
    Tensor::from_slice(&Stream::new(3, "shape").gaussian(1.0, 400_000)).view([-1, 2])
}

fn shape(values: &Tensor) -> [f64; 3] {
    let Shape { skewness, sparseness, from_gaussian } = Shape::of(values).unwrap();
    [skewness, sparseness, from_gaussian]
}

fn assert_close(found: [f64; 3], expected: [f64; 3]) {
    let close = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 0.02);
    assert!(close, "{found:?}, not {expected:?}");
}

#[test]
fn a_gaussian_is_symmetric_and_as_sparse_as_2_over_pi_says() {
    let sparseness = 1.0 - std::f64::consts::FRAC_2_PI;
    assert_close(shape(&gaussian()), [0.0, sparseness, 0.0]);
    // Only sparseness is about 0; the rest is the same wherever a distribution lies, and however wide it is.
    let [skewness, elsewhere, distance] = shape(&(gaussian() * 0.5 + 10.0));
    assert_close([skewness, elsewhere, distance], [0.0, 0.0, 0.0]);
}

/// A rectified Gaussian has mean 1/√(2π) and half the squares; its mass of ½ at 0 lies 0.4 standard deviations before
/// the mean, where a Gaussian has 0.247.
#[test]
fn what_a_relu_leaves_of_it_is_lopsided_and_sparse() {
    let mean = (2.0 * std::f64::consts::PI).sqrt().recip();
    let variance = 0.5 - mean * mean;
    let third = 2.0 * mean - 1.5 * mean + 2.0 * mean.powi(3); // E[x³] = 2μ, less 3 μ E[x²], and 2μ³
    let skewness = third / variance.powf(1.5);
    let sparseness = 1.0 - 2.0 * mean * mean;
    assert_close(shape(&gaussian().relu()), [skewness, sparseness, 0.253]);
}

#[test]
fn units_that_are_constant_do_not_count() {
    let values = gaussian();
    let beside = Tensor::cat(&[&values, &values.zeros_like()], 1);
    assert_eq!(shape(&beside), shape(&values));
    assert_eq!(Shape::of(&values.zeros_like()), None);
    assert_eq!(Shape::mean(&[]), None);
}

/// tanh(x/2) of a Gaussian, of whose variance the line explains E[x tanh(x/2)]² / Var; by numbers 98.5 %.
#[test]
fn a_sigmoid_is_nearly_linear_on_a_gaussian_and_quite_on_a_small_one() {
    let x = gaussian();
    let share = |x: &Tensor| share_not_linear(x, &x.sigmoid()).unwrap();
    assert!((share(&x) - 0.015).abs() < 0.002, "{}", share(&x));
    assert!(share(&(&x * 0.01)) < 1e-6);
    assert!(share(&(&x * 100.0)) > 0.3); // a step
    let constant = x.zeros_like().to_kind(Kind::Float);
    assert_eq!(share_not_linear(&constant, &constant), None);
}
