"""Makes shapes.onnx: a small conv net that PyTorch has taught to tell four shapes apart, exported so that it can be trained further.

    python examples/fine-tune-onnx/model/make.py

Needs numpy and torch.
"""
import pathlib

import numpy as np
import torch
from torch import nn

SIDE = 24
rng = np.random.default_rng(20263)
torch.manual_seed(20263)
torch.set_num_threads(1)


def edges(kind, x, y, r):
    """How far a place is from the line of the shape, in pixels."""
    if kind == 0:
        return np.abs(np.hypot(x, y) - r)
    if kind == 1:
        return np.abs(np.maximum(np.abs(x), np.abs(y)) - 0.85 * r)
    if kind == 2:
        return np.abs(np.maximum(np.abs(x) * 0.866 + y * 0.5, -y) - 0.6 * r)
    return np.minimum(np.maximum(np.abs(x + y) * 0.707, np.hypot(x, y) - r), np.maximum(np.abs(x - y) * 0.707, np.hypot(x, y) - r))


def shapes(count):
    labels = np.arange(count) % 4
    images = []
    for kind in labels:
        rows, columns = np.mgrid[:SIDE, :SIDE]
        angle, r = rng.uniform(-0.4, 0.4), rng.uniform(5, 9)
        dx, dy = columns - 11.5 - rng.uniform(-3, 3), rows - 11.5 - rng.uniform(-3, 3)
        x, y = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
        ink = np.clip(1.5 - edges(kind, x, y, r), 0, 1) * rng.uniform(0.6, 1)
        images.append(np.maximum(ink, rng.uniform(0, 0.3, (SIDE, SIDE))))
    return torch.tensor(np.array(images), dtype=torch.float32)[:, None], torch.tensor(labels)


class Shapes(nn.Module):
    def __init__(self):
        super().__init__()
        block = lambda a, b: [nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2)]
        self.features = nn.Sequential(*block(1, 16), *block(16, 32), *block(32, 48), nn.Flatten())
        self.classifier = nn.Linear(48 * 9, 4)

    def forward(self, x):
        return self.classifier(self.features(x))


net = Shapes()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for step in range(400):
    x, labels = shapes(64)
    loss = nn.functional.cross_entropy(net(x), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
net.eval()
with torch.no_grad():
    x, labels = shapes(1000)
    print("accuracy", (net(x).argmax(1) == labels).float().mean().item())
torch.onnx.export(
    net, (x[:2],), str(pathlib.Path(__file__).with_name("shapes.onnx")), dynamo=False, opset_version=17,
    training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False, input_names=["image"], output_names=["logits"],
    dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
)
