"""BN-Inception in PyTorch, as plain as Figure 5: the reference of the golden tests.

Parameters are looked up by the names that the Rust crate gives them, so nothing has to be mapped. Values
are a fixed function of a tensor's name and of the place within it; the tests compute the same function.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F

MODULES = {  # 1x1, 3x3 reduce, 3x3, double reduce, double, pool, projection
    "3a": (64, 64, 64, 64, 96, "avg", 32), "3b": (64, 64, 96, 64, 96, "avg", 64),
    "3c": (0, 128, 160, 64, 96, "max", 0),
    "4a": (224, 64, 96, 96, 128, "avg", 128), "4b": (192, 96, 128, 96, 128, "avg", 128),
    "4c": (160, 128, 160, 128, 160, "avg", 128), "4d": (96, 128, 192, 160, 192, "avg", 128),
    "4e": (0, 128, 192, 192, 256, "max", 0),
    "5a": (352, 192, 320, 160, 224, "avg", 128), "5b": (352, 192, 320, 192, 224, "max", 128),
}


def uniform(name, count):
    """In [-1, 1): FNV-1a of the name, then SplitMix64 of that plus the place, as 53 bits."""
    key = 0xCBF29CE484222325
    for byte in name.encode():
        key = ((key ^ byte) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(key) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) / 2.0**52 - 1.0


def value(name, shape):
    """What the tests fill the tensor of this name with: f64, in the order of its dimensions."""
    u = uniform(name, math.prod(shape)).reshape(shape)
    last = name.split("/")[-1]
    if last in ("gamma", "moving_var"):
        u = 1.0 + 0.5 * u
    elif last in ("beta", "bias", "biases", "moving_mean"):
        u = 0.25 * u
    else:
        u = u * math.sqrt(6.0 / math.prod(shape[1:]))
    return torch.from_numpy(u)


class Network:
    """The network of a case; `options` are the switches."""

    def __init__(self, options, side):
        self.options, self.side = options, side
        self.parameters, self.statistics, self.outputs = {}, {}, {}
        self.training = True

    def width(self, channels):
        return max(1, math.floor(channels * self.options["width"] + 0.5))

    def tensor(self, name, shape):
        if name not in self.parameters:
            self.parameters[name] = value(name, shape).requires_grad_()
        return self.parameters[name]

    def statistic(self, name, shape):
        if name not in self.statistics:
            self.statistics[name] = value(name, shape)
        return self.statistics[name]

    def pad(self, x, kernel, stride):
        if self.options["padding"] == "Symmetric":
            return F.pad(x, [kernel // 2] * 4)
        rows = max(kernel - stride, 0) if x.shape[-1] % stride == 0 else max(kernel - x.shape[-1] % stride, 0)
        before, behind = rows // 2, rows - rows // 2
        return F.pad(x, [before, behind, before, behind])

    def unit(self, name, x, channels, kernel=1, stride=1, finish_after=lambda y: y):
        """Convolution, BN or bias, nonlinearity."""
        outputs, inputs = self.width(channels), x.shape[1]
        x = self.pad(x, kernel, stride)
        if name == "conv1" and self.options["stem"] == "Separable":
            depthwise = self.tensor("conv1/depthwise/conv", (8 * inputs, 1, kernel, kernel))
            x = F.conv2d(x, depthwise, stride=stride, groups=inputs)
            x = F.conv2d(x, self.tensor("conv1/pointwise/conv", (outputs, 8 * inputs, 1, 1)))
        else:
            x = F.conv2d(x, self.tensor(f"{name}/conv", (outputs, inputs, kernel, kernel)), stride=stride)
        return self.activation(self.normalize(name, x))

    def normalize(self, name, x):
        if self.options["normalization"] == "None":
            return x + self.tensor(f"{name}/bias", (x.shape[1],)).view(1, -1, 1, 1)
        per_activation = self.options["normalization"] != "Batch" and name.startswith("5b/")
        shape = tuple(x.shape[1:]) if per_activation else (x.shape[1],)
        gamma = self.tensor(f"{name}/bn/gamma", shape) if self.options["learn_gamma"] else torch.ones(shape).double()
        beta = self.tensor(f"{name}/bn/beta", shape)
        mean, var = (self.statistic(f"{name}/bn/moving_{what}", shape) for what in ("mean", "var"))
        flat = x.reshape(len(x), -1) if per_activation else x
        flat = F.batch_norm(flat, mean.view(-1), var.view(-1), gamma.reshape(-1), beta.reshape(-1),
                            self.training, 0.1, 1e-3)
        return flat.view(x.shape)

    def activation(self, x):
        return F.relu(x) if self.options["activation"] == "Relu" else torch.sigmoid(x)

    def stem(self, x):
        small = self.options["stem"] == "SmallImage"
        x = self.unit("conv1", x, 64, 3 if small else 7, 1 if small else 2)
        x = self.response_norm(F.max_pool2d(x, 3, 2, ceil_mode=True))
        x = self.unit("conv2/reduce", x, 64)
        x = self.response_norm(self.unit("conv2", x, 192, 3))
        return F.max_pool2d(x, 3, 2, ceil_mode=True)

    def response_norm(self, x):
        if not self.options["local_response_norm"]:
            return x
        return F.local_response_norm(x, 5, alpha=1e-4, beta=0.75, k=1.0)

    def module(self, name, x):
        one, three_reduce, three, double_reduce, double, pool, projection = MODULES[name]
        if self.options["pool_projection"] == "Consistent96" and name in ("4c", "4d"):
            projection = 96
        stride = 1 if projection else 2
        branches = [self.unit(f"{name}/1x1", x, one)] if one else []
        y = self.unit(f"{name}/3x3/reduce", x, three_reduce)
        branches.append(self.unit(f"{name}/3x3", y, three, 3, stride))
        y = self.unit(f"{name}/double_3x3/reduce", x, double_reduce)
        y = self.unit(f"{name}/double_3x3/1", y, double, 3)
        branches.append(self.unit(f"{name}/double_3x3/2", y, double, 3, stride))
        if pool == "avg":
            pooled = F.avg_pool2d(x, 3, 1, 1, count_include_pad=self.options["padding"] == "Symmetric")
        elif stride == 2:
            pooled = F.max_pool2d(x, 3, 2, ceil_mode=True)
        else:
            pooled = F.max_pool2d(x, 3, 1, 1)
        branches.append(self.unit(f"{name}/pool/projection", pooled, projection) if projection else pooled)
        return torch.cat(branches, 1)

    def linear(self, name, x, outputs):
        weights = self.tensor(f"{name}/weights", (outputs, x.shape[1]))
        return F.linear(x, weights, self.tensor(f"{name}/biases", (outputs,)))

    def auxiliary(self, module, x):
        """Without its Dropout, which the case that uses it leaves out as well."""
        x = F.avg_pool2d(x, min(5, x.shape[-1]), 3)
        x = self.unit(f"{module}/auxiliary/projection", x, 128)
        x = self.unit(f"{module}/auxiliary/hidden", x.reshape(len(x), -1, 1, 1), 1024)
        return self.linear(f"{module}/auxiliary/linear", x.flatten(1), self.options["classes"])

    def __call__(self, x):
        """Logits, then those of the auxiliary classifiers."""
        x, auxiliary = self.stem(x), []
        for name in MODULES:
            x = self.module(name, x)
            self.outputs[name] = x
            if self.options["auxiliary_classifiers"] and name in ("4a", "4d"):
                auxiliary.append(self.auxiliary(name, x))
        return [self.linear("linear", x.mean((2, 3)), self.options["classes"])] + auxiliary
