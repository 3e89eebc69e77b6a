#!/usr/bin/env python3
"""The steps of Figure 1 in JAX, as fast as it takes them on a processor: a whole training is one compiled scan, the seeds of a
network are one batch. Prints how many seconds the steps took, compilation left out.

The same networks, mini-batches and steps as `fig1`, but no evaluation: no test accuracy, no percentiles, no population
statistics, no moving averages.
"""

import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

import peer

MINI_BATCH = 60
EPSILON = 1e-5
WIDTHS = (784, 100, 100, 100, 10)


def main():
    args = peer.options_of_figure_1(__doc__)
    images, labels = load(args.data)
    seconds = 0.0
    for with_bn in (False, True):
        of_seed = partial(train, images, labels, args.learning_rate)
        trainings = jax.jit(jax.vmap(of_seed))
        networks = [network(seed, with_bn, args.init_std) for seed in range(args.seeds)]
        networks = jax.tree.map(lambda *of_seeds: jnp.stack(of_seeds), *networks)
        orders = jnp.asarray(np.stack([order(seed, args.steps, len(images)) for seed in range(args.seeds)]))
        compiled = trainings.lower(networks, orders).compile()
        begin = time.perf_counter()
        losses = compiled(networks, orders).block_until_ready()
        seconds += time.perf_counter() - begin
        print(f"{'With' if with_bn else 'Without'} BN: last losses {np.asarray(losses)[:, -1]}", flush=True)
    print(f"jax {jax.__version__}")
    print(f"seconds {seconds:.3f}")


def load(folder):
    """Binary images [n, 784], bytes, and labels [n]."""
    images = np.fromfile(folder / "train-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 784)
    labels = np.fromfile(folder / "train-labels-idx1-ubyte", np.uint8, offset=8)
    return jnp.asarray(images >= 128), jnp.asarray(labels.astype(np.int32))


def order(seed, steps, examples):
    """Which examples are in each mini-batch [steps, 60]: a new permutation for each epoch."""
    draws = np.random.default_rng(seed)
    per_epoch = examples // MINI_BATCH
    epochs = [draws.permutation(examples)[:per_epoch * MINI_BATCH] for _ in range(-(-steps // per_epoch))]
    return np.concatenate(epochs).reshape(-1, MINI_BATCH)[:steps].astype(np.int32)


def network(seed, with_bn, std):
    draws = np.random.default_rng(seed)
    layers = []
    for place, (inputs, outputs) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        layer = {"w": jnp.asarray(draws.normal(0, std, (inputs, outputs)), jnp.float32), "b": jnp.zeros(outputs)}
        if with_bn and place < len(WIDTHS) - 2:
            layer["gamma"] = jnp.ones(outputs)  # b is β there
        layers.append(layer)
    return layers


def loss(layers, x, labels):
    for layer in layers[:-1]:
        u = x @ layer["w"]
        if "gamma" in layer:
            u = layer["gamma"] * (u - u.mean(0)) * jax.lax.rsqrt(u.var(0) + EPSILON)
        x = jax.nn.sigmoid(u + layer["b"])
    logits = x @ layers[-1]["w"] + layers[-1]["b"]
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1).mean()


def train(images, labels, rate, layers, order):
    def step(layers, batch):
        x = images[batch].astype(jnp.float32)
        value, gradient = jax.value_and_grad(loss)(layers, x, labels[batch])
        return jax.tree.map(lambda p, g: p - rate * g, layers, gradient), value
    return jax.lax.scan(step, layers, order)[1]


if __name__ == "__main__":
    main()
