"""Makes models.json: small models in forms that the tests of ONNX leave out (old operator sets, rare attributes), with inputs and
the outputs of ONNX Runtime.

    OMP_NUM_THREADS=1 python packages/onnx/test/golden/make.py

Needs numpy, onnx and onnxruntime.
"""
import base64
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

rng = np.random.default_rng(20240607)
cases = []


def f32(*shape):
    return rng.uniform(-2, 2, shape).astype(np.float32)


def i64(*values):
    return np.array(values, dtype=np.int64)


def kind(array):
    return helper.np_dtype_to_tensor_dtype(np.asarray(array).dtype)


def info(name, array):
    return helper.make_tensor_value_info(name, kind(array), list(np.asarray(array).shape))


def unknown(name, type_=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, type_, None)


def add(name, nodes, inputs, outputs, opset, initializers=None, ir=8):
    """`inputs` and `initializers`: arrays by name; `outputs`: names, or names with an element type."""
    initializers = initializers or {}
    listed = [o if isinstance(o, tuple) else (o, TensorProto.FLOAT) for o in outputs]
    given = [info(n, a) for n, a in inputs.items()]
    if ir < 4:
        given += [info(n, a) for n, a in initializers.items()]
    graph = helper.make_graph(
        nodes, "g", given, [unknown(*o) for o in listed], [numpy_helper.from_array(a, n) for n, a in initializers.items()]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    results = session.run([n for n, _ in listed], inputs)
    cases.append(
        {
            "name": f"{name} (operator set {opset})",
            "model": base64.b64encode(model.SerializeToString()).decode(),
            "inputs": {n: packed(a) for n, a in inputs.items()},
            "outputs": {n: packed(a) for (n, _), a in zip(listed, results)},
        }
    )


def number(value):
    """JSON has no infinities; JavaScript reads these words as numbers."""
    if np.isfinite(value):
        return value.item()
    return "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def packed(array):
    array = np.asarray(array)
    values = [number(v) for v in array.ravel()]
    return {"dtype": str(array.dtype), "shape": list(array.shape), "data": [int(v) for v in values] if array.dtype == bool else values}


def one(name, op, inputs, opset, outputs=("y",), constants=None, **attributes):
    """A model of one node: its inputs are those given, then constants, in the order of both; `_` is left out."""
    constants = constants or {}
    names = ["" if n.startswith("_") else n for n in [*inputs, *constants]]
    inputs = {n: a for n, a in inputs.items() if not n.startswith("_")}
    constants = {n: a for n, a in constants.items() if not n.startswith("_")}
    node = helper.make_node(op, names, [o[0] if isinstance(o, tuple) else o for o in outputs], **attributes)
    add(name, [node], inputs, outputs, opset, constants)


INT64 = TensorProto.INT64

# Forms of old operator sets.
one("Clip with attributes", "Clip", {"x": f32(5)}, 6, min=-0.5, max=1.0)
one("Clip without a lower bound", "Clip", {"x": f32(5)}, 13, constants={"_": None, "high": np.float32(0.5)})
one("Softmax of a matrix in more axes", "Softmax", {"x": f32(2, 3, 2)}, 11, axis=1)
one("LogSoftmax of a matrix in more axes", "LogSoftmax", {"x": f32(2, 3, 2)}, 9, axis=2)
one("Hardmax of a matrix in more axes", "Hardmax", {"x": f32(2, 3, 2)}, 11, axis=1)
one("Slice with attributes", "Slice", {"x": f32(4, 5)}, 9, starts=[1, -3], ends=[9223372036854775807, -1], axes=[0, 1])
one("Pad with attributes", "Pad", {"x": f32(2, 3)}, 10, pads=[0, 1, 2, -1], value=1.5)
one("TopK of k as input", "TopK", {"x": f32(3, 5)}, 10, outputs=("y", ("i", INT64)), constants={"k": i64(2)}, axis=0)
one("Split with an attribute", "Split", {"x": f32(2, 5)}, 11, outputs=("a", "b"), axis=1, split=[2, 3])
one("Split without sizes", "Split", {"x": f32(6)}, 11, outputs=("a", "b", "c"))
one("Unsqueeze with an attribute", "Unsqueeze", {"x": f32(2, 3)}, 11, axes=[0, 3])
one("Squeeze with an attribute", "Squeeze", {"x": f32(1, 3, 1)}, 11, axes=[2])
one("Squeeze of every axis of size 1", "Squeeze", {"x": f32(1, 3, 1)}, 11)
one("ReduceSum with an attribute", "ReduceSum", {"x": f32(2, 3, 2)}, 11, axes=[0, -1], keepdims=0)
one("ReduceMean with axes as input", "ReduceMean", {"x": f32(2, 3, 2)}, 18, constants={"axes": i64(1)})
one("ReduceL2 that reduces nothing", "ReduceL2", {"x": f32(2, 3)}, 18, noop_with_empty_axes=1)
one("Dropout in inference", "Dropout", {"x": f32(5)}, 10, ratio=0.3)
one("Upsample", "Upsample", {"x": f32(1, 1, 2, 3)}, 9, constants={"scales": np.float32([1, 1, 2, 3])}, mode="nearest")
one("Upsample, linear", "Upsample", {"x": f32(1, 1, 2, 3)}, 9, constants={"scales": np.float32([1, 1, 2, 2])}, mode="linear")
one("BatchNormalization in inference", "BatchNormalization", {"x": f32(2, 3, 2), "s": f32(3), "b": f32(3), "m": f32(3), "v": abs(f32(3)) + 0.1}, 9, epsilon=0.01)
one("Scatter", "Scatter", {"x": f32(3, 3), "i": i64([0, 2, 1]).reshape(1, 3), "u": f32(1, 3)}, 9)

# Attributes that are seldom used.
one("Split in unequal parts", "Split", {"x": f32(7)}, 18, outputs=("a", "b", "c"), num_outputs=3)
one("Pad of some axes", "Pad", {"x": f32(2, 3, 4)}, 18, constants={"pads": i64(1, 2, 1, 0), "value": np.float32(9), "axes": i64(2, -3)})
one("Pad by reflection", "Pad", {"x": f32(2, 4)}, 18, constants={"pads": i64(0, 2, 0, 1)}, mode="reflect")
one("Slice backwards", "Slice", {"x": f32(6)}, 13, constants={"s": i64(-1), "e": i64(-9223372036854775807), "a": i64(0), "t": i64(-2)})
one("Slice of nothing", "Slice", {"x": f32(6)}, 13, constants={"s": i64(4), "e": i64(2)})
one("Reshape that keeps zeros", "Reshape", {"x": f32(0, 3)}, 14, constants={"s": i64(3, 0)}, allowzero=1)
one("Gemm with a bias for each row", "Gemm", {"a": f32(3, 2), "b": f32(4, 3), "c": f32(2, 1)}, 13, transA=1, transB=1, alpha=0.5, beta=2.0)
one("ScatterElements, mul", "ScatterElements", {"x": f32(3, 3), "i": i64([0, 0, 1]).reshape(1, 3), "u": f32(1, 3)}, 18, reduction="mul")
one("ScatterND, max", "ScatterND", {"x": f32(4), "i": i64(1, 1, 3).reshape(3, 1), "u": f32(3)}, 18, reduction="max")
one("OneHot along the first axis", "OneHot", {"x": i64(0, -1, 2, 7)}, 11, constants={"d": i64(3), "v": np.float32([-1, 4])}, axis=0)
one("Trilu with a computed diagonal", "Trilu", {"x": f32(2, 3, 4), "k": np.array(-1)}, 14, upper=0)
one("Det of 4 by 4", "Det", {"x": f32(3, 4, 4)}, 11)
one("Det of a matrix without an inverse", "Det", {"x": np.float32([[1, 2], [2, 4]])}, 11)
one("CumSum backwards, exclusive", "CumSum", {"x": f32(2, 4)}, 14, constants={"a": np.int64(-1)}, reverse=1, exclusive=1)
one("IsInf of one sign", "IsInf", {"x": np.float32([1, np.inf, -np.inf, np.nan])}, 10, outputs=(("y", TensorProto.BOOL),), detect_positive=0)
one("Mod of floats", "Mod", {"a": f32(6), "b": f32(6)}, 13, fmod=1)
one("Selu with coefficients", "Selu", {"x": f32(5)}, 6, alpha=1.2, gamma=0.9)
one("HardSigmoid with coefficients", "HardSigmoid", {"x": f32(5)}, 6, alpha=0.4, beta=0.3)
one("PRelu with a slope for each channel", "PRelu", {"x": f32(2, 3, 2), "s": f32(3, 1)}, 16)
one("Gelu", "Gelu", {"x": f32(5)}, 20)
one("Gelu by tanh", "Gelu", {"x": f32(5)}, 20, approximate="tanh")
one("LpNormalization", "LpNormalization", {"x": f32(2, 3)}, 18, axis=0, p=2)
one("LRN", "LRN", {"x": f32(1, 5, 2, 2)}, 13, size=3, alpha=0.02, beta=0.6, bias=1.5)
one("GroupNormalization", "GroupNormalization", {"x": f32(2, 4, 3), "s": f32(4), "b": f32(4)}, 21, num_groups=2)
one("LayerNormalization of two axes", "LayerNormalization", {"x": f32(2, 3, 4), "s": f32(3, 4)}, 17, axis=1, outputs=("y", "m", "d"))
one("InstanceNormalization", "InstanceNormalization", {"x": f32(2, 3, 4), "s": f32(3), "b": f32(3)}, 6, epsilon=0.01)
one("TfIdfVectorizer, IDF", "TfIdfVectorizer", {"x": np.int32([[1, 2, 3, 2], [2, 3, 2, 3]])}, 9, mode="IDF", min_gram_length=1, max_gram_length=2, max_skip_count=1,
    ngram_counts=[0, 2], ngram_indexes=[3, 0, 1, 2], pool_int64s=[2, 3, 2, 3, 1, 3], weights=[1.0, 2.0, 0.5, 4.0])
one("TfIdfVectorizer, TFIDF", "TfIdfVectorizer", {"x": np.int64([1, 2, 3, 2, 3])}, 9, mode="TFIDF", min_gram_length=2, max_gram_length=2, max_skip_count=0,
    ngram_counts=[0, 2], ngram_indexes=[3, 0, 1, 2], pool_int64s=[2, 3, 2, 3, 1, 3], weights=[1.0, 2.0, 0.5, 4.0])

# Signals.
one("DFT of fewer elements", "DFT", {"x": f32(2, 6, 1)}, 17, constants={"n": np.int64(4)})
one("DFT of more elements, half of it", "DFT", {"x": f32(2, 5, 1)}, 17, constants={"n": np.int64(8)}, onesided=1)
one("DFT along another axis", "DFT", {"x": f32(3, 2, 4, 2)}, 20, constants={"_n": None, "a": np.int64(0)})
one("DFT backwards", "DFT", {"x": f32(1, 5, 2)}, 17, inverse=1)
one("STFT of all frequencies", "STFT", {"x": f32(1, 12, 1)}, 17, constants={"step": np.int64(3), "w": abs(f32(5)), "n": np.int64(5)}, onesided=0)

# Windows.
one("Conv, uneven padding and gaps", "Conv", {"x": f32(1, 2, 7, 6), "w": f32(4, 1, 3, 2), "b": f32(4)}, 11, pads=[1, 0, 2, 1], strides=[2, 1], dilations=[1, 2], group=2)
one("Conv, SAME_LOWER", "Conv", {"x": f32(1, 1, 6), "w": f32(2, 1, 2)}, 11, auto_pad="SAME_LOWER", strides=[2])
one("ConvTranspose with groups and output padding", "ConvTranspose", {"x": f32(1, 4, 3, 3), "w": f32(4, 2, 3, 3), "b": f32(4)}, 11, group=2, strides=[2, 2], pads=[1, 0, 0, 1], output_padding=[1, 0])
one("ConvTranspose to a shape", "ConvTranspose", {"x": f32(1, 1, 3), "w": f32(1, 2, 4)}, 11, strides=[2], output_shape=[6], auto_pad="SAME_UPPER")
one("MaxPool with positions", "MaxPool", {"x": f32(2, 2, 5, 4)}, 12, outputs=("y", ("i", INT64)), kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 1], dilations=[1, 2])
one("MaxPool with positions by columns", "MaxPool", {"x": f32(1, 2, 3, 4)}, 12, outputs=("y", ("i", INT64)), kernel_shape=[2, 2], storage_order=1)
one("MaxPool rounded up", "MaxPool", {"x": f32(1, 1, 6)}, 12, kernel_shape=[3], strides=[2], ceil_mode=1)
one("AveragePool rounded up", "AveragePool", {"x": f32(1, 1, 6)}, 11, kernel_shape=[3], strides=[2], ceil_mode=1, pads=[1, 0])
one("AveragePool, SAME_LOWER", "AveragePool", {"x": f32(1, 1, 5)}, 11, kernel_shape=[2], auto_pad="SAME_LOWER")
for transform in ("half_pixel", "output_half_pixel"):
    # Of means only: the runtime's largest element of a bin is not ONNX's.
    one(f"RoiAlign, {transform}", "RoiAlign", {"x": f32(2, 2, 6, 5), "r": np.float32([[0, 0, 4, 3], [1.5, 0.7, 3.9, 4.8]]), "b": i64(1, 0)}, 16,
        coordinate_transformation_mode=transform, output_height=2, output_width=3, sampling_ratio=2, spatial_scale=0.8)
