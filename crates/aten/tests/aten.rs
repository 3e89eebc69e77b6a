//! libtorch's C interface and our passes against what tch and autograd compute.

use aten::normalize::{self, Affine};
use aten::table::{self, Lists};
use aten::{Geometry, Maps, convolution_backward, convolution_relu, pool, softmax};
use streams::Stream;
use tch::{Device, Kind, Tensor};

mod convolve;

const PLAIN: Geometry = Geometry { stride: 1, border: 0, groups: 1 };

/// Gaussian noise `[n, C, h, w]`, channels last.
fn noise(name: &str, [n, channels, height, width]: [i64; 4]) -> Tensor {
    let count = (n * channels * height * width) as usize;
    let draws = Tensor::from_slice(&Stream::new(1, name).gaussian(1.0, count));
    draws.view([n, height, width, channels]).permute([0, 3, 1, 2])
}

#[track_caller]
fn maps(tensor: &Tensor) -> Maps<'_> {
    Maps::of(tensor).expect("maps")
}

#[track_caller]
fn assert_close(ours: &Tensor, expected: &Tensor, bar: f64) {
    assert_eq!(ours.size(), expected.size());
    let difference = (ours - expected).abs().max().double_value(&[]);
    assert!(difference < bar, "{difference:e}");
}

fn leaf(x: &Tensor) -> Tensor {
    x.detach().set_requires_grad(true)
}

#[test]
fn convolution_backward_is_autograds() {
    for (stride, border, groups) in [(1, 1, 1), (2, 1, 1), (2, 0, 2), (1, 2, 4)] {
        let geometry = Geometry { stride, border, groups };
        let x = leaf(&noise("x", [2, 4, 7, 6]));
        let kernel = leaf(&noise("kernel", [8, 4 / groups, 3, 3]));
        let y = x.conv2d(&kernel, None::<&Tensor>, stride, border, 1, groups);
        let dy = noise("dy", y.size().try_into().expect("four"));
        let loss = (&y * &dy).sum(Kind::Double);
        let expected = Tensor::run_backward(&[loss], &[&x, &kernel], false, false);
        let ours = convolution_backward(&dy, &x, &kernel, geometry, [true; 2]).expect("fits");
        assert_close(&ours.x.expect("wanted"), &expected[0], 1e-12);
        assert_close(&ours.kernel.expect("wanted"), &expected[1], 1e-11);
        let ours = convolution_backward(&dy, &x, &kernel, geometry, [false, true]).expect("fits");
        assert!(ours.x.is_none());
    }
}

#[test]
fn what_does_not_fit_is_said_in_words() {
    let (x, kernel) = (noise("x", [2, 4, 7, 6]), noise("kernel", [8, 4, 3, 3]));
    let refused = |dy: &Tensor, x: &Tensor, kernel: &Tensor| {
        convolution_backward(dy, x, kernel, PLAIN, [true; 2]).expect_err("does not fit").to_string()
    };
    let dy = noise("dy", [2, 8, 5, 4]);
    assert!(refused(&dy.narrow(2, 0, 4), &x, &kernel).contains("does not fit"));
    assert!(refused(&dy, &x.narrow(1, 0, 3), &kernel).contains("does not fit"));
    assert!(refused(&dy, &x, &kernel.get(0)).contains("does not fit"));
    assert!(refused(&dy, &x.to_kind(Kind::Float), &kernel).contains("same kind"));
    let with_channels_first = x.contiguous();
    let refused = Maps::of(&with_channels_first).expect_err("no maps").to_string();
    assert!(refused.contains("channels last"), "{refused}");
    assert!(Maps::of(&x.to_kind(Kind::Int)).is_err());
    let two = noise("two", [2, 3, 7, 6]);
    let (x, two) = (Maps::of(&x).expect("maps"), Maps::of(&two).expect("maps"));
    assert!(pool::means(&x, true, &two).is_err());
    let affine = Affine { scale: vec![1.0; 3], mean: vec![0.0; 3], offset: vec![0.0; 3] };
    assert!(normalize::forward(&x, &affine, true, &x).is_err());
}

