"""Writes resize.json: what the reference implementation of ONNX makes of a few images. Run with onnx 1.23 and numpy installed."""
import itertools
import json
import os

import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.ops import op_resize

# The reference computes cubic weights in float32, since that is the type of the attribute.
for name in ["_cubic_coeffs", "_cubic_coeffs_antialias"]:
    exact = getattr(op_resize, name)
    setattr(op_resize, name, lambda ratio, scale=None, A=-0.75, exact=exact: exact(ratio, scale, float(A)))


def run(x, scales=None, sizes=None, roi=None, **attributes):
    inputs = [helper.make_tensor_value_info("x", TensorProto.DOUBLE, x.shape)]
    feeds, names = {"x": x}, ["x", "", "", ""]
    for i, (name, value, kind) in enumerate(
        [("roi", roi, TensorProto.DOUBLE), ("scales", scales, TensorProto.FLOAT), ("sizes", sizes, TensorProto.INT64)]
    ):
        if value is not None:
            names[i + 1] = name
            inputs.append(helper.make_tensor_value_info(name, kind, [len(value)]))
            feeds[name] = np.array(value, helper.tensor_dtype_to_np_dtype(kind))
    while names[-1] == "":
        names.pop()
    node = helper.make_node("Resize", names, ["y"], **attributes)
    graph = helper.make_graph([node], "g", inputs, [helper.make_tensor_value_info("y", TensorProto.DOUBLE, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    return ReferenceEvaluator(model).run(None, feeds)[0]


x = np.round(np.sin(1.7 * np.arange(20)).reshape(4, 5), 3)
cases = []


def case(**options):
    attributes = {k: v for k, v in options.items() if k not in ("scales", "sizes", "roi")}
    y = run(x, options.get("scales"), options.get("sizes"), options.get("roi"), **attributes)
    cases.append({"options": options, "shape": list(y.shape), "y": [round(v, 14) for v in y.ravel().tolist()]})


coordinates = ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"]
targets = [{"scales": [2.0, 1.5]}, {"scales": [0.625, 0.75]}, {"sizes": [7, 3]}, {"sizes": [1, 9]}]


def follows_the_text(coordinate, target):
    """Where lengths are rounded down, or 1, the reference departs from the operator's text, which is what ONNX Runtime does."""
    if coordinate == "align_corners":
        return "sizes" in target
    return coordinate != "pytorch_half_pixel" or target != {"sizes": [1, 9]}


for coordinate, target in itertools.product(coordinates, targets):
    if not follows_the_text(coordinate, target):
        continue
    for mode in ["linear", "cubic"]:
        case(mode=mode, coordinate_transformation_mode=coordinate, **target)
    for nearest in ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]:
        case(mode="nearest", nearest_mode=nearest, coordinate_transformation_mode=coordinate, **target)
for mode, outside, target in itertools.product(["linear", "cubic"], [0, 1], [*targets, {"sizes": [2, 2]}]):
    case(mode=mode, antialias=1, exclude_outside=outside, **target)
    case(mode=mode, exclude_outside=outside, **target)
case(mode="cubic", cubic_coeff_a=-0.5, sizes=[8, 8])
for mode, policy in itertools.product(["nearest", "linear"], ["not_larger", "not_smaller"]):
    case(mode=mode, keep_aspect_ratio_policy=policy, sizes=[6, 9])
for mode in ["nearest", "linear", "cubic"]:
    for roi in [[0.25, 0.1, 0.75, 0.9], [-0.5, 0.3, 1.2, 0.8], [0.9, 0.8, 0.1, 0.2]]:
        case(mode=mode, coordinate_transformation_mode="tf_crop_and_resize", roi=roi, sizes=[3, 4], extrapolation_value=10.0)

path = os.path.join(os.path.dirname(__file__), "resize.json")
with open(path, "w") as file:
    json.dump({"x": x.ravel().tolist(), "cases": cases}, file)
print(len(cases), os.path.getsize(path))
