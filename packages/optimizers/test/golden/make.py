"""Writes schedules.json: schedules of Optax in float64. Needs optax and jax. Run: python make.py."""
import json
import pathlib

import jax
import optax

jax.config.update("jax_enable_x64", True)
HERE = pathlib.Path(__file__).parent

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

versions = {"optax": optax.__version__, "jax": jax.__version__}
(HERE / "schedules.json").write_text(json.dumps({"versions": versions, **schedules}, indent=1) + "\n")
