"""Writes wrappers.json: twelve steps of Optax's wrappers and of L-BFGS, by the names they have here.

Needs optax and jax. Run: python make_wrappers.py. The target is f(a, b) = (1 - a)^2 + 10 (b - a^2)^2 from (-1.2, 1), in float64.
"""
import json
import pathlib

import jax
import jax.numpy as jnp
import optax

jax.config.update("jax_enable_x64", True)
HERE = pathlib.Path(__file__).parent
START = {"a": -1.2, "b": 1.0}
STEPS = 12


def loss(p):
    return (1 - p["a"]) ** 2 + 10 * (p["b"] - p["a"] ** 2) ** 2


def numbers(p):
    return [float(p["a"]), float(p["b"])]


def start():
    return {name: jnp.asarray(value) for name, value in START.items()}


def run(optimizer, steps=STEPS, evaluate=None, **extra):
    """The parameters after each step; where given, `evaluate` of state and parameters beside them."""
    p = start()
    state = optimizer.init(p)
    path, evaluated = [], []
    for _ in range(steps):
        value, gradient = jax.value_and_grad(loss)(p)
        more = {name: make(value, gradient) for name, make in extra.items()}
        updates, state = optimizer.update(gradient, state, p, **more)
        p = optax.apply_updates(p, updates)
        path.append(numbers(p))
        if evaluate is not None:
            evaluated.append(numbers(evaluate(state, p)))
    return {"path": path, **({} if evaluate is None else {"evaluated": evaluated})}


def lookahead():
    optimizer = optax.lookahead(optax.sgd(0.002, momentum=0.9), 5, 0.5)
    p = optax.LookaheadParams(fast=start(), slow=start())
    state = optimizer.init(p)
    path, evaluated = [], []
    for _ in range(STEPS):
        updates, state = optimizer.update(jax.grad(loss)(p.fast), state, p)
        p = optax.apply_updates(p, updates)
        path.append(numbers(p.fast))
        evaluated.append(numbers(p.slow))
    return {"path": path, "evaluated": evaluated}


def multi_steps():
    return run(optax.MultiSteps(optax.adam(0.05), 3, accumulator_dtype=jnp.float64))


def plateau():
    """Losses of its own, so that they stop falling: see the test."""
    optimizer = optax.contrib.reduce_on_plateau(factor=0.5, patience=2, rtol=1e-2, cooldown=3, accumulation_size=2, min_scale=0.1)
    losses = [5, 4, 4, 3, 3, 3.5, 3.4, 3.6, 3.2, 3.3, 3, 3, 3, 3, 2.5, 2.5, 2.5, 2.5, 2.6, 2.6, 2.5, 2.5, 2.4, 2.49] + [2.5] * 30
    state = optimizer.init({"w": jnp.ones(())})
    scales = []
    for value in losses:
        updates, state = optimizer.update({"w": jnp.ones(())}, state, value=value)
        scales.append(float(updates["w"]))
    return {"losses": losses, "scales": scales}


def schedule_free(base, rate, **options):
    optimizer = optax.contrib.schedule_free(base, rate, **options)
    return run(optimizer, evaluate=optax.contrib.schedule_free_eval_params)


ascent = optax.chain(optax.contrib.normalize(), optax.sgd(0.05))
# Optax divides its 32-bit counts in float32.
warmup = lambda count: optax.warmup_constant_schedule(0.0, 0.004, 6)(jnp.asarray(count, jnp.int64))
searched = {"value": lambda v, g: v, "grad": lambda v, g: g, "value_fn": lambda v, g: loss}
o = optax
cases = {
    "masked": run(o.chain(o.masked(o.scale(3.0), {"a": False, "b": True}), o.sgd(0.002))),
    "partition": run(o.partition({"one": o.sgd(0.002), "two": o.adam(0.05)}, {"a": "one", "b": "two"})),
    "freeze": run(o.partition({"still": o.set_to_zero(), "free": o.adam(0.05)}, {"a": "free", "b": "still"})),
    "accumulate": multi_steps(),
    "lookahead": lookahead(),
    "sam": run(
        o.contrib.sam(o.sgd(0.002, momentum=0.9), ascent, opaque_mode=True),
        grad_fn=lambda v, g: lambda p, _: jax.grad(loss)(p),
    ),
    "scheduleFree sgd": schedule_free(o.sgd(0.004), 0.004),
    "scheduleFree adam": schedule_free(o.adam(0.05, b1=0.0), 0.05, b1=0.8, weight_lr_power=1.0),
    # Optax counts the steps of its own rate from 1, those of the base from 0.
    "scheduleFree warmup": schedule_free(o.sgd(warmup), lambda count: warmup(count - 1)),
    "reduceOnPlateau": plateau(),
    "backtrackingLinesearch": run(o.chain(o.sgd(1.0), o.scale_by_backtracking_linesearch(19)), **searched),
    "lbfgs without search": run(o.lbfgs(0.3, memory_size=3, linesearch=None)),
    "lbfgs": run(
        o.lbfgs(
            memory_size=4,
            linesearch=o.scale_by_backtracking_linesearch(19, decrease_factor=0.5, increase_factor=float("inf")),
        ),
        **searched,
    ),
    "conditionallyTransform": run(o.chain(o.transforms.conditionally_transform(o.trace(0.9), lambda step: step % 3 != 1), o.sgd(0.002))),
}
content = {"versions": {"optax": optax.__version__, "jax": jax.__version__}, "start": START, "cases": cases}
(HERE / "wrappers.json").write_text(json.dumps(content, indent=1) + "\n")
for name, case in cases.items():
    print(name, case["path"][-1] if "path" in case else case["scales"])