/// Ranges of channels may be interleaved; a number that is read and written may not be.
#[test]
fn what_overlaps_is_refused() {
    let all = noise("all", [2, 8, 5, 5]);
    let ranges = [(0, 4), (4, 4), (2, 4)].map(|(start, width)| all.narrow(1, start, width));
    let [first, second, both] = ranges.each_ref().map(|range| Maps::of(range).expect("maps"));
    let affine = Affine { scale: vec![2.0; 4], mean: vec![1.0; 4], offset: vec![3.0; 4] };
    let expected = (all.narrow(1, 0, 4) - 1.0) * 2.0 + 3.0;
    let into = |z: &Maps| normalize::forward(&first, &affine, false, z);
    assert!(into(&both).expect_err("overlaps").to_string().contains("same memory"));
    assert!(into(&first).is_err());
    into(&second).expect("apart");
    assert_close(&all.narrow(1, 4, 4), &expected, 1e-12);
}

/// Every result is freed, and so is every input that libtorch was lent.
#[test]
fn memory_does_not_grow() {
    let (x, kernel) = (noise("x", [8, 16, 32, 32]), noise("kernel", [16, 16, 3, 3]));
    let dy = noise("dy", [8, 16, 30, 30]);
    let bias = Tensor::zeros([16], (Kind::Float, Device::Cpu));
    let [x, kernel, dy] = [x, kernel, dy].map(|tensor| tensor.to_kind(Kind::Float));
    let resident = |times: u32| {
        for _ in 0..times {
            let _ = convolution_backward(&dy, &x, &kernel, PLAIN, [true; 2]).expect("fits");
            let _ = convolution_relu(&x, &kernel, &bias, PLAIN).expect("fits");
        }
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<f64>().ok());
        pages.unwrap_or(0.0) * 4096.0
    };
    let before = resident(20);
    let grown = resident(300) - before;
    let of_one = (x.numel() * 4) as f64; // a leak of one result a time would be 300 of these
    assert!(grown < 50.0 * of_one, "{grown} bytes more");
}

#[test]
fn convolution_relu_is_both_in_one() {
    for (kind, bar) in [(Kind::Float, 1e-5), (Kind::BFloat16, 0.2)] {
        let [x, kernel] = [noise("x", [2, 4, 7, 6]), noise("kernel", [8, 4, 3, 3])];
        let bias = Tensor::from_slice(&Stream::new(1, "bias").gaussian(1.0, 8));
        let [x, kernel, bias] = [x, kernel, bias].map(|tensor| tensor.to_kind(kind));
        let expected = x.conv2d(&kernel, Some(&bias), 2, 1, 1, 1).relu();
        let geometry = Geometry { stride: 2, border: 1, groups: 1 };
        let ours = convolution_relu(&x, &kernel, &bias, geometry).expect("fits");
        assert_close(&ours.to_kind(Kind::Double), &expected.to_kind(Kind::Double), bar);
        assert!(convolution_relu(&x, &kernel, &bias.narrow(0, 0, 7), geometry).is_err());
    }
}

/// μ and σ² of numbers far from zero: σ² keeps its digits.
#[test]
fn moments_are_exact_far_from_zero() {
    let y = (noise("y", [4, 5, 16, 16]) + 1000.0).to_kind(Kind::Float);
    let moments = normalize::moments(&Maps::of(&y).expect("maps"));
    let per_map = y.to_kind(Kind::Double).transpose(0, 1).flatten(1, -1);
    let (var, mean) = per_map.var_mean_dim(1, false, false);
    assert_close(&Tensor::from_slice(&moments.mean), &mean, 1e-4);
    assert_close(&Tensor::from_slice(&moments.var), &var, 1e-5);
}

/// Two threads of libtorch find what one does, but for rounding of sums.
#[test]
fn threads_change_rounding_alone() {
    let y = noise("y", [4, 5, 16, 16]);
    let in_a_thread = |threads: i32| {
        std::thread::scope(|scope| {
            let y = y.shallow_clone();
            let job = move || {
                tch::set_num_threads(threads);
                normalize::moments(&Maps::of(&y).expect("maps"))
            };
            scope.spawn(job).join().expect("no panic")
        })
    };
    let [one, two] = [1, 2].map(|threads| Tensor::from_slice(&in_a_thread(threads).var));
    assert_close(&one, &two, 1e-12);
}

/// Lists of rows 0 to 49: one is empty, and others have one row or many.
fn some_lists(count: usize) -> Vec<Vec<u16>> {
    let list = |i: u16| (0..50).filter(|row| (row * 7 + i * i) % (i + 1) == 1).collect();
    (0..count as u16).map(list).collect()
}

