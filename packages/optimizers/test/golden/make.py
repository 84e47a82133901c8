"""Writes optimizers.json and schedules.json: ten steps of each optimizer in PyTorch and Optax, and Optax's schedules.

Needs torch, optax and jax. Run: python make.py. The target is f(x, y) = (1 - x)^2 + 10 (y - x^2)^2 from (-1.2, 1), in float64.
"""
import json
import pathlib

import jax
import numpy as np
import optax
import torch

jax.config.update("jax_enable_x64", True)
HERE = pathlib.Path(__file__).parent
START = [-1.2, 1.0]
STEPS = 10


def rosenbrock(p):
    return (1 - p[0]) ** 2 + 10 * (p[1] - p[0] ** 2) ** 2


def run_torch(make):
    p = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = make([p])
    rows = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        rosenbrock(p).backward()
        optimizer.step()
        rows.append(p.detach().tolist())
    return rows


def run_optax(optimizer):
    p = jax.numpy.array(START)
    state = optimizer.init(p)
    rows = []
    for _ in range(STEPS):
        updates, state = optimizer.update(jax.grad(rosenbrock)(p), state, p)
        p = optax.apply_updates(p, updates)
        rows.append(np.asarray(p).tolist())
    return rows


o = torch.optim
optimizers = {
    "sgd": {
        "options": {"learningRate": 0.002},
        "torch": run_torch(lambda p: o.SGD(p, lr=0.002)),
        "optax": run_optax(optax.sgd(0.002)),
    },
    "sgd with momentum": {
        "options": {"learningRate": 0.002, "momentum": 0.9},
        "torch": run_torch(lambda p: o.SGD(p, lr=0.002, momentum=0.9)),
        "optax": run_optax(optax.sgd(0.002, momentum=0.9)),
    },
    "sgd with Nesterov momentum": {
        "options": {"learningRate": 0.002, "momentum": 0.9, "nesterov": True},
        "torch": run_torch(lambda p: o.SGD(p, lr=0.002, momentum=0.9, nesterov=True)),
        "optax": run_optax(optax.sgd(0.002, momentum=0.9, nesterov=True)),
    },
    "adam": {
        "options": {"learningRate": 0.05},
        "torch": run_torch(lambda p: o.Adam(p, lr=0.05)),
        "optax": run_optax(optax.adam(0.05)),
    },
    "adam with other constants": {
        "options": {"learningRate": 0.05, "b1": 0.7, "b2": 0.95, "eps": 1e-3},
        "torch": run_torch(lambda p: o.Adam(p, lr=0.05, betas=(0.7, 0.95), eps=1e-3)),
        "optax": run_optax(optax.adam(0.05, b1=0.7, b2=0.95, eps=1e-3)),
    },
    "adamw": {
        "options": {"learningRate": 0.05, "weightDecay": 0.1},
        "torch": run_torch(lambda p: o.AdamW(p, lr=0.05, weight_decay=0.1)),
        "optax": run_optax(optax.adamw(0.05, weight_decay=0.1)),
    },
}

steps = [0, 1, 3, 9, 10, 11, 25, 50, 99, 100, 150]


def values(schedule):
    return [float(schedule(s)) for s in steps]


schedules = {
    "steps": steps,
    "cosineDecay": [
        {"options": {"initValue": 0.3, "decaySteps": 100}, "values": values(optax.cosine_decay_schedule(0.3, 100))},
        {
            "options": {"initValue": 0.3, "decaySteps": 100, "alpha": 0.1},
            "values": values(optax.cosine_decay_schedule(0.3, 100, alpha=0.1)),
        },
    ],
    "linearWarmup": [
        {
            "options": {"initValue": 0.1, "peakValue": 0.9, "warmupSteps": 10},
            "values": values(optax.linear_schedule(0.1, 0.9, 10)),
        }
    ],
    "warmupCosine": [
        {
            "options": {"initValue": 0.01, "peakValue": 0.4, "warmupSteps": 10, "decaySteps": 100, "endValue": 0.02},
            "values": values(optax.warmup_cosine_decay_schedule(0.01, 0.4, 10, 100, end_value=0.02)),
        }
    ],
    "stepDecay": [
        {
            "options": {"initValue": 0.5, "stepSize": 10, "gamma": 0.3},
            "values": values(optax.exponential_decay(0.5, 10, 0.3, staircase=True)),
        }
    ],
}

versions = {"torch": torch.__version__.split("+")[0], "optax": optax.__version__, "jax": jax.__version__}
for name, content in {"optimizers": {"start": START, "cases": optimizers}, "schedules": schedules}.items():
    (HERE / f"{name}.json").write_text(json.dumps({"versions": versions, **content}, indent=1) + "\n")
