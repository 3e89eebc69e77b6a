//! Two steps of SGD on a small network, then inference.

use bn_inception::config::Stem;
use bn_inception::{BnInception, BnInceptionConfig, ConfigError, Execution};
use streams::Stream;
use tch::{Device, Kind, Tensor};

fn main() -> Result<(), ConfigError> {
    let config = BnInceptionConfig {
        classes: 10,
        image_side: 32,
        stem: Stem::SmallImage,
        width: 0.25,
        ..BnInceptionConfig::default()
    };
    let network = BnInception::new(config, 1, Execution::on(Device::Cpu))?;
    let pixels = Stream::new(1, "images").gaussian(1.0, 8 * 3 * 32 * 32);
    let images = Tensor::from_slice(&pixels).view([8, 3, 32, 32]);
    let labels = Tensor::arange(8, (Kind::Int64, Device::Cpu));
    let mut dropout = Stream::new(1, "dropout");
    for step in 0..2 {
        let loss = network.gradient(&images, &labels, &mut dropout);
        println!("step {step}: loss {:.3} nats", loss.double_value(&[]));
        let parameters = network.parameters();
        let mut values = parameters.values().shallow_clone();
        values -= parameters.gradient() * 0.05;
        parameters.refresh();
    }
    network.estimate_population([images.shallow_clone()]); // Algorithm 2, step 10
    let logits = network.fold().logits(&images); // and step 11
    println!("logits {:?}", logits.size());
    Ok(())
}