for mode in ("linear", "nearest", "cubic"):
    for padding in ("zeros", "border", "reflection"):
        for corners in (0, 1):
            one(f"GridSample, {mode}, {padding}, corners {corners}", "GridSample", {"x": f32(2, 2, 3, 4), "grid": f32(2, 2, 3, 2)}, 20, mode=mode, padding_mode=padding, align_corners=corners)

# Sizes.
RESIZE = {"x": f32(1, 2, 4, 3)}
for mode in ("nearest", "linear", "cubic"):
    for transform in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
        one(f"Resize, {mode}, {transform}", "Resize", RESIZE, 13, constants={"_": None, "scales": np.float32([1, 1, 1.7, 0.6])}, mode=mode, coordinate_transformation_mode=transform)
for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
    one(f"Resize, {rounding}", "Resize", RESIZE, 13, constants={"_": None, "_2": None, "sizes": i64(1, 2, 6, 2)}, nearest_mode=rounding)
one("Resize of the tenth set", "Resize", RESIZE, 10, constants={"scales": np.float32([1, 1, 2, 2])}, mode="nearest")
one("Resize, crop", "Resize", RESIZE, 13, constants={"roi": np.float32([0, 0, 0.1, -0.2, 1, 1, 0.9, 1.2]), "_": None, "sizes": i64(1, 2, 3, 4)}, mode="linear", coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=7.0)
one("Resize of some axes", "Resize", RESIZE, 18, constants={"_": None, "_2": None, "sizes": i64(5, 7)}, mode="linear", axes=[3, 2])
one("Resize, not larger", "Resize", RESIZE, 18, constants={"_": None, "_2": None, "sizes": i64(7, 7)}, mode="linear", axes=[2, 3], keep_aspect_ratio_policy="not_larger")
one("Resize, not smaller", "Resize", RESIZE, 18, constants={"_": None, "_2": None, "sizes": i64(7, 7)}, mode="nearest", axes=[2, 3], keep_aspect_ratio_policy="not_smaller")
one("Resize, antialias", "Resize", RESIZE, 18, constants={"_": None, "scales": np.float32([1, 1, 0.5, 0.6])}, mode="linear", antialias=1)
one("Resize, cubic antialias", "Resize", RESIZE, 18, constants={"_": None, "scales": np.float32([1, 1, 0.5, 0.6])}, mode="cubic", antialias=1)
one("Resize, cubic without the outside", "Resize", RESIZE, 13, constants={"_": None, "scales": np.float32([1, 1, 1.5, 0.8])}, mode="cubic", exclude_outside=1, cubic_coeff_a=-0.5)

