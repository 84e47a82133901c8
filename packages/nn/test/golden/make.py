"""Writes losses.json: values and gradients of the losses as PyTorch computes them in float64. Run: python make.py (needs torch)."""
import json, os
import torch
import torch.nn.functional as F

torch.manual_seed(0)
logits = torch.randn(4, 3, dtype=torch.float64) * 3
labels = torch.tensor([2, 0, 1, 1])
targets = torch.randn(4, 3, dtype=torch.float64)
probabilities = torch.rand(4, 3, dtype=torch.float64)


def case(loss):
    z = logits.clone().requires_grad_(True)
    value = loss(z)
    value.backward()
    return {"value": value.item(), "gradient": z.grad.tolist()}


golden = {
    "logits": logits.tolist(),
    "labels": labels.tolist(),
    "targets": targets.tolist(),
    "probabilities": probabilities.tolist(),
    "softmaxCrossEntropy": case(lambda z: F.cross_entropy(z, labels)),
    "meanSquaredError": case(lambda z: F.mse_loss(z, targets)),
    "meanAbsoluteError": case(lambda z: F.l1_loss(z, targets)),
    "sigmoidBinaryCrossEntropy": case(lambda z: F.binary_cross_entropy_with_logits(z, probabilities)),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "losses.json"), "w") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
