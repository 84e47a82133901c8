"""Writes optimizers.json: twelve steps of every optimizer in Optax, in float64 and float32, and in PyTorch where it has the same.

Needs torch, optax and jax. Run: python make_optimizers.py. Parameters and gradients are fractions that both element types hold exactly;
golden.test.ts makes the same ones. Of the kernel every seventh element is written: each depends on all, where an optimizer has norms.
"""
import json
import math
import os
import pathlib

os.environ["OMP_NUM_THREADS"] = "1"
import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from optax import contrib

jax.config.update("jax_enable_x64", True)
torch.set_num_threads(1)
SHAPES = {"scale": (), "bias": (5,), "weight": (4, 6), "tall": (6, 3), "kernel": (8, 4, 3, 3)}
STRIDE = {"kernel": 7}
WRITTEN = [1, 2, 5, 12]


def elements(shape, offset, fn):
    return np.array([fn(i + offset) for i in range(math.prod(shape))], dtype=np.float64).reshape(shape)


def start():
    return {k: elements(s, 100 * n, lambda i: ((5 * i + 3) % 13 - 6) / 4) for n, (k, s) in enumerate(SHAPES.items())}


def gradient(t):
    """At step t = 0, 1, ...: of both signs, some of them 0, of sizes from 2^-12 to 1."""
    value = lambda i: ((i * i + 7 * i * t + 5 * t) % 17 - 8) / 8 * 2.0 ** (-3 * (i % 4))
    return {k: elements(s, 100 * n, value) for n, (k, s) in enumerate(SHAPES.items())}


def snapshot(params, digits=None):
    flat = {k: np.asarray(v).reshape(-1)[:: STRIDE.get(k, 1)].tolist() for k, v in params.items()}
    return flat if digits is None else {k: [float(f"{x:.{digits}g}") for x in v] for k, v in flat.items()}


def run_optax(optimizer, dtype):
    cast = lambda tree: {k: jnp.asarray(v, dtype) for k, v in tree.items()}
    params = cast(start())
    state = optimizer.init(params)
    rows = []
    update = jax.jit(optimizer.update)
    for t in range(WRITTEN[-1]):
        updates, state = update(cast(gradient(t)), state, params)
        params = optax.apply_updates(params, updates)
        if t + 1 in WRITTEN:
            rows.append(params)
    return rows


def run_torch(make, without):
    params = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in start().items() if k not in without}
    optimizer = make(list(params.values()))
    for t in range(WRITTEN[-1]):
        for k, g in gradient(t).items():
            if k in params:
                params[k].grad = torch.tensor(g, dtype=torch.float64)
        optimizer.step()
    return {k: p.detach().numpy() for k, p in params.items()}


cases = []


def case(name, options, optimizer, torch=None, torch_without=(), inverse_time=(), masks=None):
    """`inverse_time` names options that are the given value over t; `masks` names parameters that a mask is true for."""
    entry = {"name": name, "options": options, "inverseTime": list(inverse_time), "masks": masks or {}}
    entry["float64"] = [snapshot(row) for row in run_optax(optimizer, jnp.float64)]
    entry["float32"] = snapshot(run_optax(optimizer, jnp.float32)[-1], 9)
    entry["torch"] = None if torch is None else snapshot(run_torch(torch, torch_without))
    cases.append(entry)


def over_t(value):
    return lambda count: value / (count + 1)


def named(*names):
    return lambda params: {k: k in names for k in params}


def adafactor(learning_rate, min_dim_size_to_factor=3, scale=True, clip=1.0, momentum=None, decay=None, **moments):
    """optax.adafactor with its decay 1 - t^-0.8 computed in float64: Optax rounds it to float32 even where parameters are float64."""
    wide = lambda i, exponent: 1.0 - jnp.asarray(i + 1, jnp.float64) ** (-exponent)
    parts = [
        optax.scale_by_factored_rms(min_dim_size_to_factor=min_dim_size_to_factor, decay_rate_fn=wide, **moments),
        optax.clip_by_block_rms(clip) if clip is not None else optax.identity(),
        optax.scale_by_learning_rate(learning_rate, flip_sign=False),
        optax.scale_by_param_block_rms() if scale else optax.identity(),
        optax.ema(momentum, debias=False) if momentum else optax.identity(),
        optax.add_decayed_weights(decay) if decay else optax.identity(),
        optax.scale(-1),
    ]
    return optax.chain(*parts)


o = torch.optim
lr = {"learningRate": 0.05}
wd = {**lr, "weightDecay": 0.1}
scheduled = dict(inverse_time=["learningRate"])

