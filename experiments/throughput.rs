//! Images a second of BN-Inception, in training and at inference: our half of `make bench`, which
//! sets it beside PyTorch's (`bench/bn_inception_pytorch.py`).
use bn_inception::*;
use streams::Stream;
use tch::{Device, Kind, Tensor};
use training::MomentumSgd;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let small = args[1] == "32";
    let train = args[2] == "train";
    let mut execution = Execution::on(Device::Cpu);
    if args[3] == "f32" {
        execution.arithmetic = Arithmetic::F32;
    }
    if args.len() > 4 {
        execution.rewrites = Rewrites::NONE;
    }
    let side = if small { 32 } else { 224 };
    let n = if small { 32 } else { 16 };
    let config = BnInceptionConfig {
        image_side: side,
        stem: if small { config::Stem::SmallImage } else { config::Stem::Full },
        width: if small { 0.5 } else { 1.0 },
        classes: if small { 10 } else { 1000 },
        ..Default::default()
    };
    let run = |threads: i32| {
        tch::set_num_threads(threads);
        let net = BnInception::new(config.clone(), 1, execution).unwrap();
        let images = Tensor::from_slice(
            &Stream::new(1, "images").gaussian(1.0, (n * 3 * side * side) as usize),
        )
        .view([n, 3, side, side])
        .to_kind(Kind::Float);
        let labels = Tensor::arange(n, (Kind::Int64, Device::Cpu)).remainder(10);
        let mut draws = Stream::new(1, "dropout");
        let mut sgd = MomentumSgd::new(net.parameters().values(), net.parameters().weights(), 0.9);
        let folded = net.fold();
        let mut times = vec![];
        let mut parts = [0.0; 4];
        for i in 0..(if small { 40 } else { 8 }) {
            let t = std::time::Instant::now();
            if train {
                let loss = net.loss(&images, &labels, &mut draws);
                let a = t.elapsed().as_secs_f64();
                net.parameters().backward(&loss);
                let b = t.elapsed().as_secs_f64();
                sgd.step(net.parameters().values(), net.parameters().gradient(), 0.01, 0.0);
                let c = t.elapsed().as_secs_f64();
                net.parameters().refresh();
                let d = t.elapsed().as_secs_f64();
                if i > 3 {
                    for (p, v) in parts.iter_mut().zip([a, b - a, c - b, d - c]) {
                        *p += v;
                    }
                }
                if i == 7 {
                    eprintln!("loss {}", f64::try_from(&loss).unwrap());
                }
            } else {
                let _ = folded.logits(&images);
            }
            times.push(t.elapsed().as_secs_f64());
        }
        times.drain(..2);
        times.sort_by(f64::total_cmp);
        eprintln!("{parts:?}");
        n as f64 / times[times.len() / 2]
    };
    println!("{:.1} images/s", run(if std::env::var("T1").is_ok() { 1 } else { 2 }));
    if small {
        let r: Vec<f64> = std::thread::scope(|s| {
            let h: Vec<_> = (0..2).map(|_| s.spawn(|| run(1))).collect();
            h.into_iter().map(|h| h.join().unwrap()).collect()
        });
        println!("two: {:.1} images/s", r.iter().sum::<f64>());
    }
}
