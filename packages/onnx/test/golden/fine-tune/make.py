"""Makes model.onnx, a small conv net as PyTorch exports it for training, and losses.json: what PyTorch's losses are when it is trained
further from that file, with another head, on the same data in the same order.

    OMP_NUM_THREADS=1 python packages/onnx/test/golden/fine-tune/make.py

Needs numpy, onnx and torch.
"""
import json
import pathlib

import numpy as np
import onnx
import torch
from torch import nn

folder = pathlib.Path(__file__).parent
torch.manual_seed(20261)
torch.set_num_threads(1)

FEATURES = 4 * 3 * 3
CLASSES = 3
STEPS = 50
BATCH = 8
RATE = 3e-3


# Convolutions before a normalisation have no bias: its gradient would be nothing but noise, which Adam makes as large as any.
class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 3, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Dropout(0.0)
        )
        self.classifier = nn.Linear(FEATURES, classes)

    def forward(self, x):
        return self.classifier(self.features(x))


def numbers(count, seed):
    """Numbers from -1 to 1 that any language makes alike."""
    return np.array([((i * 7919 + seed * 104729) % 1009) / 504.5 - 1 for i in range(count)], dtype=np.float64).astype(np.float32)


def data(step):
    x = numbers(BATCH * 12 * 12, step).reshape(BATCH, 1, 12, 12)
    # A stripe tells the class.
    labels = [(step * 5 + i * 7) % CLASSES for i in range(BATCH)]
    for i, label in enumerate(labels):
        x[i, 0, 2 + 3 * label] += 1.5
    return torch.from_numpy(x), torch.tensor(labels)


def export():
    net = Net(10)
    with torch.no_grad():
        for k, p in enumerate(net.parameters()):
            p.add_(torch.from_numpy(numbers(p.numel(), 1000 + k).reshape(p.shape)) * 0.05)
    net.train()
    # Running statistics that are no longer 0 and 1.
    for step in range(3):
        net(data(900 + step)[0])
    net.train()
    torch.onnx.export(
        net, (data(0)[0],), str(folder / "model.onnx"), dynamo=False, opset_version=17, training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False, input_names=["image"], output_names=["logits"], dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
    )


def load(frozen):
    """The network with the numbers of the file."""
    net = Net(10)
    stored = {t.name: torch.from_numpy(onnx.numpy_helper.to_array(t).copy()) for t in onnx.load(folder / "model.onnx").graph.initializer}
    net.load_state_dict(stored, strict=False)
    head = nn.Linear(FEATURES, CLASSES)
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(numbers(FEATURES * CLASSES, 77).reshape(CLASSES, FEATURES)) * 0.2)
        head.bias.copy_(torch.from_numpy(numbers(CLASSES, 78)) * 0.2)
    net.classifier = head
    if frozen:
        for p in net.features.parameters():
            p.requires_grad_(False)
    return net


def train(frozen):
    net = load(frozen)
    net.train()
    if frozen:
        net.features.eval()
    optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=RATE)
    losses = []
    for step in range(STEPS):
        x, labels = data(step)
        loss = nn.functional.cross_entropy(net(x), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    net.eval()
    with torch.no_grad():
        outputs = net(data(500)[0])
    state = {k: [float(v) for v in net.state_dict()[k].flatten()] for k in ("features.1.running_mean", "features.1.running_var")}
    return {"losses": losses, "outputs": [float(v) for v in outputs.flatten()], "statistics": state}


export()
(folder / "losses.json").write_text(json.dumps({"whole": train(False), "head": train(True)}, indent=1) + "\n")