#[test]
fn products_with_zeros_and_ones_are_those_of_matrices() {
    for (columns, kind, bar) in
        [(100, Kind::Double, 1e-12), (7, Kind::Double, 1e-12), (37, Kind::Float, 1e-4)]
    {
        let lists = some_lists(40);
        assert!(lists.iter().any(Vec::is_empty) && lists.iter().any(|list| list.len() > 20));
        let dense = Tensor::zeros([40, 50], (kind, Device::Cpu));
        for (i, list) in lists.iter().enumerate() {
            for &row in list {
                let _ = dense.get(i as i64).get(i64::from(row)).fill_(1.0);
            }
        }
        let lists = Lists::new(lists.iter().map(Vec::as_slice));
        let matrix =
            |name, rows| noise(name, [rows, columns, 1, 1]).view([rows, columns]).to_kind(kind);
        let (table, d, sums) = (matrix("table", 50), matrix("d", 40), matrix("sums", 40));
        table::sum_rows(&maps(&table), &lists, &maps(&sums)).expect("fits");
        assert_close(&sums, &dense.mm(&table), bar);
        let expected = &table + dense.tr().mm(&d);
        table::add_to_rows(&maps(&table), &lists, &maps(&d)).expect("fits");
        assert_close(&table, &expected, bar);
    }
}

#[test]
fn lists_that_do_not_fit_are_said_in_words() {
    let matrix =
        |rows: i64, columns: i64| Tensor::zeros([rows, columns], (Kind::Float, Device::Cpu));
    let lists = Lists::new([[3u16, 50].as_slice(), &[]]);
    let refused = |table: &Tensor, sums: &Tensor| {
        table::sum_rows(&maps(table), &lists, &maps(sums)).expect_err("does not fit").to_string()
    };
    assert!(table::sum_rows(&maps(&matrix(51, 4)), &lists, &maps(&matrix(2, 4))).is_ok());
    assert!(refused(&matrix(50, 4), &matrix(2, 4)).contains("does not fit"));
    assert!(refused(&matrix(51, 4), &matrix(3, 4)).contains("does not fit"));
    assert!(refused(&matrix(51, 4), &matrix(2, 5)).contains("does not fit"));
    assert!(refused(&matrix(51, 4), &matrix(2, 4).to_kind(Kind::Double)).contains("same kind"));
    let table = matrix(51, 4);
    assert!(
        refused(&table, &table.narrow(0, 0, 2)).contains("same memory"),
        "it reads what it writes"
    );
}

#[test]
fn cross_entropy_is_libtorchs() {
    for (kind, bar) in [(Kind::Double, 1e-14), (Kind::Float, 1e-6)] {
        let logits = leaf(&(noise("logits", [9, 10, 1, 1]).view([9, 10]) * 5.0).to_kind(kind));
        let labels = [3u8, 0, 9, 1, 1, 7, 3, 2, 5];
        let targets = Tensor::from_slice(&labels).to_kind(Kind::Int64);
        let loss = logits.log_softmax(-1, kind).nll_loss(&targets);
        let expected = Tensor::run_backward(&[&loss], &[&logits], false, false);
        let ours = logits.detach().copy();
        let sum = softmax::cross_entropy(&maps(&ours), &labels, 0.5 / 9.0).expect("fits");
        let difference = (sum - loss.double_value(&[])).abs();
        assert!(difference < 10.0 * bar, "{difference:e}");
        assert_close(&(ours * 2.0), &expected[0], bar);
        assert!(softmax::cross_entropy(&maps(&logits.detach()), &labels[1..], 1.0).is_err());
        assert!(softmax::cross_entropy(&maps(&logits.detach()), &[10; 9], 1.0).is_err());
    }
}

#[test]
fn cross_entropy_of_far_logits_is_finite() {
    let logits = Tensor::from_slice(&[1000.0_f32, -1000.0, 0.0]).view([1, 3]);
    let loss = softmax::cross_entropy(&maps(&logits), &[1], 1.0).expect("fits");
    assert_eq!(loss, 2000.0);
    assert_close(&logits, &Tensor::from_slice(&[1.0_f32, -1.0, 0.0]).view([1, 3]), 1e-9);
}