# Recurrent layers: 5 steps, 2 sequences, 3 inputs, 4 states.
S, B, I, H = 5, 2, 3, 4


def recurrent(name, op, gates, directions=1, lengths=False, initial=False, peepholes=False, bias=True, **attributes):
    inputs = {"x": f32(S, B, I), "w": f32(directions, gates * H, I), "r": f32(directions, gates * H, H) / 2}
    inputs["b" if bias else "_b"] = f32(directions, 2 * gates * H) if bias else None
    inputs["lengths" if lengths else "_l"] = np.int32([3, 5]) if lengths else None
    inputs["h" if initial else "_h"] = f32(directions, B, H) if initial else None
    outputs = ["y", "yh"]
    if op == "LSTM":
        inputs["c" if initial else "_c"] = f32(directions, B, H) if initial else None
        if peepholes:
            inputs["p"] = f32(directions, 3 * H)
        outputs.append("yc")
    one(f"{op}, {name}", op, inputs, 14, outputs=outputs, hidden_size=H, **attributes)


for op, gates in (("RNN", 1), ("GRU", 3), ("LSTM", 4)):
    recurrent("forward", op, gates)
    recurrent("without bias", op, gates, bias=False)
    recurrent("backwards, from a state", op, gates, initial=True, direction="reverse")
    recurrent("both ways, lengths, from a state", op, gates, directions=2, lengths=True, initial=True, direction="bidirectional")
    recurrent("backwards, lengths", op, gates, lengths=True, direction="reverse")
    recurrent("clipped", op, gates, clip=0.5)
