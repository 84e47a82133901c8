"""Trains the same models with JAX and Optax: one JSON command per line on stdin, one JSON answer per line."""
import json
import os
import sys
import time

threads = int(sys.argv[1])
if threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
os.environ["JAX_PLATFORMS"] = "cpu"
everywhere = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
if everywhere is not None:
    # The runtime makes as many threads as it sees processors; afterwards they may run on any of them.
    os.sched_setaffinity(0, sorted(everywhere)[:threads])

import jax
import jax.numpy as jnp
import optax
from jax import lax

jax.devices()
if everywhere is not None:
    for thread in os.listdir("/proc/self/task"):
        os.sched_setaffinity(int(thread), everywhere)

VARIANTS = {"jit": "JAX, jit of a step", "scan": "JAX, scan of a round's steps"}
print(json.dumps({"version": jax.__version__, "variants": VARIANTS}), flush=True)


def weights(key, *shape):
    return jax.random.normal(key, shape) * (2 / shape[0]) ** 0.5


def dense(key, n, m):
    return {"w": weights(key, n, m), "b": jnp.zeros(m)}


def linear(p, x):
    return x @ p["w"] + p["b"]


def mlp(command, keys):
    layers = command["layers"]
    params = [dense(next(keys), n, m) for n, m in zip(layers, layers[1:])]

    def apply(params, x):
        for p in params[:-1]:
            x = jax.nn.relu(linear(p, x))
        return linear(params[-1], x)

    return params, apply, (layers[0],)


def conv(command, keys):
    size, channels = command["size"], command["channels"]
    convolutions = [
        {"w": jax.random.normal(next(keys), (3, 3, n, m)) * (2 / (9 * n)) ** 0.5, "b": jnp.zeros(m)}
        for n, m in zip(channels, channels[1:])
    ]
    left = size // 2 ** (len(channels) - 1)
    params = {"convolutions": convolutions, "dense": dense(next(keys), channels[-1] * left**2, 10)}

    def apply(params, x):
        for p in params["convolutions"]:
            x = lax.conv_general_dilated(x, p["w"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
            x = lax.reduce_window(jax.nn.relu(x + p["b"]), -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        return linear(params["dense"], x.reshape(x.shape[0], -1))

    return params, apply, (size, size, channels[0])


def lstm(command, keys):
    features, hidden = command["features"], command["hidden"]
    params = {
        "input": dense(next(keys), features, 4 * hidden),
        "recurrent": weights(next(keys), hidden, 4 * hidden),
        "dense": dense(next(keys), hidden, 10),
    }

    def apply(params, x):
        projected = linear(params["input"], x.transpose(1, 0, 2))

        def step(state, row):
            h, c = state
            i, f, g, o = jnp.split(row + h @ params["recurrent"], 4, axis=1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

        zero = jnp.zeros((x.shape[0], hidden))
        (h, _), _ = lax.scan(step, (zero, zero), projected)
        return linear(params["dense"], h)

    return params, apply, (command["time"], features)


def transformer(command, keys):
    features, heads, hidden = command["features"], command["heads"], command["hidden"]
    norm = {"w": jnp.ones(features), "b": jnp.zeros(features)}
    params = {
        "blocks": [
            {
                "attention": dense(next(keys), features, 3 * features),
                "output": dense(next(keys), features, features),
                "up": dense(next(keys), features, hidden),
                "down": dense(next(keys), hidden, features),
                "norms": [norm, norm],
            }
            for _ in range(command["layers"])
        ],
        "norm": norm,
        "dense": dense(next(keys), features, 10),
    }

    def normalize(p, x):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) * lax.rsqrt(variance + 1e-5) * p["w"] + p["b"]

    def attention(p, x):
        batch, steps, _ = x.shape
        q, k, v = jnp.split(linear(p["attention"], x).reshape(batch, steps, 3 * heads, -1), 3, axis=2)
        return linear(p["output"], jax.nn.dot_product_attention(q, k, v).reshape(batch, steps, features))

    def apply(params, x):
        for p in params["blocks"]:
            x = x + attention(p, normalize(p["norms"][0], x))
            x = x + linear(p["down"], jax.nn.gelu(linear(p["up"], normalize(p["norms"][1], x)), approximate=False))
        return linear(params["dense"], normalize(params["norm"], x).mean(1))

    return params, apply, (command["time"], features)


def per_sample(loss):
    """Gradients of every example, each clipped to norm 1, and their mean (Abadi et al., 2016, without the noise)."""

    def gradients(params, x, y):
        one = jax.value_and_grad(lambda p, x, y: loss(p, x[None], y[None]))
        losses, each = jax.vmap(one, in_axes=(None, 0, 0))(params, x, y)
        norms = jnp.sqrt(sum(jnp.square(g.reshape(len(x), -1)).sum(1) for g in jax.tree.leaves(each)))
        factors = jnp.minimum(1, 1 / norms) / len(x)
        return losses.mean(), jax.tree.map(lambda g: jnp.tensordot(factors, g, 1), each)

    return gradients


KINDS = {"mlp": mlp, "per-sample": mlp, "conv": conv, "lstm": lstm, "transformer": transformer}


class Trained:
    def __init__(self, command):
        keys = iter(jax.random.split(jax.random.key(0), 100))
        params, apply, shape = KINDS[command["kind"]](command, keys)
        self.params = jax.tree.map(jnp.copy, params)  # Buffers that are given away may not be shared.
        optimizer = optax.adam(1e-3)
        self.state = optimizer.init(self.params)
        steps, batch = command["steps"], command["batch"]
        self.x = jax.random.uniform(next(keys), (steps, batch, *shape))
        self.y = jax.random.randint(next(keys), (steps, batch), 0, 10)

        def loss(params, x, y):
            return optax.softmax_cross_entropy_with_integer_labels(apply(params, x), y).mean()

        gradients = per_sample(loss) if command["kind"] == "per-sample" else jax.value_and_grad(loss)

        def step(params, state, x, y):
            value, g = gradients(params, x, y)
            updates, state = optimizer.update(g, state, params)
            return optax.apply_updates(params, updates), state, value

        def all_steps(params, state, xs, ys):
            def body(carry, batch):
                params, state, value = step(*carry, *batch)
                return (params, state), value

            (params, state), values = lax.scan(body, (params, state), (xs, ys))
            return params, state, values

        self.scan = command["variant"] == "scan"
        self.run = jax.jit(all_steps if self.scan else step, donate_argnums=(0, 1))
        self.batches = None if self.scan else [(self.x[i], self.y[i]) for i in range(steps)]

    def round(self):
        batches = [(self.x, self.y)] if self.scan else self.batches
        for x, y in batches:
            self.params, self.state, value = self.run(self.params, self.state, x, y)
        jax.block_until_ready((self.params, value))


trained = {}
for line in sys.stdin:
    command = json.loads(line)
    key = json.dumps(command, sort_keys=True)
    try:
        if key not in trained:
            trained[key] = Trained(command)
        start = time.perf_counter()
        trained[key].round()
        answer = {"ms": (time.perf_counter() - start) / command["steps"] * 1e3}
    except Exception as error:  # Said to whoever asked, who goes on with the others.
        answer = {"error": f"{type(error).__name__}: {(str(error).strip() or '-').splitlines()[0][:200]}"}
    print(json.dumps(answer), flush=True)
