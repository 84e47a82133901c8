"""Checks exported models: each `name.onnx` of a folder with onnx's checker and in onnxruntime, against the inputs and outputs in
`name.json`. Prints a list of [name, problem or null] as JSON.
"""
import base64
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

# The first writes a constant factor of a float64 product as a float32; the others make operators that float64 does not have.
NARROWING = ["MatMulScaleFusion", "QuickGeluFusion", "FuseReluClip"]


def array(stored):
    return np.frombuffer(base64.b64decode(stored["data"]), dtype=stored["dtype"]).reshape(stored["shape"])


def problem_of(path):
    onnx.checker.check_model(str(path), full_check=True)
    expected = json.loads(path.with_suffix(".json").read_text())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=NARROWING)
    largest = 0.0
    for run in expected["runs"]:
        results = session.run(None, {name: array(value) for name, value in run["inputs"].items()})
        if len(results) != len(run["outputs"]):
            return f"{len(results)} outputs, not {len(run['outputs'])}"
        for actual, stored in zip(results, run["outputs"]):
            wanted = array(stored)
            if actual.shape != wanted.shape or actual.dtype != wanted.dtype:
                return f"{actual.dtype}{list(actual.shape)}, not {wanted.dtype}{list(wanted.shape)}"
            difference = np.abs(actual.astype(np.float64) - wanted.astype(np.float64)) / np.maximum(1, np.abs(wanted.astype(np.float64)))
            largest = max(largest, float(np.max(difference, initial=0)))
    return None if largest <= expected["tolerance"] else f"differs by {largest:.2e}, and {expected['tolerance']:.0e} is allowed"


results = []
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    try:
        results.append([path.stem, problem_of(path)])
    except Exception as error:  # Whatever a library throws is what is wrong with the file.
        results.append([path.stem, " ".join(str(error).split())[:500]])
print(json.dumps(results))
