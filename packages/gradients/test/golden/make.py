"""Writes transforms.json: what Optax's gradient transforms give over several steps, by the names they have here.

Needs optax and jax. Run: python make.py. In float64; a NaN is written as null.
"""
import json
import math
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)
HERE = pathlib.Path(__file__).parent
SHAPES = {"kernel": (2, 3, 2, 2), "weight": (3, 4), "bias": (4,), "scale": ()}
STEPS = 6


def wave(shape, phase, size=1.0):
    return size * np.sin(phase + 1.7 * np.arange(math.prod(shape), dtype=np.float64)).reshape(shape)


PARAMS = {name: np.abs(wave(shape, i)) for i, (name, shape) in enumerate(SHAPES.items())}
GRADIENTS = [
    {name: wave(shape, 10 * t + i, 0.3 + t) for i, (name, shape) in enumerate(SHAPES.items())} for t in range(STEPS)
]
# Steps 1, 3, 4 and 5 are broken: one alone, then three in a row.
BROKEN = [{name: g.copy() for name, g in gradients.items()} for gradients in GRADIENTS]
BROKEN[1]["bias"][2] = np.nan
BROKEN[3]["kernel"][0, 1, 0, 1] = np.inf
BROKEN[4]["scale"] = np.array(-np.inf)
BROKEN[5]["weight"][2, 3] = np.nan


def values(array):
    return [None if np.isnan(v) else "Infinity" if v == np.inf else "-Infinity" if v == -np.inf else float(v) for v in np.ravel(array)]


def record(tree):
    return {name: values(tree[name]) for name in SHAPES}


def run(transform, gradients=GRADIENTS):
    params = jax.tree.map(jnp.asarray, PARAMS)
    state = transform.init(params)
    rows = []
    for g in gradients:
        updates, state = transform.update(jax.tree.map(jnp.asarray, g), state, params)
        rows.append(record(updates))
    return rows


def each(transforms, prepare=lambda name, x: x):
    """Another transform for each parameter, after `prepare`, whose inverse is itself."""
    rows = [{} for _ in GRADIENTS]
    for name in SHAPES:
        transform = transforms(name)
        params = jnp.asarray(prepare(name, PARAMS[name]))
        state = transform.init(params)
        for row, g in zip(rows, GRADIENTS):
            updates, state = transform.update(jnp.asarray(prepare(name, g[name])), state, params)
            row[name] = values(prepare(name, updates))
    return rows


cases = {
    # Units of a kernel are its first axis here, its last in Optax.
    "adaptiveGradClip": each(lambda name: optax.adaptive_grad_clip(0.4, 1e-3, axis=(1, 2, 3) if name == "kernel" else None)),
    "applyIfFinite": run(optax.apply_if_finite(optax.ema(0.8), 2), BROKEN),
    # Units of a matrix are its columns here, its rows in Optax.
    "centralize": each(lambda _: optax.centralize(), lambda name, x: x.T if name == "weight" else x),
    "clipByBlockRms": run(optax.clip_by_block_rms(0.6)),
    "clipByGlobalNorm": run(optax.clip_by_global_norm(5.0)),
    "clipByValue": run(optax.clip(0.5)),
    "ema": run(optax.ema(0.8)),
    "ema without debias": run(optax.ema(0.8, debias=False)),
    "keepParamsNonnegative": run(optax.keep_params_nonnegative()),
    "normalizeByUpdateNorm": run(optax.normalize_by_update_norm(2.5, 1e-3)),
    "zeroNans": run(optax.zero_nans(), BROKEN),
}
content = {
    "versions": {"optax": optax.__version__, "jax": jax.__version__},
    "shapes": SHAPES,
    "params": record(PARAMS),
    "gradients": [record(g) for g in GRADIENTS],
    "broken": [record(g) for g in BROKEN],
    "cases": cases,
}
(HERE / "transforms.json").write_text(json.dumps(content) + "\n")
