//! Singular values by Lanczos' method, against those of maps that are known.

use experiments::lanczos::{Linearized, Spectrum};
use streams::Stream;
use tch::{Kind, Tensor};

fn gaussian(shape: &[i64], name: &str) -> Tensor {
    let count = shape.iter().product::<i64>() as usize;
    Tensor::from_slice(&Stream::new(0, name).gaussian(1.0, count)).view(shape)
}

#[test]
fn products_are_those_of_the_jacobian() {
    let (a, input) = (gaussian(&[5, 4], "a"), gaussian(&[4], "input"));
    let map = Linearized::of(|x| a.mv(x).sigmoid(), &input);
    let output = a.mv(&input).sigmoid();
    let slopes: Tensor = &output - output.square();
    let jacobian = slopes.unsqueeze(1) * &a;
    let (u, w) = (gaussian(&[4], "u"), gaussian(&[5], "w"));
    let is_near = |x: &Tensor, y: &Tensor| (x - y).abs().max().double_value(&[]) < 1e-12;
    assert!(is_near(&map.forward(&u), &jacobian.mv(&u)));
    assert!(is_near(&map.backward(&w), &jacobian.tr().mv(&w)));
}

#[test]
fn as_many_steps_as_dimensions_give_all_singular_values() {
    let a = gaussian(&[9, 6], "a");
    let map = Linearized::of(|x| a.mv(x), &gaussian(&[6], "input"));
    let spectrum = Spectrum::of(&map, 6, 1, &mut Stream::new(1, "starts"));
    let (_, exact, _) = a.svd(true, false);
    let exact = Vec::<f64>::try_from(exact).unwrap(); // from the largest on
    assert!((spectrum.largest() - exact[0]).abs() < 1e-9, "{spectrum:?}");
    assert!((spectrum.quantile(0.0) - exact[5]).abs() < 1e-9, "{spectrum:?}");
    assert!((spectrum.share(0.0, 1e9) - 1.0).abs() < 1e-12);
}

#[test]
fn few_steps_find_the_largest_and_the_shares() {
    // Three quarters of 400 singular values are 1, the rest 3, and one is 10.
    let values: Vec<f64> = (0..400)
        .map(|i| {
            if i == 0 {
                10.0
            } else if i < 300 {
                1.0
            } else {
                3.0
            }
        })
        .collect();
    let diagonal = Tensor::from_slice(&values);
    let input = Tensor::zeros([400], (Kind::Double, tch::Device::Cpu));
    let map = Linearized::of(|x| x * &diagonal, &input);
    let spectrum = Spectrum::of(&map, 8, 20, &mut Stream::new(1, "starts"));
    assert!((spectrum.largest() - 10.0).abs() < 1e-6, "{}", spectrum.largest());
    assert!((spectrum.share(0.9, 1.1) - 0.75).abs() < 0.03, "{}", spectrum.share(0.9, 1.1));
    assert!((spectrum.quantile(0.5) - 1.0).abs() < 1e-6);
}
