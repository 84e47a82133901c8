"""Trains the tutorial of local learning with NumPy, and with JAX where it is found: one JSON command per line, one JSON answer per line.

The step is written from the formulas as a user of either library would: two phases of a fixed number of sweeps, three rules, Adam. NumPy adds
up what a phase does not change once; JAX moves it out of its loop by itself.
"""
import json
import os
import sys
import time

threads = int(sys.argv[1])
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(threads)
if threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
os.environ["JAX_PLATFORMS"] = "cpu"

import numpy as np

VARIANTS = {"numpy": "NumPy"}
version = f"NumPy {np.__version__}"
everywhere = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
try:
    if everywhere is not None:
        # The runtime makes as many threads as it sees processors; afterwards they may run on any of them.
        os.sched_setaffinity(0, sorted(everywhere)[:threads])
    import jax
    import jax.numpy as jnp
    import optax
    from jax import lax

    jax.devices()
    VARIANTS |= {"jit": "JAX, jit of a step", "scan": "JAX, scan of a round's steps"}
    version += f", JAX {jax.__version__}"
except ImportError:
    pass
if everywhere is not None:
    for thread in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(thread), everywhere)
print(json.dumps({"version": version, "variants": VARIANTS}), flush=True)

RATE = 5e-3
MARGINS = {"input": 3.5, "coupling": 0.5, "readout": 3.5}


def task(command, rng):
    """Initial weights, and batches [steps, batch, ...] of noisy prototypes, each epoch the same."""
    n, hidden, classes = command["input"], command["hidden"], command["classes"]
    normal = lambda *shape: rng.standard_normal(shape).astype(np.float32)
    weights = {
        "input": normal(n, hidden) / np.float32(n**0.5),
        "coupling": normal(hidden, hidden) / np.float32(hidden**0.5),
        "readout": normal(hidden, classes) / np.float32(hidden**0.5),
    }
    np.fill_diagonal(weights["coupling"], 0.5)
    feedback = normal(classes, hidden) * np.float32(0.3 / classes**0.5)
    per_epoch = command["steps"] // command["epochs"]
    labels = rng.integers(0, classes, per_epoch * command["batch"])
    prototypes = np.where(rng.random((classes, n)) < 0.5, -1, 1)
    x = prototypes[labels] * np.where(rng.random((len(labels), n)) < 0.3, -1, 1)
    y = np.where(labels[:, None] == np.arange(classes), 1, -1)
    stack = lambda a: np.tile(a.astype(np.float32).reshape(per_epoch, command["batch"], -1), (command["epochs"], 1, 1))
    return weights, feedback, stack(x), stack(y)


class WithNumpy:
    def __init__(self, command):
        self.sweeps = command["sweeps"]
        self.weights, self.feedback, self.x, self.y = task(command, np.random.default_rng(0))

    def round(self):
        p = {name: w.copy() for name, w in self.weights.items()}
        m = {name: np.zeros_like(w) for name, w in p.items()}
        v = {name: np.zeros_like(w) for name, w in p.items()}
        one = np.float32(1)
        for t, (x, y) in enumerate(zip(self.x, self.y), 1):
            base = x @ p["input"]
            taught = base + y @ self.feedback
            s = np.zeros((len(x), len(p["coupling"])), np.float32)
            for fixed in (taught, base):
                for _ in range(self.sweeps):
                    s = np.where(fixed + s @ p["coupling"] >= 0, one, -one)
            field = base + s @ p["coupling"]
            updates = {
                "input": rule(np, x, s, field, "input"),
                "coupling": rule(np, s, s, field, "coupling"),
                "readout": rule(np, s, y, s @ p["readout"], "readout"),
            }
            np.fill_diagonal(updates["coupling"], 0)
            c1, c2 = np.float32(1 - 0.9**t), np.float32(1 - 0.999**t)
            for name, g in updates.items():
                m[name] = np.float32(0.9) * m[name] + np.float32(0.1) * g
                v[name] = np.float32(0.999) * v[name] + np.float32(0.001) * g * g
                p[name] -= np.float32(RATE) * (m[name] / c1) / (np.sqrt(v[name] / c2) + np.float32(1e-8))


def rule(xp, x, y, field, name):
    scale = np.float32(1 / (x.shape[0] * x.shape[1]) ** 0.5)
    return -(x.T @ (xp.where(y * field <= MARGINS[name], y, 0) * scale))


class WithJax:
    def __init__(self, command):
        weights, feedback, x, y = task(command, np.random.default_rng(0))
        self.weights, self.x, self.y = jax.tree.map(jnp.asarray, (weights, x, y))
        feedback = jnp.asarray(feedback)
        optimizer = optax.adam(RATE)
        self.initial = optimizer.init(self.weights)
        others = 1 - jnp.eye(command["hidden"])

        def step(p, state, x, y):
            def phase(s, message):
                sweep = lambda s, _: (jnp.where(x @ p["input"] + s @ p["coupling"] + message() >= 0, 1.0, -1.0), None)
                return lax.scan(sweep, s, None, length=command["sweeps"])[0]

            s = phase(jnp.zeros((len(x), command["hidden"])), lambda: y @ feedback)
            s = phase(s, lambda: 0.0)
            field = x @ p["input"] + s @ p["coupling"]
            updates = {
                "input": rule(jnp, x, s, field, "input"),
                "coupling": rule(jnp, s, s, field, "coupling") * others,
                "readout": rule(jnp, s, y, s @ p["readout"], "readout"),
            }
            updates, state = optimizer.update(updates, state, p)
            return optax.apply_updates(p, updates), state

        def all_steps(p, state, xs, ys):
            return lax.scan(lambda carry, batch: (step(*carry, *batch), None), (p, state), (xs, ys))[0]

        scan = command["variant"] == "scan"
        self.run = jax.jit(all_steps if scan else step)
        self.batches = [(self.x, self.y)] if scan else list(zip(self.x, self.y))

    def round(self):
        p, state = self.weights, self.initial
        for x, y in self.batches:
            p, state = self.run(p, state, x, y)
        jax.block_until_ready(p)


made = {}
for line in sys.stdin:
    command = json.loads(line)
    key = json.dumps(command, sort_keys=True)
    if key not in made:
        made[key] = (WithNumpy if command["variant"] == "numpy" else WithJax)(command)
    start = time.perf_counter()
    made[key].round()
    print(json.dumps({"ms": (time.perf_counter() - start) / command["steps"] * 1e3}), flush=True)
