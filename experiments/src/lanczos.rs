//! The singular values of a map's Jacobian, without the Jacobian: by its products with vectors.
//!
//! Lanczos' method on `JᵀJ` from a random start: after k steps, the eigenvalues θ of the small tridiagonal matrix
//! and the squares τ² of their eigenvectors' first components are the nodes and the weights of a Gauss
//! quadrature of `JᵀJ`'s spectrum. Averaged over starts, they estimate how its eigenvalues are distributed; the
//! largest converges first.

use streams::Stream;
use tch::{Kind, Tensor};

/// A map at a point, as far as it is linear there.
pub struct Linearized {
    input: Tensor,
    output: Tensor,
    /// v of Jᵀv, whose derivative by v is J.
    dual: Tensor,
    /// Jᵀv.
    pulled_back: Tensor,
}

impl Linearized {
    /// The map at this input, which may have any shape.
    pub fn of(map: impl Fn(&Tensor) -> Tensor, input: &Tensor) -> Self {
        tch::with_grad(|| {
            let input = input.detach().set_requires_grad(true);
            let output = map(&input);
            let dual = output.zeros_like().set_requires_grad(true);
            let scalar = (&output * &dual).sum(None);
            let mut gradients = Tensor::run_backward(&[scalar], &[&input], true, true);
            let pulled_back = gradients.pop().expect("one a leaf");
            Self { input, output, dual, pulled_back }
        })
    }

    /// J u, for u of the input's shape.
    pub fn forward(&self, u: &Tensor) -> Tensor {
        product(&self.pulled_back, u, &self.dual)
    }

    /// Jᵀ w, for w of the output's shape.
    pub fn backward(&self, w: &Tensor) -> Tensor {
        product(&self.output, w, &self.input)
    }
}

/// The derivative of ⟨x, by⟩ in the direction of the leaf.
fn product(x: &Tensor, by: &Tensor, leaf: &Tensor) -> Tensor {
    let scalar = tch::with_grad(|| (x * by).sum(None));
    Tensor::run_backward(&[scalar], &[leaf], true, false).pop().expect("one a leaf")
}

/// An estimate of how singular values are distributed: values in ascending order, with weights that sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum(Vec<(f64, f64)>);

impl Spectrum {
    /// From so many Lanczos steps from each of so many random starts.
    pub fn of(map: &Linearized, steps: usize, starts: usize, stream: &mut Stream) -> Self {
        Self::mean((0..starts).map(|_| Self(one_start(map, steps, stream))).collect())
    }

    /// The mean of several.
    pub fn mean(spectra: Vec<Self>) -> Self {
        let count = spectra.len() as f64;
        let nodes = spectra.into_iter().flat_map(|spectrum| spectrum.0);
        let mut nodes: Vec<(f64, f64)> =
            nodes.map(|(value, weight)| (value, weight / count)).collect();
        nodes.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(nodes)
    }

    /// The value below which this share of them lies.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut below = 0.0;
        for (value, weight) in &self.0 {
            below += weight;
            if below >= share {
                return *value;
            }
        }
        self.largest()
    }

    /// The largest.
    pub fn largest(&self) -> f64 {
        self.0.last().map_or(f64::NAN, |(value, _)| *value)
    }

    /// The share of them between two values.
    pub fn share(&self, low: f64, high: f64) -> f64 {
        let within = self.0.iter().filter(|(value, _)| (low..=high).contains(value));
        within.map(|(_, weight)| weight).sum()
    }
}

/// Values and weights from one start; orthogonalised fully, since there are few steps.
fn one_start(map: &Linearized, steps: usize, stream: &mut Stream) -> Vec<(f64, f64)> {
    let shape = map.input.size();
    let draws = stream.gaussian(1.0, map.input.numel());
    let start = Tensor::from_slice(&draws).view(shape.as_slice()).to_kind(map.input.kind());
    let norm = |x: &Tensor| x.norm().double_value(&[]);
    let mut basis = vec![&start / norm(&start)];
    let (mut diagonal, mut beside) = (Vec::new(), Vec::new());
    for step in 0..steps {
        let last = &basis[step];
        let mut next = map.backward(&map.forward(last));
        diagonal.push((&next * last).sum(Kind::Double).double_value(&[]));
        for _ in 0..2 {
            for before in &basis {
                next -= before * (&next * before).sum(None);
            }
        }
        let length = norm(&next);
        if step + 1 == steps || length <= 1e-12 * diagonal[0].abs() {
            break;
        }
        beside.push(length);
        basis.push(next / length);
    }
    quadrature(&diagonal, &beside)
}

/// Square roots of a tridiagonal matrix's eigenvalues, and the squares of its eigenvectors' first components.
fn quadrature(diagonal: &[f64], beside: &[f64]) -> Vec<(f64, f64)> {
    let off = Tensor::from_slice(&beside[..diagonal.len() - 1]);
    let matrix = Tensor::from_slice(diagonal).diag_embed(0, -2, -1)
        + off.diag_embed(1, -2, -1)
        + off.diag_embed(-1, -2, -1);
    let (values, vectors) = matrix.linalg_eigh("L");
    let values = Vec::<f64>::try_from(values.clamp_min(0.0).sqrt()).expect("a vector");
    let weights = Vec::<f64>::try_from(vectors.select(0, 0).square()).expect("a vector");
    values.into_iter().zip(weights).collect()
}