recurrent("other activations", "RNN", 1, directions=2, direction="bidirectional", activations=["LeakyRelu", "ScaledTanh"], activation_alpha=[0.1, 0.7], activation_beta=[0.9])
recurrent("other activations", "GRU", 3, activations=["HardSigmoid", "Softsign"], activation_alpha=[0.3], activation_beta=[0.4])
recurrent("reset after", "GRU", 3, linear_before_reset=1, initial=True)
recurrent("other activations", "LSTM", 4, activations=["Sigmoid", "Relu", "Elu"], activation_alpha=[0.5])
recurrent("peepholes both ways", "LSTM", 4, directions=2, peepholes=True, initial=True, direction="bidirectional")
recurrent("coupled gates", "LSTM", 4, input_forget=1)


# Control flow.
def graph(name, nodes, inputs, outputs):
    return helper.make_graph(nodes, name, inputs, outputs)


def scalar(name, type_):
    return helper.make_tensor_value_info(name, type_, [])


BOOL = TensorProto.BOOL
body = graph(
    "step",
    [
        helper.make_node("Add", ["s", "outer"], ["t"]),
        helper.make_node("Cast", ["i"], ["fi"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["t", "fi"], ["s_out"]),
        helper.make_node("ReduceSum", ["s_out"], ["sum"], keepdims=0),
        helper.make_node("Identity", ["go"], ["go_out"]),
    ],
    [scalar("i", INT64), scalar("go", BOOL), unknown("s")],
    [scalar("go_out", BOOL), unknown("s_out"), unknown("sum")],
)
LOOP = [helper.make_node("Loop", ["n", "", "x"], ["y", "sums"], body=body)]
add("Loop of a known number of steps", LOOP, {"x": f32(3), "outer": f32(3)}, ["y", "sums"], 13, {"n": np.int64(4)})
until = graph(
    "until",
    [
        helper.make_node("Mul", ["s", "two"], ["s_out"]),
        helper.make_node("ReduceSum", ["s_out"], ["sum"], keepdims=0),
        helper.make_node("Less", ["sum", "limit"], ["go_out"]),
    ],
    [scalar("i", INT64), scalar("go", BOOL), unknown("s")],
    [scalar("go_out", BOOL), unknown("s_out")],
)
WHILE = [helper.make_node("Loop", ["n", "go", "x"], ["y"], body=until)]
for n, limit in ((20, 30.0), (2, 1000.0), (0, 1000.0)):
    add(f"Loop that stops below {limit:g}, at most {n} steps", WHILE, {"x": abs(f32(3)), "limit": np.array(limit, np.float32), "n": np.array(n)}, ["y"], 13, {"go": np.array(True), "two": np.float32(2)})
add("Loop that only its condition stops", WHILE, {"x": abs(f32(3)), "limit": np.array(50, np.float32)}, ["y"], 13, {"n": np.array(2**63 - 1), "go": np.array(True), "two": np.float32(2)})
grow = graph(
    "grow",
    [helper.make_node("Concat", ["s", "s"], ["s_out"], axis=0), helper.make_node("Identity", ["go"], ["go_out"])],
    [scalar("i", INT64), scalar("go", BOOL), unknown("s")],
    [scalar("go_out", BOOL), unknown("s_out")],
)
add("Loop whose state grows", [helper.make_node("Loop", ["n", "go", "x"], ["y"], body=grow)], {"x": f32(2)}, ["y"], 13, {"n": np.int64(3), "go": np.array(True)})

inner = graph("inner", [helper.make_node("Neg", ["a"], ["b"])], [], [unknown("b")])
outer_else = graph("outer_else", [helper.make_node("If", ["second"], ["c"], then_branch=inner, else_branch=graph("e", [helper.make_node("Add", ["a", "x"], ["d"])], [], [unknown("d")]))], [], [unknown("c")])
outer_then = graph("outer_then", [helper.make_node("Exp", ["x"], ["e0"])], [], [unknown("e0")])
NESTED = [helper.make_node("Mul", ["x", "x"], ["a"]), helper.make_node("If", ["first"], ["y"], then_branch=outer_then, else_branch=outer_else)]
for first in (True, False):
    for second in (True, False):
        add(f"If inside If, {first}, {second}", NESTED, {"x": f32(3), "first": np.array(first), "second": np.array(second)}, ["y"], 13)

scan_body = graph(
    "scan",
    [helper.make_node("Add", ["s", "a"], ["t"]), helper.make_node("Mul", ["t", "b"], ["s_out"]), helper.make_node("Sub", ["s_out", "k"], ["z"]), helper.make_node("Identity", ["s_out"], ["z2"])],
    [unknown("s"), unknown("a"), unknown("b")],
    [unknown("s_out"), unknown("z"), unknown("z2")],
)
SCAN = [helper.make_node("Scan", ["s0", "a0", "b0"], ["last", "z0", "z20"], body=scan_body, num_scan_inputs=2, scan_input_axes=[1, 0], scan_input_directions=[0, 1], scan_output_axes=[1, 0], scan_output_directions=[1, 0])]
add("Scan along other axes, in other directions", SCAN, {"s0": f32(2), "a0": f32(2, 4), "b0": f32(4, 2), "k": f32(2)}, ["last", "z0", "z20"], 13)

path = pathlib.Path(__file__).parent / "models.json"
path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
print(f"{len(cases)} models")
