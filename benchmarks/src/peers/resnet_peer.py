"""Trains ResNet-18 with PyTorch: one JSON command per line on stdin, one JSON answer per line."""
import json
import sys
import time

import torch
from torch import nn

torch.set_num_threads(int(sys.argv[1]))
print(json.dumps({"version": torch.__version__, "variants": {"foreach": "PyTorch, Adam foreach", "fused": "PyTorch, Adam fused"}}), flush=True)


class Block(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(), nn.Conv2d(b, b, 3, 1, 1, bias=False), nn.BatchNorm2d(b)
        )
        self.shortcut = nn.Identity() if a == b else nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), nn.BatchNorm2d(b))

    def forward(self, x):
        return torch.relu(self.branch(x) + self.shortcut(x))


def resnet(classes):
    blocks = []
    for i, b in enumerate([64, 128, 256, 512]):
        blocks += [Block(64 if i == 0 else b // 2, b, 1 if i == 0 else 2), Block(b, b, 1)]
    stem = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes))


open_runs = {}
for line in sys.stdin:
    command = json.loads(line)
    variant, steps, batch, size, classes = (command[k] for k in ("variant", "steps", "batch", "size", "classes"))
    if variant not in open_runs:
        net = resnet(classes)
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, **{variant: True})
        open_runs[variant] = net, optimizer, torch.rand(steps, batch, 3, size, size), torch.randint(0, classes, (steps, batch))
    net, optimizer, x, y = open_runs[variant]
    start = time.perf_counter()
    for i in range(steps):
        loss = nn.functional.cross_entropy(net(x[i]), y[i])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    loss.item()
    print(json.dumps({"ms": (time.perf_counter() - start) * 1e3 / steps}), flush=True)
