"""Writes schedules.json: values of Optax's schedules, by the names they have here.

Needs optax and jax. Run: python make_schedules.py. In float64.
"""
import json
import pathlib

import jax
import optax

jax.config.update("jax_enable_x64", True)
HERE = pathlib.Path(__file__).parent
STEPS = [0, 1, 2, 3, 7, 9, 10, 11, 25, 40, 50, 70, 85, 99, 100, 101, 150]

NAMES = {
    "initValue": "init_value",
    "endValue": "end_value",
    "peakValue": "peak_value",
    "decaySteps": "decay_steps",
    "warmupSteps": "warmup_steps",
    "transitionSteps": "transition_steps",
    "transitionBegin": "transition_begin",
    "decayRate": "decay_rate",
    "stepSize": "step_size",
    "boundariesAndScales": "boundaries_and_scales",
    "interpolateType": "interpolate_type",
    "pctStart": "pct_start",
    "pctFinal": "pct_final",
    "divFactor": "div_factor",
    "finalDivFactor": "final_div_factor",
}


def arguments(options):
    return {
        NAMES.get(name, name): {int(k): v for k, v in value.items()} if isinstance(value, dict) else value
        for name, value in options.items()
    }


def case(make, **options):
    schedule = make(**arguments(options))
    return {"options": options, "values": [float(schedule(step)) for step in STEPS]}


def warmup_polynomial(init_value, peak_value, warmup_steps, decay_steps, end_value, power):
    warmup = optax.linear_schedule(init_value, peak_value, warmup_steps)
    decay = optax.polynomial_schedule(peak_value, end_value, power, decay_steps - warmup_steps)
    return optax.join_schedules([warmup, decay], [warmup_steps])


def step_decay(init_value, step_size, gamma):
    return optax.exponential_decay(init_value, step_size, gamma, staircase=True)


def sgdr(cycles):
    return optax.sgdr_schedule([arguments(cycle) for cycle in cycles])


o = optax
constant = {"100": 0.5, "10": 0.1, "40": 2.0}
first = {"initValue": 0.1, "peakValue": 1.0, "warmupSteps": 5, "decaySteps": 25}
second = {"initValue": 0.2, "peakValue": 0.5, "warmupSteps": 0, "decaySteps": 50, "endValue": 0.05, "exponent": 2.0}
schedules = {
    "linearSchedule": [
        case(o.linear_schedule, initValue=0.9, endValue=0.1, transitionSteps=50),
        case(o.linear_schedule, initValue=0.1, endValue=0.9, transitionSteps=50, transitionBegin=7),
    ],
    "polynomialSchedule": [
        case(o.polynomial_schedule, initValue=0.9, endValue=0.1, power=2.0, transitionSteps=99),
        case(o.polynomial_schedule, initValue=0.1, endValue=0.9, power=0.5, transitionSteps=50, transitionBegin=10),
    ],
    "stepDecay": [case(step_decay, initValue=0.5, stepSize=10, gamma=0.3)],
    "cosineDecaySchedule": [
        case(o.cosine_decay_schedule, initValue=0.3, decaySteps=100),
        case(o.cosine_decay_schedule, initValue=0.3, decaySteps=100, alpha=0.1),
        case(o.cosine_decay_schedule, initValue=0.3, decaySteps=100, alpha=0.1, exponent=2.5),
    ],
    "exponentialDecay": [
        case(o.exponential_decay, initValue=0.5, transitionSteps=20, decayRate=0.7),
        case(o.exponential_decay, initValue=0.5, transitionSteps=20, decayRate=0.7, transitionBegin=7, staircase=True),
        case(o.exponential_decay, initValue=0.5, transitionSteps=20, decayRate=0.7, endValue=0.2),
        case(o.exponential_decay, initValue=0.5, transitionSteps=20, decayRate=1.7, transitionBegin=3, endValue=2.0),
    ],
    "piecewiseConstantSchedule": [
        case(o.piecewise_constant_schedule, initValue=0.8, boundariesAndScales=constant),
        case(o.piecewise_constant_schedule, initValue=0.8),
    ],
    "piecewiseInterpolateSchedule": [
        case(o.piecewise_interpolate_schedule, interpolateType="linear", initValue=0.8, boundariesAndScales=constant),
        case(o.piecewise_interpolate_schedule, interpolateType="cosine", initValue=0.8, boundariesAndScales=constant),
    ],
    "linearOnecycleSchedule": [
        case(o.linear_onecycle_schedule, transitionSteps=100, peakValue=0.6),
        case(o.linear_onecycle_schedule, transitionSteps=73, peakValue=0.6, pctStart=0.4, pctFinal=0.7, divFactor=10.0, finalDivFactor=50.0),
    ],
    "cosineOnecycleSchedule": [
        case(o.cosine_onecycle_schedule, transitionSteps=100, peakValue=0.6),
        case(o.cosine_onecycle_schedule, transitionSteps=73, peakValue=0.6, pctStart=0.4, divFactor=10.0, finalDivFactor=50.0),
    ],
    "warmupConstantSchedule": [case(o.warmup_constant_schedule, initValue=0.1, peakValue=0.9, warmupSteps=10)],
    "warmupCosineDecaySchedule": [
        case(o.warmup_cosine_decay_schedule, initValue=0.01, peakValue=0.4, warmupSteps=10, decaySteps=100, endValue=0.02),
        case(o.warmup_cosine_decay_schedule, initValue=0.01, peakValue=0.4, warmupSteps=10, decaySteps=100, endValue=0.02, exponent=1.5),
    ],
    "warmupExponentialDecaySchedule": [
        case(
            o.warmup_exponential_decay_schedule,
            initValue=0.01,
            peakValue=0.4,
            warmupSteps=10,
            transitionSteps=20,
            decayRate=0.6,
            transitionBegin=5,
            staircase=True,
            endValue=0.1,
        ),
    ],
    "warmupPolynomialDecaySchedule": [
        case(warmup_polynomial, initValue=0.01, peakValue=0.4, warmupSteps=10, decaySteps=100, endValue=0.02, power=2.0),
    ],
    "sgdrSchedule": [case(sgdr, cycles=[first, second, first])],
}

content = {"versions": {"optax": optax.__version__, "jax": jax.__version__}, "steps": STEPS, **schedules}
(HERE / "schedules.json").write_text(json.dumps(content, indent=1) + "\n")
