"""Makes gradients.json: for every model of ONNX's own tests that PyTorch has written, the gradients of the sum of its outputs, each times
the cosine of its place, with respect to every float that goes in. PyTorch computes them in float64 by the operators that the file names.

    python packages/onnx/test/golden/make_gradients.py [folder]

`folder` has the tests of ONNX; default: that of the Debian package libonnx-testdata. Needs numpy, onnx and torch. Of each gradient three
numbers are kept: the sum, the sum of the elements each times the cosine of its place, and the largest absolute element.
"""
import json
import pathlib
import sys

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/libonnx-testdata/data") / "pytorch-converted"


def sides(pads):
    """[before..., after...] of the spatial axes, as F.pad has them: the last axis first."""
    half = len(pads) // 2
    return [n for i in reversed(range(half)) for n in (pads[i], pads[half + i])]


def padded(x, pads, value):
    return F.pad(x, sides(pads), value=value) if any(pads) else x


def conv(x, w, b, a):
    fn = [F.conv1d, F.conv2d, F.conv3d][w.dim() - 3]
    return fn(padded(x, a.get("pads", []), 0), w, b, stride=a["strides"], dilation=a.get("dilations", 1), groups=a.get("group", 1))


def transposed(x, w, b, a):
    fn = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][w.dim() - 3]
    pads = a["pads"][: w.dim() - 2]
    return fn(x, w, b, stride=a["strides"], padding=pads, output_padding=a.get("output_padding", 0), dilation=a.get("dilations", 1), groups=a.get("group", 1))


def pool(x, a, largest):
    k = len(a["kernel_shape"])
    if largest:
        return [F.max_pool1d, F.max_pool2d, F.max_pool3d][k - 1](padded(x, a["pads"], -np.inf), a["kernel_shape"], a["strides"], dilation=a.get("dilations", 1))
    # Without padding counted in: every window is divided by what it holds.
    fn = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][k - 1]
    ones = torch.ones_like(x)
    total = fn(padded(x, a["pads"], 0), a["kernel_shape"], a["strides"])
    return total if a.get("count_include_pad", 0) else total / fn(padded(ones, a["pads"], 0), a["kernel_shape"], a["strides"])


def flat_softmax(fn, x, axis):
    rows = int(np.prod(x.shape[:axis]))
    return fn(x.reshape(rows, -1), 1).reshape(x.shape)


def slopes(x, s):
    return s.reshape([-1] + [1] * (x.dim() - 2)) if s.dim() == 1 and s.numel() > 1 else s


def apply(op, i, a, opset, count):
    unary = {"Sigmoid": torch.sigmoid, "Exp": torch.exp, "Relu": torch.relu, "Selu": torch.selu, "Neg": torch.neg, "Softplus": F.softplus, "Abs": torch.abs, "Tanh": torch.tanh}
    binary = {"Mul": torch.mul, "Sub": torch.sub, "Add": torch.add, "Div": torch.div, "MatMul": torch.matmul}
    if op in unary:
        return unary[op](i[0])
    if op in binary:
        return binary[op](*i)
    if op == "Conv":
        return conv(i[0], i[1], i[2] if len(i) > 2 else None, a)
    if op == "ConvTranspose":
        return transposed(i[0], i[1], i[2] if len(i) > 2 else None, a)
    if op in ("MaxPool", "AveragePool"):
        return pool(i[0], a, op == "MaxPool")
    if op == "BatchNormalization":
        # PyTorch has no gradient for running statistics.
        return F.batch_norm(i[0], i[3].detach(), i[4].detach(), i[1], i[2], eps=a.get("epsilon", 1e-5))
    if op == "Elu":
        return F.elu(i[0], a.get("alpha", 1.0))
    if op == "LeakyRelu":
        return F.leaky_relu(i[0], a.get("alpha", 0.01))
    if op == "PRelu":
        return torch.where(i[0] > 0, i[0], i[0] * slopes(i[0], i[1]))
    if op == "Gemm":
        b = i[1].T if a.get("transB") else i[1]
        return a.get("alpha", 1.0) * (i[0].T if a.get("transA") else i[0]) @ b + a.get("beta", 1.0) * i[2]
    if op in ("Softmax", "LogSoftmax"):
        fn = torch.softmax if op == "Softmax" else torch.log_softmax
        return flat_softmax(fn, i[0], a.get("axis", 1)) if opset < 13 else fn(i[0], a.get("axis", -1))
    if op == "Transpose":
        return i[0].permute(a["perm"])
    if op == "Reshape":
        return i[0].reshape([int(n) for n in i[1]])
    if op == "Unsqueeze":
        for axis in sorted(a["axes"]):
            i[0] = i[0].unsqueeze(axis)
        return i[0]
    if op == "Squeeze":
        for axis in sorted(a["axes"], reverse=True):
            i[0] = i[0].squeeze(axis)
        return i[0]
    if op == "Split":
        axis = a.get("axis", 0)
        return torch.split(i[0], list(a["split"]) if "split" in a else i[0].shape[axis] // count, axis)
    if op == "Gather":
        return torch.index_select(i[0], a.get("axis", 0), i[1].reshape(-1)).reshape(i[1].shape + i[0].shape[1:])
    if op == "Pad":
        pads = a["pads"]
        mode = a.get("mode", b"constant").decode()
        if mode == "constant":
            return F.pad(i[0], sides(pads), value=a.get("value", 0.0))
        # F.pad reflects and repeats along spatial axes only.
        spatial = pads[2 : len(pads) // 2] + pads[len(pads) // 2 + 2 :]
        return F.pad(i[0], sides(spatial), mode={"reflect": "reflect", "edge": "replicate"}[mode])
    raise NotImplementedError(op)


def tensor(array):
    t = torch.from_numpy(np.array(array))
    return t.double() if t.is_floating_point() else t


def summary(g):
    g = g.reshape(-1)
    places = torch.cos(torch.arange(g.numel(), dtype=torch.float64))
    return [float(g.sum()), float((g * places).sum()), float(g.abs().max())]


def read(path):
    proto = onnx.TensorProto()
    proto.ParseFromString(path.read_bytes())
    return numpy_helper.to_array(proto)


results = {}
for case in sorted(root.iterdir()):
    model = onnx.load(case / "model.onnx")
    graph = model.graph
    values = {t.name: tensor(numpy_helper.to_array(t)) for t in graph.initializer}
    free = [v.name for v in graph.input if v.name not in values]
    for k, name in enumerate(free):
        values[name] = tensor(read(case / f"test_data_set_0/input_{k}.pb"))
    leaves = {n: v.requires_grad_() for n, v in values.items() if v.is_floating_point()}
    for node in graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Constant":
            values[node.output[0]] = tensor(numpy_helper.to_array(attributes["value"]))
            continue
        made = apply(node.op_type, [values[n] for n in node.input], attributes, model.opset_import[0].version, len(node.output))
        for name, value in zip(node.output, made if isinstance(made, tuple) else (made,)):
            values[name] = value
    loss = 0
    for k, output in enumerate(graph.output):
        y = values[output.name]
        np.testing.assert_allclose(y.detach().numpy(), read(case / f"test_data_set_0/output_{k}.pb"), rtol=1e-3, atol=1e-5)
        loss = loss + (y.reshape(-1) * torch.cos(torch.arange(y.numel(), dtype=torch.float64))).sum()
    gradients = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)
    results[case.name] = {n: None if g is None else summary(g) for n, g in zip(leaves, gradients)}
pathlib.Path(__file__).with_name("gradients.json").write_text(json.dumps(results, indent=1) + "\n")
print(len(results), "models")
