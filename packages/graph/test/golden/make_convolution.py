"""Writes convolution.json: convolutions, pools and normalisations in PyTorch, with first and second derivatives, in float64.

Needs torch. Run: python make_convolution.py. Inputs come from a formula that the test repeats, `numbers`; names of options are ours.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)


def numbers(shape, start):
    """Numbers without pattern from -0.5 to 0.5."""
    i = torch.arange(torch.Size(shape).numel(), dtype=torch.float64) + start
    return ((i * 0.7548776662466927 + 0.3) % 1 - 0.5).reshape(shape)


def pairs(pads):
    return [(p, p) if isinstance(p, int) else p for p in pads]


def padded(x, pads, value=0.0):
    """PyTorch takes symmetric pads only; the last axis comes first."""
    return F.pad(x, [n for pair in reversed(pairs(pads)) for n in pair], value=value)


def spread(value, rank):
    return [value] * rank if isinstance(value, int) else value


def conv(x, w, bias=None, strides=1, dilations=1, pads=None, groups=1):
    rank = x.ndim - 2
    run = [F.conv1d, F.conv2d, F.conv3d][rank - 1]
    x = padded(x, spread(pads or 0, rank))
    return run(x, w, bias, stride=strides, dilation=dilations, groups=groups)


def conv_transpose(x, w, bias=None, strides=1, dilations=1, pads=None, outputPadding=0, groups=1):
    rank = x.ndim - 2
    run = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][rank - 1]
    # What is padded at the end is taken from the whole result.
    y = run(x, w, bias, stride=strides, dilation=dilations, groups=groups, output_padding=outputPadding)
    for axis, (before, after) in enumerate(pairs(spread(pads or 0, rank))):
        y = y.narrow(2 + axis, before, y.shape[2 + axis] - before - after)
    return y


def max_pool(x, kernel, strides=None, dilations=1, pads=0, ceilMode=False):
    run = [F.max_pool1d, F.max_pool2d, F.max_pool3d][x.ndim - 3]
    return run(x, kernel, strides, pads, dilations, ceil_mode=ceilMode)


def average_pool(x, kernel, strides=None, pads=0, ceilMode=False, countIncludePad=False):
    run = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][x.ndim - 3]
    return run(x, kernel, strides, pads, ceil_mode=ceilMode, count_include_pad=countIncludePad)


def lp_pool(x, kernel, p=2, strides=None):
    run = [F.lp_pool1d, F.lp_pool2d][x.ndim - 3]
    return run(x, p, kernel, strides)


def layer_norm(x, scale=None, bias=None, axis=-1, epsilon=1e-5):
    return F.layer_norm(x, x.shape[axis:], scale, bias, epsilon)


def batch_norm(x, mean, variance, scale=None, bias=None, epsilon=1e-5):
    # As a formula: PyTorch gives no gradient by the statistics.
    mean, variance, scale, bias = (t.reshape(-1, 1) for t in (mean, variance, scale, bias))
    return (x - mean) / torch.sqrt(variance + epsilon) * scale + bias


def batch_norm_training(x, scale=None, bias=None, epsilon=1e-5):
    return F.batch_norm(x, None, None, scale, bias, training=True, eps=epsilon)


def group_norm(x, scale=None, bias=None, groups=1, epsilon=1e-5):
    return F.group_norm(x, groups, scale, bias, epsilon)


def instance_norm(x, scale=None, bias=None, epsilon=1e-5):
    return F.instance_norm(x, weight=scale, bias=bias, eps=epsilon)


def rms_norm(x, scale=None, axis=-1, epsilon=1e-5):
    return F.rms_norm(x, x.shape[axis:], scale, epsilon)


def local_response_norm(x, size, alpha=1e-4, beta=0.75, bias=1.0):
    return F.local_response_norm(x, size, alpha, beta, bias)


CASES = [
    # Function, ours and PyTorch's; shapes of the inputs; options.
    ("conv", conv, [[2, 3, 6], [4, 3, 3], [4]], {}),
    ("conv", conv, [[2, 4, 7], [6, 2, 2]], {"strides": 2, "dilations": 2, "pads": [[2, 1]], "groups": 2}),
    ("conv", conv, [[2, 2, 5, 4], [3, 2, 3, 3], [3]], {"pads": [1, 1]}),
    ("conv", conv, [[2, 2, 6, 5], [3, 2, 3, 2]], {"strides": [2, 1]}),
    ("conv", conv, [[1, 2, 7, 6], [2, 2, 3, 2]], {"strides": [3, 2], "pads": [[0, 2], [1, 0]]}),
    ("conv", conv, [[1, 2, 6, 6], [2, 2, 2, 3]], {"dilations": [3, 2], "pads": [[1, 0], [2, 1]]}),
    ("conv", conv, [[2, 4, 4, 4], [4, 1, 3, 3], [4]], {"pads": [1, 1], "groups": 4}),
    ("conv", conv, [[1, 4, 5, 5], [6, 2, 2, 2]], {"strides": 2, "groups": 2, "pads": [[1, 0], [0, 1]]}),
    ("conv", conv, [[2, 3, 3, 4], [5, 3, 1, 1]], {}),
    ("conv", conv, [[2, 3, 4, 4], [2, 3, 2, 2]], {"strides": 2}),
    ("conv", conv, [[1, 20, 3, 3], [2, 20, 2, 2]], {}),
    ("conv", conv, [[1, 2, 3, 4, 3], [2, 2, 2, 2, 2], [2]], {"pads": [[0, 1], 1, 0]}),
    ("conv", conv, [[1, 2, 4, 3, 5], [4, 1, 2, 2, 3]], {"strides": [2, 1, 2], "dilations": [1, 2, 1], "groups": 2}),
    ("convTranspose", conv_transpose, [[2, 3, 4], [3, 2, 3], [2]], {}),
    ("convTranspose", conv_transpose, [[2, 4, 4], [4, 2, 3]], {"strides": 3, "dilations": 2, "pads": [[1, 2]], "outputPadding": 2, "groups": 2}),
    ("convTranspose", conv_transpose, [[2, 2, 3, 3], [2, 3, 3, 2], [3]], {"pads": [1, 0]}),
    ("convTranspose", conv_transpose, [[1, 2, 3, 4], [2, 2, 3, 3]], {"strides": [2, 3], "pads": [1, [0, 1]], "outputPadding": [1, 2]}),
    ("convTranspose", conv_transpose, [[1, 4, 3, 3], [4, 1, 2, 2]], {"strides": 2, "groups": 4}),
    ("convTranspose", conv_transpose, [[1, 2, 2, 3, 2], [2, 1, 2, 2, 3]], {"strides": [1, 2, 2], "dilations": [2, 1, 1]}),
    ("maxPool", max_pool, [[2, 2, 9]], {"kernel": 3}),
    ("maxPool", max_pool, [[2, 2, 6, 7]], {"kernel": 2}),
    ("maxPool", max_pool, [[1, 2, 6, 7]], {"kernel": [3, 2], "strides": [2, 1], "pads": [1, 1]}),
    ("maxPool", max_pool, [[1, 2, 7, 8]], {"kernel": 2, "strides": 2, "ceilMode": True}),
    ("maxPool", max_pool, [[1, 1, 7, 8]], {"kernel": [2, 3], "strides": [3, 2], "dilations": [3, 2], "pads": [0, 1], "ceilMode": True}),
    ("maxPool", max_pool, [[1, 2, 4, 4, 5]], {"kernel": [2, 2, 3], "strides": [2, 1, 2]}),
    ("averagePool", average_pool, [[2, 2, 9]], {"kernel": 3, "strides": 2, "pads": [1]}),
    ("averagePool", average_pool, [[2, 2, 6, 7]], {"kernel": 2}),
    ("averagePool", average_pool, [[1, 2, 6, 7]], {"kernel": [3, 2], "strides": [2, 1], "pads": [1, 1], "countIncludePad": True}),
    ("averagePool", average_pool, [[1, 2, 6, 8]], {"kernel": 3, "strides": 2, "pads": [1, 1], "ceilMode": True}),
    ("averagePool", average_pool, [[1, 2, 6, 8]], {"kernel": 3, "strides": 2, "pads": [1, 1], "ceilMode": True, "countIncludePad": True}),
    ("averagePool", average_pool, [[1, 2, 4, 4, 5]], {"kernel": [2, 2, 3], "strides": [2, 1, 2]}),
    ("lpPool", lp_pool, [[1, 2, 6, 6]], {"kernel": [2, 3], "p": 4}),
    ("lpPool", lp_pool, [[2, 1, 9]], {"kernel": 3, "strides": 2}),
    ("layerNorm", layer_norm, [[2, 3, 5], [5], [5]], {}),
    ("layerNorm", layer_norm, [[2, 3, 5], [3, 5]], {"axis": -2, "epsilon": 0.01}),
    ("batchNorm", batch_norm, [[3, 4, 3], [4], [4], [4], [4]], {"epsilon": 0.6}),
    ("batchNormTraining", batch_norm_training, [[3, 4, 2, 3], [4], [4]], {}),
    ("batchNormTraining", batch_norm_training, [[5, 4]], {"epsilon": 0.01}),
    ("groupNorm", group_norm, [[2, 6, 2, 3], [6], [6]], {"groups": 3}),
    ("instanceNorm", instance_norm, [[2, 3, 3, 4], [3], [3]], {}),
    ("rmsNorm", rms_norm, [[2, 3, 5], [5]], {}),
    ("rmsNorm", rms_norm, [[2, 3, 4], [3, 4]], {"axis": -2, "epsilon": 0.01}),
    ("localResponseNorm", local_response_norm, [[2, 7, 3]], {"size": 5, "alpha": 0.5, "beta": 0.6, "bias": 1.5}),
]


def flat(t):
    return t.detach().flatten().tolist()


def record(name, fn, shapes, options):
    inputs = [numbers(shape, 10 * i).requires_grad_() for i, shape in enumerate(shapes)]
    y = fn(*inputs, **options)
    gradients = torch.autograd.grad((y * numbers(y.shape, 5)).sum(), inputs, create_graph=True)
    slope = sum((g * numbers(g.shape, 7)).sum() for g in gradients)
    second = torch.autograd.grad(slope, inputs, allow_unused=True) if slope.requires_grad else [None] * len(inputs)
    return {
        "function": name,
        "shapes": shapes,
        "options": options,
        "shape": list(y.shape),
        "y": flat(y),
        "gradients": [flat(g) for g in gradients],
        "second": [flat(torch.zeros_like(x) if g is None else g) for g, x in zip(second, inputs)],
    }


def ties():
    """Where several elements of a window are largest: numbers of four values only."""
    rows = []
    for shape, options in [([1, 2, 6, 8], {"kernel": 2}), ([1, 2, 7, 7], {"kernel": 3, "strides": 2, "pads": [1, 1]}), ([2, 1, 4, 4, 4], {"kernel": 2})]:
        x = torch.floor(numbers(shape, 0) * 4).requires_grad_()
        y = max_pool(x, **options)
        (gradient,) = torch.autograd.grad((y * numbers(y.shape, 5)).sum(), [x])
        rows.append({"shape": shape, "options": options, "gradient": flat(gradient)})
    return rows


golden = {"torch": torch.__version__.split("+")[0], "cases": [record(*case) for case in CASES], "ties": ties()}
lines = json.dumps(golden, separators=(",", ":")).replace('{"function"', '\n{"function"')
(HERE / "convolution.json").write_text(lines + "\n")
