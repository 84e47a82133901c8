"""Writes reference.json: the numbers of master.json, seed.json and units.json again, in float64 by NumPy from the formulas alone.

The three files hold what the published library computed in float32, to six digits; this script checks itself against them first.
"""
import json
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS = 3
INFERENCE = 10


def load(name):
    with open(os.path.join(HERE, name)) as file:
        return json.load(file)


def sgn(h):
    return np.where(h >= 0, 1.0, -1.0)


def perceptron(x, y, y_hat, margin, seed, gate=1.0):
    samples, senders = x.shape
    scale = samples if seed else np.sqrt(samples) * np.sqrt(senders)
    return -(gate * x).T @ ((y * y_hat <= margin) * y) / scale


def settle(sweep, s, most):
    """The state after at most so many sweeps, and the number of those that were needed to see that nothing changes."""
    for step in range(1, most + 1):
        before, s = s, sweep(s)
        if np.array_equal(before, s):
            break
    return s, step


def metrics(x, y, p, margin, seed):
    """What the published library does not report; the definitions are those of the package's guide."""
    silent = np.zeros((len(x), p["J"].shape[0]))
    clamped, clamped_steps = settle(lambda s: sgn(x @ p["Win"] + s @ p["J"] + y @ p["Wback"]), silent, STEPS)
    free, free_steps = settle(lambda s: sgn(x @ p["Win"] + s @ p["J"]), clamped, STEPS)
    asked, inference_steps = settle(lambda s: sgn(x @ p["Win"] + s @ p["J"]), silent, INFERENCE)
    field = x @ p["Win"] + free @ p["J"]
    unhappy = [
        free * (x @ p["Win"] if seed else field) <= margin["in_"],
        free * field <= margin["J"],
        y * (free @ p["Wout"]) <= margin["out"],
    ]
    return {
        "accuracy": np.mean((asked @ p["Wout"]).argmax(1) == y.argmax(1)),
        "taughtAccuracy": np.mean((free @ p["Wout"]).argmax(1) == y.argmax(1)),
        "unsatisfied": np.mean([np.mean(u) for u in unhappy]),
        "overlap": np.mean([a @ b / np.linalg.norm(a) / np.linalg.norm(b) for a, b in zip(clamped, free)]),
        "flips": np.mean(free != asked),
        "saturation": np.mean(np.abs(np.tanh(field))),
        "clampedSteps": clamped_steps,
        "freeSteps": free_steps,
        "inferenceSteps": inference_steps,
    }


def network(golden, seed):
    p = {name: np.array(golden[name]) for name in ("Win", "J", "Wback", "Wout")}
    x, y = np.array(golden["x"]), np.array(golden["y"])
    margin = golden["thresholds"]
    learning = ("Win", "J", "Wout")
    m = {name: np.zeros_like(p[name]) for name in learning}
    v = {name: np.zeros_like(p[name]) for name in learning}
    first = None
    measured = metrics(x, y, p, margin, seed)
    for t in range(1, STEPS + 1):
        s = np.zeros((len(x), golden["dims"]["H"]))
        clamped, free = [], []
        for _ in range(STEPS):
            s = sgn(x @ p["Win"] + s @ p["J"] + y @ p["Wback"])
            clamped.append(s)
        for _ in range(STEPS):
            s = sgn(x @ p["Win"] + s @ p["J"])
            free.append(s)
        scores = s @ p["Wout"]
        field = x @ p["Win"] + s @ p["J"]
        update = {
            "Win": perceptron(x, s, x @ p["Win"] if seed else field, margin["in_"], seed),
            "J": perceptron(s, s, field, margin["J"], seed) * (1 - np.eye(s.shape[1])),
            "Wout": perceptron(s, y, scores, margin["out"], seed),
        }
        first = first or {"clamped": clamped, "free": free, "scores": scores, "update": update}
        for name, g in update.items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.999 * v[name] + 0.001 * g * g
            p[name] = p[name] - 5e-3 * (m[name] / (1 - 0.9**t)) / (np.sqrt(v[name] / (1 - 0.999**t)) + 1e-8)
    first["metrics"] = measured
    first["after_3_adam_steps"] = {name: p[name] for name in learning}
    for name in ("clamped", "free", "scores"):
        check(first[name], golden[name])
    for group in ("update", "after_3_adam_steps"):
        for name in learning:
            check(first[group][name], golden[group][name])
    return first


def rules(units):
    def of(name):
        return {key: np.array(value) for key, value in units[name].items()}

    u = of("perceptron")
    x, y, h = u["x"], u["y"], u["y_hat"]
    out = {"perceptron": perceptron(x, y, h, u["margin"], False)}
    out["perceptron_gated"] = perceptron(x, y, h, u["margin"], False, of("perceptron_gated")["gate"])
    out["perceptron_seed"] = perceptron(x, y, h, u["margin"], True)
    scale = np.sqrt(len(x)) * np.sqrt(x.shape[1])
    u = of("tanh_rule")
    o = np.tanh(h)
    e = u["y"] - o
    out["tanh_rule"] = -x.T @ (e * (1 - o**2) * (np.abs(e) >= u["tolerance"])) / scale
    u = of("tanh_truncated_rule")
    decided = 1 - np.abs(np.tanh(h)) < u["tolerance"]
    out["tanh_truncated_rule"] = -x.T @ ((y * h <= u["margin"]) * decided * y) / scale
    u = of("ce_rule")
    p = np.exp(h) / np.exp(h).sum(axis=1, keepdims=True)
    out["ce_rule"] = x.T @ (p - (u["y"] + 1) / 2) / len(x) / np.sqrt(x.shape[1])
    u = of("fc_lr_wd")
    out["fc_lr_wd"] = u["lr"] * (perceptron(x, y, h, u["threshold"], False) + u["weight_decay"] / np.sqrt(x.shape[1]) * u["W"])
    for name, value in out.items():
        if name in units:
            check(value, units[name]["out"])
    return out


def check(ours, theirs):
    difference = np.max(np.abs(np.array(ours) - np.array(theirs)))
    assert difference <= 2e-6, difference


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    # Signed zeros are zeros.
    return (np.asarray(value) + 0.0).tolist()


if __name__ == "__main__":
    reference = {
        "master": network(load("master.json"), seed=False),
        "seed": network(load("seed.json"), seed=True),
        "rules": rules(load("units.json")),
    }
    with open(os.path.join(HERE, "reference.json"), "w") as file:
        json.dump(plain(reference), file)
        file.write("\n")
