"""Writes functions.json: values, gradients and products of the Hessian with weights, by PyTorch in float64. Run: python make.py (needs torch)."""
import json, os
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

line = [-7.0, -3.25, -1.5, -0.75, -0.25, 0.25, 0.75, 1.5, 4.0, 8.0]
positive = [0.0078125, 0.25, 0.75, 1.0, 3.0, 1000.0]
above = [-0.75, -0.5, -0.25, -0.0009765625, 1e-6, 0.25, 0.5, 3.0, 1e6]
pairs = [[3.0, -3.0, 0.5, -0.25, 1.5, -40.0], [4.0, 4.0, -2.0, -0.125, 1.5, 2.0]]
matrix = [[1.5, -2.0, 0.5, 3.0, -1.0], [4.0, 0.25, -0.5, 2.0, 2.5]]
zeros = [[1.5, 0.0, 0.5, 3.0], [4.0, 0.0, -0.5, 0.0]]

cases = {
    "leakyRelu": (F.leaky_relu, [line]),
    "relu6": (F.relu6, [line]),
    "thresholdedRelu": (lambda x: F.threshold(x, 1.0, 0.0), [line]),
    "selu": (F.selu, [line]),
    "celu": (lambda x: F.celu(x, 0.5), [line]),
    "gelu": (F.gelu, [line]),
    "geluTanh": (lambda x: F.gelu(x, approximate="tanh"), [line]),
    "silu": (F.silu, [line]),
    "hardSwish": (F.hardswish, [line]),
    "mish": (F.mish, [line]),
    "logSigmoid": (F.logsigmoid, [line]),
    # PyTorch's own rounds 1/6 to float32 in the gradient.
    "hardSigmoid": (lambda x: F.relu6(x + 3) / 6, [line]),
    "hardTanh": (F.hardtanh, [line]),
    "squareplus": (lambda x: (x + torch.sqrt(x * x + 4)) / 2, [line]),
    "hardShrink": (F.hardshrink, [line]),
    "softShrink": (F.softshrink, [line]),
    "sinc": (torch.sinc, [line]),
    "expm1": (torch.expm1, [[*line, 1e-6, -1e-6, 20.0]]),
    "log1p": (torch.log1p, [above]),
    "log2": (torch.log2, [positive]),
    "log10": (torch.log10, [positive]),
    "exp2": (torch.exp2, [line]),
    "rsqrt": (torch.rsqrt, [positive]),
    "trunc": (torch.trunc, [line]),
    "atan2": (torch.atan2, pairs),
    "hypot": (torch.hypot, pairs),
    "logaddexp": (torch.logaddexp, pairs),
    "copysign": (torch.copysign, pairs),
    "prod": (lambda x: torch.prod(x, 1), [zeros]),
    "cumulativeProd": (lambda x: torch.cumprod(x, 1), [zeros]),
    "cumulativeMax": (lambda x: torch.cummax(x, 1).values, [matrix]),
    "cumulativeMin": (lambda x: torch.cummin(x, 1).values, [matrix]),
    "std": (lambda x: torch.std(x, 1, correction=1), [matrix]),
    "norm1": (lambda x: torch.linalg.vector_norm(x, 1, 1), [matrix]),
    "norm2": (lambda x: torch.linalg.vector_norm(x, 2, 1), [matrix]),
    "norm3": (lambda x: torch.linalg.vector_norm(x, 3, 1), [matrix]),
    "normInfinity": (lambda x: torch.linalg.vector_norm(x, float("inf"), 1), [matrix]),
    "median": (lambda x: torch.median(x, 1).values, [matrix]),
    "diff": (lambda x: torch.diff(x, n=2, dim=1), [matrix]),
}


def weigh(y):
    """Fixed weights without pattern, as the test computes them."""
    return (y.flatten() * (torch.arange(1, y.numel() + 1) * 0.6180339887498949 % 1 - 0.4)).sum()


def derivatives(y, xs):
    if not y.requires_grad:
        return [torch.zeros_like(x) for x in xs]
    found = torch.autograd.grad(y, xs, create_graph=True, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for g, x in zip(found, xs)]


def run(fn, inputs):
    xs = [torch.tensor(x, requires_grad=True) for x in inputs]
    y = fn(*xs)
    first = derivatives(weigh(y), xs)
    second = derivatives(sum(weigh(g) for g in first), xs)
    # Some zero gradients have no storage until something is added to them.
    values = lambda tensors: [(t.detach() + torch.zeros(t.shape)).tolist() for t in tensors]
    return {"inputs": inputs, "value": y.detach().tolist(), "gradients": values(first), "second": values(second)}


here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "functions.json"), "w") as file:
    lines = [f'"{name}": {json.dumps(run(fn, inputs))}' for name, (fn, inputs) in cases.items()]
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
