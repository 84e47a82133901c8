"""Writes python.safetensors with the Python package safetensors, and python.json with the same arrays as JSON. Run: python
make_safetensors.py (needs safetensors and numpy). With a path as argument it reads that file instead and prints what is in it."""
import json, os, sys
import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

here = os.path.dirname(os.path.abspath(__file__))


def listed(x):
    # Bits, so that NaN and -0 are compared too.
    bits = {4: np.uint32, 8: np.uint64, 1: np.uint8}[x.dtype.itemsize]
    return {"dtype": str(x.dtype), "shape": list(x.shape), "bits": [str(b) for b in x.flatten().view(bits).tolist()]}


if len(sys.argv) > 1:
    with safe_open(sys.argv[1], framework="np") as f:
        print(json.dumps({"metadata": dict(sorted((f.metadata() or {}).items())), "arrays": {name: listed(f.get_tensor(name)) for name in sorted(f.keys())}}))
    sys.exit()

arrays = {
    "encoder.0.weight": np.array([[0.1, -0.0, np.nan], [np.inf, -np.inf, 1e-45]], np.float32),
    "encoder.0.bias": np.array([0.1, -0.0, 5e-324, np.nan], np.float64),
    "steps": np.array(7, np.int32),
    "ids": np.array([2**63 - 1, -(2**63)], np.int64),
    "key": np.array([1, 2**32 - 1], np.uint32),
    "mask": np.array([[True], [False], [True]]),
    "none": np.zeros((0, 3), np.float32),
    "gewicht größe \u65e5\u672c": np.array([1.5], np.float32),
}
metadata = {"format": "np", "note": "größer"}
save_file(arrays, os.path.join(here, "python.safetensors"), metadata)
with open(os.path.join(here, "python.json"), "w") as f:
    json.dump({"metadata": metadata, "arrays": {name: listed(x) for name, x in sorted(arrays.items())}}, f, indent=1)
    f.write("\n")
