"""Trains the same models in PyTorch: one JSON command per line on stdin, one JSON answer per line."""
import json
import sys
import time

import torch
from torch import nn

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(0)
VARIANTS = {
    "default": "PyTorch, Adam default",
    "foreach": "PyTorch, Adam foreach",
    "fused": "PyTorch, Adam fused",
    "compile": "torch.compile, Adam foreach",
}
print(json.dumps({"version": torch.__version__, "variants": VARIANTS}), flush=True)


class Last(nn.Module):
    """An LSTM, and a dense layer on its last state."""

    def __init__(self, features, hidden):
        super().__init__()
        self.lstm = nn.LSTM(features, hidden, batch_first=True)
        self.dense = nn.Linear(hidden, 10)

    def forward(self, x):
        _, (h, _) = self.lstm(x)
        return self.dense(h[0])


class Encoder(nn.Module):
    """Encoder blocks that normalise first, a mean over time, and a dense layer."""

    def __init__(self, layers, features, heads, hidden):
        super().__init__()
        layer = nn.TransformerEncoderLayer(features, heads, hidden, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers, norm=nn.LayerNorm(features), enable_nested_tensor=False)
        self.dense = nn.Linear(features, 10)

    def forward(self, x):
        return self.dense(self.encoder(x).mean(dim=1))


def build(command):
    """The model of a command, and the shape of one sample."""
    kind = command["kind"]
    if kind in ("mlp", "per-sample"):
        layers = command["layers"]
        parts = []
        for i in range(len(layers) - 1):
            parts += [nn.Linear(layers[i], layers[i + 1]), nn.ReLU()]
        return nn.Sequential(*parts[:-1]), [layers[0]]
    if kind == "conv":
        size, channels = command["size"], command["channels"]
        parts = []
        for i in range(len(channels) - 1):
            parts += [nn.Conv2d(channels[i], channels[i + 1], 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        last = channels[-1] * (size // 2 ** (len(channels) - 1)) ** 2
        return nn.Sequential(*parts, nn.Flatten(), nn.Linear(last, 10)), [channels[0], size, size]
    if kind == "lstm":
        return Last(command["features"], command["hidden"]), [command["time"], command["features"]]
    if kind == "transformer":
        sizes = [command[name] for name in ("layers", "features", "heads", "hidden")]
        return Encoder(*sizes), [command["time"], command["features"]]
    raise ValueError(f"no model of kind {kind}")


def per_sample(model):
    """Gradients of every example, each clipped to norm 1, and their mean (Abadi et al., 2016, without the noise)."""
    params = dict(model.named_parameters())

    def loss(params, x, y):
        return nn.functional.cross_entropy(torch.func.functional_call(model, params, (x[None],)), y[None])

    gradients = torch.func.vmap(torch.func.grad_and_value(loss), in_dims=(None, 0, 0))

    def fill(x, y):
        each, losses = gradients({name: p.detach() for name, p in params.items()}, x, y)
        norms = torch.sqrt(sum(g.flatten(1).square().sum(1) for g in each.values()))
        factors = torch.clamp(1 / norms, max=1)
        for name, p in params.items():
            p.grad = torch.einsum("b,b...->...", factors / len(x), each[name])
        return losses.mean()

    return fill


def prepare(command):
    model, shape = build(command)
    variant = command["variant"]
    adam = {"default": {}, "foreach": {"foreach": True}, "fused": {"fused": True}, "compile": {"foreach": True}}[variant]
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **adam)
    criterion = nn.CrossEntropyLoss()
    data = [(torch.rand(command["batch"], *shape), torch.randint(0, 10, (command["batch"],))) for _ in range(command["steps"])]
    if command["kind"] == "per-sample":
        fill = per_sample(model)
        fill = torch.compile(fill) if variant == "compile" else fill

        def step(x, y):
            fill(x, y)
            optimizer.step()

        return step, data
    forward = torch.compile(model) if variant == "compile" else model

    def step(x, y):
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(forward(x), y)
        loss.backward()
        optimizer.step()

    return step, data


prepared = {}
for line in sys.stdin:
    command = json.loads(line)
    key = json.dumps(command, sort_keys=True)
    try:
        if key not in prepared:
            prepared[key] = prepare(command)
        step, data = prepared[key]
        start = time.perf_counter()
        for x, y in data:
            step(x, y)
        answer = {"ms": (time.perf_counter() - start) / len(data) * 1e3}
    except Exception as error:  # Said to whoever asked, who goes on with the others.
        answer = {"error": f"{type(error).__name__}: {str(error).strip().splitlines()[0][:200] if str(error).strip() else ''}"}
    print(json.dumps(answer), flush=True)
