"""Trains the same perceptrons in PyTorch eager mode: one JSON command per line on stdin, one JSON answer per line."""
import json
import sys
import time

import torch

torch.set_num_threads(int(sys.argv[1]))
print(json.dumps({"version": torch.__version__}), flush=True)
models = {}


def prepare(layers, batch, adam, batches):
    parts = []
    for i in range(len(layers) - 1):
        parts += [torch.nn.Linear(layers[i], layers[i + 1]), torch.nn.ReLU()]
    model = torch.nn.Sequential(*parts[:-1])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **({} if adam == "default" else {adam: True}))
    data = [(torch.rand(batch, layers[0]), torch.randint(0, layers[-1], (batch,))) for _ in range(batches)]
    return model, optimizer, torch.nn.CrossEntropyLoss(), data


for line in sys.stdin:
    command = json.loads(line)
    key = json.dumps([command["layers"], command["batch"], command["adam"]])
    if key not in models:
        models[key] = prepare(command["layers"], command["batch"], command["adam"], command["steps"])
    model, optimizer, criterion, data = models[key]
    start = time.perf_counter()
    for x, y in data:
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    print(json.dumps({"ms": (time.perf_counter() - start) / len(data) * 1e3}), flush=True)