case("sgd", lr, optax.sgd(0.05), lambda p: o.SGD(p, lr=0.05))
case("sgd", {**lr, "momentum": 0.9}, optax.sgd(0.05, 0.9), lambda p: o.SGD(p, lr=0.05, momentum=0.9))
case(
    "sgd",
    {**lr, "momentum": 0.9, "nesterov": True},
    optax.sgd(0.05, 0.9, True),
    lambda p: o.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
)
case("adam", lr, optax.adam(0.05), lambda p: o.Adam(p, lr=0.05))
case(
    "adam",
    {**lr, "b1": 0.7, "b2": 0.95, "eps": 1e-3},
    optax.adam(0.05, 0.7, 0.95, 1e-3),
    lambda p: o.Adam(p, lr=0.05, betas=(0.7, 0.95), eps=1e-3),
)
case("adam", {**lr, "epsRoot": 1e-4}, optax.adam(over_t(0.05), eps_root=1e-4), **scheduled)
case("adamw", wd, optax.adamw(0.05, weight_decay=0.1), lambda p: o.AdamW(p, lr=0.05, weight_decay=0.1))
case(
    "adamw",
    wd,
    optax.adamw(over_t(0.05), weight_decay=over_t(0.1), mask=named("weight", "kernel")),
    inverse_time=["learningRate", "weightDecay"],
    masks={"mask": ["weight", "kernel"]},
)
case("nadam", lr, optax.nadam(0.05))
case("nadam", {**lr, "b1": 0.6, "b2": 0.9, "eps": 1e-2}, optax.nadam(over_t(0.05), 0.6, 0.9, 1e-2), **scheduled)
case("nadamw", wd, optax.nadamw(0.05, weight_decay=0.1))
case("amsgrad", lr, optax.amsgrad(0.05))
case("amsgrad", {**lr, "b1": 0.5, "b2": 0.6, "epsRoot": 1e-4}, optax.amsgrad(over_t(0.05), 0.5, 0.6, eps_root=1e-4), **scheduled)
case("radam", lr, optax.radam(0.05))
case("radam", {**lr, "b2": 0.9, "eps": 1e-3, "threshold": 4.5}, optax.radam(over_t(0.05), b2=0.9, eps=1e-3, threshold=4.5), **scheduled)
# PyTorch adds eps to the root before its correction: so small, it does not matter.
case("radam", {**lr, "eps": 1e-30}, optax.radam(0.05, eps=1e-30), lambda p: o.RAdam(p, lr=0.05, eps=1e-30))
case("adamax", lr, optax.adamax(0.05), lambda p: o.Adamax(p, lr=0.05))
case("adamax", {**lr, "b1": 0.6, "b2": 0.7, "eps": 1e-2}, optax.adamax(over_t(0.05), 0.6, 0.7, 1e-2), **scheduled)
case("adamaxw", wd, optax.adamaxw(0.05, weight_decay=0.1))
case("rmsprop", lr, optax.rmsprop(0.05))
outside = {**lr, "decay": 0.99, "epsInSqrt": False}
case("rmsprop", outside, optax.rmsprop(0.05, 0.99, eps_in_sqrt=False), lambda p: o.RMSprop(p, lr=0.05))
case(
    "rmsprop",
    {**outside, "centered": True, "momentum": 0.8},
    optax.rmsprop(0.05, 0.99, eps_in_sqrt=False, centered=True, momentum=0.8),
    lambda p: o.RMSprop(p, lr=0.05, centered=True, momentum=0.8),
)
case("rmsprop", {**lr, "centered": True}, optax.rmsprop(0.05, centered=True))
case(
    "rmsprop",
    {**lr, "momentum": 0.9, "nesterov": True, "biasCorrection": True, "initialScale": 0.5},
    optax.rmsprop(over_t(0.05), momentum=0.9, nesterov=True, bias_correction=True, initial_scale=0.5),
    **scheduled,
)
case(
    "rmsprop",
    {**lr, "centered": True, "biasCorrection": True, "initialScale": 0.5},
    optax.rmsprop(0.05, centered=True, bias_correction=True, initial_scale=0.5),
)
case("adagrad", lr, optax.adagrad(0.05))
# PyTorch adds eps outside of the root: with 0 both agree.
case("adagrad", {**lr, "eps": 0}, optax.adagrad(0.05, eps=0.0), lambda p: o.Adagrad(p, lr=0.05, initial_accumulator_value=0.1, eps=0))
case("adagrad", {**lr, "eps": 0, "initialAccumulatorValue": 0}, optax.adagrad(over_t(0.05), 0.0, 0.0), **scheduled)
case("adadelta", {"learningRate": 1}, optax.adadelta(1.0), lambda p: o.Adadelta(p))
case(
    "adadelta",
    {"learningRate": 2, "rho": 0.7, "eps": 1e-3, "weightDecay": 0.1},
    optax.adadelta(2.0, 0.7, 1e-3, 0.1),
    lambda p: o.Adadelta(p, lr=2.0, rho=0.7, eps=1e-3, weight_decay=0.1),
)
relative = lambda count: jnp.minimum(0.01, 1 / jnp.sqrt(jnp.asarray(count + 1, jnp.float64)))
# PyTorch factors the kernel over its last two axes.
case("adafactor", {"minDimSizeToFactor": 3}, adafactor(relative), lambda p: o.Adafactor(p), torch_without=["kernel"])
case("adafactor", {"learningRate": 0.05, "factored": False}, adafactor(0.05, factored=False))
case(
    "adafactor",
    {
        "learningRate": 0.05,
        "minDimSizeToFactor": 4,
        "decayRate": 0.6,
        "eps": 1e-3,
        "multiplyByParameterScale": False,
        "clippingThreshold": 0.3,
        "momentum": 0.7,
        "weightDecay": 0.01,
    },
    adafactor(over_t(0.05), 4, False, 0.3, 0.7, 0.01, decay_rate=0.6, epsilon=1e-3),
    **scheduled,
)
case("adafactor", {"learningRate": 0.05, "clippingThreshold": None}, adafactor(0.05, 128, clip=None))
case("lamb", lr, optax.lamb(0.05))
case(
    "lamb",
    wd,
    optax.lamb(over_t(0.05), weight_decay=over_t(0.1), mask=named("weight", "tall")),
    inverse_time=["learningRate", "weightDecay"],
    masks={"mask": ["weight", "tall"]},
)
case("lars", {"learningRate": 2}, optax.lars(2.0))
case(
    "lars",
    {"learningRate": 0.5, "weightDecay": 0.1, "trustCoefficient": 0.1, "eps": 1e-3, "momentum": 0.8, "nesterov": True},
    optax.lars(over_t(0.5), 0.1, named("weight", "tall"), 0.1, 1e-3, named("weight", "kernel"), 0.8, True),
    masks={"weightDecayMask": ["weight", "tall"], "trustRatioMask": ["weight", "kernel"]},
    **scheduled,
)
case("lion", lr, optax.lion(0.05))
case("lion", {**wd, "b1": 0.6, "b2": 0.8}, optax.lion(over_t(0.05), 0.6, 0.8, weight_decay=0.1), **scheduled)
case("novograd", lr, optax.novograd(0.05))
case(
    "novograd",
    {**wd, "b1": 0.8, "b2": 0.5, "eps": 1e-3, "epsRoot": 1e-2},
    optax.novograd(over_t(0.05), 0.8, 0.5, 1e-3, 1e-2, 0.1),
    **scheduled,
)
case("yogi", lr, optax.yogi(0.05))
case("yogi", {**lr, "b1": 0.7, "b2": 0.8, "eps": 1e-2}, optax.yogi(over_t(0.05), 0.7, 0.8, 1e-2), **scheduled)
case("adabelief", lr, optax.adabelief(0.05))
case(
    "adabelief",
    {**lr, "b1": 0.7, "b2": 0.9, "eps": 1e-3, "epsRoot": 1e-4, "nesterov": True},
    optax.adabelief(over_t(0.05), 0.7, 0.9, 1e-3, 1e-4, nesterov=True),
    **scheduled,
)
case("adan", lr, optax.adan(0.05))
case(
    "adan",
    {**wd, "b1": 0.9, "b2": 0.7, "b3": 0.8, "eps": 1e-3, "epsRoot": 0},
    optax.adan(over_t(0.05), 0.9, 0.7, 0.8, 1e-3, 0.0, weight_decay=0.1),
    **scheduled,
)
case("muon", lr, contrib.muon(0.05))
case(
    "muon",
    {**wd, "beta": 0.8, "nesterov": False, "nsSteps": 3, "consistentRms": 0.2, "adamLearningRate": 0.02, "adamWeightDecay": 0.3},
    contrib.muon(
        over_t(0.05),
        ns_steps=3,
        beta=0.8,
        weight_decay=0.1,
        nesterov=False,
        adam_learning_rate=0.02,
        adam_weight_decay=0.3,
        consistent_rms=0.2,
    ),
    **scheduled,
)
case(
    "muon",
    {**lr, "adaptive": True, "nsCoeffs": [2, -1.5, 0.5], "adamB1": 0.8, "adamB2": 0.9, "adamEpsRoot": 1e-4, "eps": 1e-3},
    contrib.muon(0.05, (2.0, -1.5, 0.5), eps=1e-3, adaptive=True, adam_b1=0.8, adam_b2=0.9, adam_eps_root=1e-4),
)
case("signSgd", lr, optax.sign_sgd(0.05))

head = {
    "versions": {"torch": torch.__version__.split("+")[0], "optax": optax.__version__, "jax": jax.__version__},
    "shapes": SHAPES,
    "stride": STRIDE,
    "written": WRITTEN,
}
rows = ",\n".join(json.dumps(entry) for entry in cases)
text = json.dumps(head, indent=1)[:-2] + ',\n "cases": [\n' + rows + "\n ]\n}\n"
json.loads(text)
(pathlib.Path(__file__).parent / "optimizers.json").write_text(text)
