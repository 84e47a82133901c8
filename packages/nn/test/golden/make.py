"""Writes losses.json: values, gradients and products of the Hessian with a vector, by PyTorch in float64. Run: python make.py (needs torch).

Every number that goes in is one of float32, so that float32 can be measured with the same file."""
import itertools, json, os
import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_num_threads(1)


def exact(x):
    return x.float().double()


def normal(*shape, scale=1.0):
    return exact(torch.randn(*shape, dtype=torch.float64) * scale)


def uniform(*shape):
    return exact(torch.rand(*shape, dtype=torch.float64) * 0.98 + 0.01)


logits = normal(4, 3, scale=3)
others = normal(4, 3)
probabilities = uniform(4, 3)
hits = torch.rand(4, 3) < 0.4
hits[0, 0], hits[1, 1] = True, False
labels = torch.tensor([2, 0, 1, 1])
gaps = torch.tensor([2, -1, 1, -1])
distribution = exact(torch.softmax(normal(4, 3), -1))
distribution[2] = torch.tensor([0.0, 0.25, 0.75])
weights = exact(torch.tensor([0.5, 2.0, 0.0, 1.25], dtype=torch.float64))
pairs = normal(4, 2, 5)
triplets = normal(4, 3, 5)
scores = normal(4, 2)
signs = torch.tensor([1.0, -1.0, -1.0, 1.0], dtype=torch.float64)
grid = normal(2, 5, 3)
grid_labels = torch.tensor([[0, 2, -1, 1, 1], [2, -1, -1, 0, 1]])
class_weights = torch.tensor([0.5, 2.0, 1.25], dtype=torch.float64)
counts = torch.tensor([[0.0, 3, 1], [2, 0, 7], [1, 1, 0], [4, 2, 0]], dtype=torch.float64)
parameters = torch.cat([normal(4, 2), normal(4, 2, scale=0.7)], -1)
masks = normal(3, 4, 4)
nearby = exact(logits + normal(4, 3))
mask_hits = torch.rand(3, 4, 4) < 0.3
mask_hits[1] = False

cases = {}


def case(name, outputs, targets, loss, weights=None):
    x = outputs.clone().requires_grad_(True)
    value = loss(x)
    (gradient,) = torch.autograd.grad(value, x, create_graph=True)
    direction = exact(torch.cos(torch.arange(x.numel(), dtype=torch.float64))).reshape(x.shape)
    product = torch.zeros_like(x)
    if gradient.requires_grad:
        (curvature,) = torch.autograd.grad((gradient * direction).sum(), x, allow_unused=True)
        product = product if curvature is None else product.detach() + curvature
    entry = {
        "outputs": outputs.tolist(),
        "targets": targets.tolist(),
        "targetType": {torch.bool: "bool", torch.int64: "int32", torch.float64: "float"}[targets.dtype],
        "value": value.item(),
        "gradient": gradient.tolist(),
        "direction": direction.tolist(),
        "hessianProduct": product.tolist(),
    }
    if weights is not None:
        entry["weights"] = weights.tolist()
    cases[name] = entry


def weighted(values):
    """The mean over samples, weighted, of the mean of each sample's values."""
    per_sample = values.reshape(values.shape[0], -1).mean(1)
    return (per_sample * weights).sum() / weights.sum()


def both(name, outputs, targets, loss):
    """`loss` with its reduction as argument: without weights as PyTorch averages, with weights from its single values."""
    case(name, outputs, targets, lambda x: loss(x, "mean"))
    case(name + ", weighted", outputs, targets, lambda x: weighted(loss(x, "none")), weights)


both("meanSquaredError", logits, others, lambda x, r: F.mse_loss(x, others, reduction=r))
both("meanAbsoluteError", logits, others, lambda x, r: F.l1_loss(x, others, reduction=r))
both("huber", logits, nearby, lambda x, r: F.huber_loss(x, nearby, reduction=r))
both("huber, delta 2.5", logits, nearby, lambda x, r: F.huber_loss(x, nearby, delta=2.5, reduction=r))
both("smoothL1", logits, nearby, lambda x, r: F.smooth_l1_loss(x, nearby, reduction=r))
both("smoothL1, beta 0.5", logits, nearby, lambda x, r: F.smooth_l1_loss(x, nearby, beta=0.5, reduction=r))


def reduced(values, r):
    return values.mean() if r == "mean" else values


both("logCosh", logits, nearby, lambda x, r: reduced(torch.log(torch.cosh(x - nearby)), r))
for q in [0.5, 0.9]:
    both(f"pinball, quantile {q}", logits, others, lambda x, r: reduced(torch.where(others > x, q * (others - x), (1 - q) * (x - others)), r))

bce = F.binary_cross_entropy_with_logits
both("sigmoidBinaryCrossEntropy", logits, probabilities, lambda x, r: bce(x, probabilities, reduction=r))
both("sigmoidBinaryCrossEntropy, bool", logits, hits, lambda x, r: bce(x, hits.double(), reduction=r))
both("sigmoidBinaryCrossEntropy, positiveWeight", logits, hits, lambda x, r: bce(x, hits.double(), pos_weight=class_weights, reduction=r))
both("sigmoidBinaryCrossEntropy, labelSmoothing", logits, hits, lambda x, r: bce(x, hits.double() * 0.8 + 0.1, reduction=r))


def binary_cross_entropy(x, r):
    """As a formula, since PyTorch adds 1e-12 in its second derivative; its value is compared."""
    values = -torch.log(torch.where(hits, x, 1 - x))
    assert torch.allclose(values, F.binary_cross_entropy(x, hits.double(), reduction="none"), rtol=1e-14)
    return reduced(values, r)


both("binaryCrossEntropy", probabilities, hits, binary_cross_entropy)

both("softmaxCrossEntropy", logits, labels, lambda x, r: F.cross_entropy(x, labels, reduction=r))
both("softmaxCrossEntropy, labelSmoothing", logits, labels, lambda x, r: F.cross_entropy(x, labels, label_smoothing=0.2, reduction=r))


def classes_and_gaps(x, r):
    """Over [batch, time, classes], with missing labels, class weights and smoothing at once."""
    return F.cross_entropy(x.transpose(1, 2), grid_labels, weight=class_weights, ignore_index=-1, label_smoothing=0.1, reduction=r)


case("softmaxCrossEntropy, all options", grid, grid_labels, lambda x: classes_and_gaps(x, "mean"))
case("softmaxCrossEntropy, classWeights", logits, labels, lambda x: F.cross_entropy(x, labels, weight=class_weights))
case("softmaxCrossEntropy, ignoreIndex", logits, gaps, lambda x: F.cross_entropy(x, gaps, ignore_index=-1))
grid_weights = torch.tensor([0.5, 2.0], dtype=torch.float64)
label_weights = torch.where(grid_labels < 0, 0.0, class_weights[grid_labels.clamp(min=0)]) * grid_weights[:, None]
case(
    "softmaxCrossEntropy, all options, weighted",
    grid,
    grid_labels,
    lambda x: (classes_and_gaps(x, "none") * grid_weights[:, None]).sum() / label_weights.sum(),
    grid_weights,
)
both("softTargetCrossEntropy", logits, distribution, lambda x, r: F.cross_entropy(x, distribution, reduction=r))
both(
    "softTargetCrossEntropy, all options",
    logits,
    distribution,
    lambda x, r: F.cross_entropy(x, distribution, weight=class_weights, label_smoothing=0.2, reduction=r),
)


def sigmoid_focal(x, r, alpha=0.25, gamma=2.0):
    t = hits.double()
    p = torch.sigmoid(x)
    p_t = p * t + (1 - p) * (1 - t)
    alpha_t = alpha * t + (1 - alpha) * (1 - t)
    return reduced(alpha_t * (1 - p_t) ** gamma * bce(x, t, reduction="none"), r)


def softmax_focal(x, r, gamma=2.0):
    log_p = torch.log_softmax(x, -1).gather(-1, labels[:, None])[:, 0]
    return reduced(-((1 - log_p.exp()) ** gamma) * log_p, r)


both("sigmoidFocal", logits, hits, sigmoid_focal)
both("sigmoidFocal, options", logits, hits, lambda x, r: sigmoid_focal(x, r, 0.6, 0.5))
both("softmaxFocal", logits, labels, softmax_focal)
both("softmaxFocal, options", logits, labels, lambda x, r: softmax_focal(x, r, 0.5))

t_signs = hits.double() * 2 - 1
both("hinge", logits, hits, lambda x, r: reduced(F.relu(1 - t_signs * x), r))
both("squaredHinge", logits, t_signs, lambda x, r: reduced(F.relu(1 - t_signs * x) ** 2, r))


def categorical_hinge(x, r):
    own = F.one_hot(labels, 3).bool()
    return reduced(F.relu(1 + x.masked_fill(own, -torch.inf).amax(-1) - x[own]), r)


both("categoricalHinge", logits, labels, categorical_hinge)


def multi_label_margin(x, r):
    """As a formula, since PyTorch's function has no second derivative; its value is compared."""
    lists = torch.full((4, 3), -1)
    for row in range(4):
        own = hits[row].nonzero()[:, 0]
        lists[row, : len(own)] = own
    pairs = (hits[:, :, None] & ~hits[:, None, :]).double()
    values = (pairs * F.relu(1 - (x[:, :, None] - x[:, None, :]))).sum((1, 2)) / 3
    assert torch.allclose(values, F.multilabel_margin_loss(x, lists, reduction="none"), rtol=1e-14)
    return reduced(values, r)


both("multiLabelMargin", logits, hits, multi_label_margin)
both("klDivergence", torch.log_softmax(logits, -1).float().double(), distribution, lambda x, r: reduced(F.kl_div(x, distribution, reduction="none").sum(-1), r))
both("poissonNll", others, counts, lambda x, r: F.poisson_nll_loss(x, counts, reduction=r))
both("gaussianNll", parameters, others[:, :2], lambda x, r: F.gaussian_nll_loss(x[:, :2], others[:, :2], x[:, 2:].exp(), reduction=r))
both("cosineDistance", logits, others, lambda x, r: reduced(1 - F.cosine_similarity(x, others, -1), r))


def cosine_embedding(x, r, margin=0.0):
    """As a formula, since PyTorch adds 1e-12 to squared lengths; its value is compared."""
    cos = F.cosine_similarity(x[:, 0], x[:, 1])
    values = torch.where(signs > 0, 1 - cos, F.relu(cos - margin))
    theirs = F.cosine_embedding_loss(x[:, 0], x[:, 1], signs, margin=margin, reduction="none")
    assert torch.allclose(values, theirs, rtol=1e-11)
    return reduced(values, r)


both("cosineEmbedding", pairs, signs, cosine_embedding)
both("cosineEmbedding, margin -0.5", pairs, signs, lambda x, r: cosine_embedding(x, r, -0.5))
both("tripletMargin", triplets, labels, lambda x, r: F.triplet_margin_loss(x[:, 0], x[:, 1], x[:, 2], eps=0, reduction=r))
both("tripletMargin, margin 3", triplets, labels, lambda x, r: F.triplet_margin_loss(x[:, 0], x[:, 1], x[:, 2], margin=3, eps=0, reduction=r))
both("marginRanking", scores, signs, lambda x, r: F.margin_ranking_loss(x[:, 0], x[:, 1], signs, reduction=r))
both("marginRanking, margin 0.75", scores, signs, lambda x, r: F.margin_ranking_loss(x[:, 0], x[:, 1], signs, margin=0.75, reduction=r))


def nt_xent(x, r, temperature=0.1):
    views = F.normalize(torch.cat([x[:, 0], x[:, 1]]), dim=-1)
    logits = (views @ views.T / temperature).masked_fill(torch.eye(8, dtype=torch.bool), -torch.inf)
    per_view = F.cross_entropy(logits, torch.arange(8).roll(4), reduction="none")
    return reduced((per_view[:4] + per_view[4:]) / 2, r)


def info_nce(x, r, temperature=0.07):
    logits = F.normalize(x[:, 0], dim=-1) @ F.normalize(x[:, 1], dim=-1).T / temperature
    return reduced(sum(F.cross_entropy(z, torch.arange(4), reduction="none") for z in (logits, logits.T)) / 2, r)


both("ntXent", pairs, labels, nt_xent)
both("ntXent, temperature 0.5", pairs, labels, lambda x, r: nt_xent(x, r, 0.5))
both("infoNce", pairs, labels, info_nce)
both("infoNce, temperature 0.5", pairs, labels, lambda x, r: info_nce(x, r, 0.5))


def dice(x, smooth=1.0):
    p, t = torch.sigmoid(x), mask_hits.double()
    return (1 - (2 * (p * t).sum((1, 2)) + smooth) / (p.sum((1, 2)) + t.sum((1, 2)) + smooth)).mean()


case("sigmoidDice", masks, mask_hits, dice)
case("sigmoidDice, smooth 0.01", masks, mask_hits, lambda x: dice(x, 0.01))

sounds = normal(4, 6, 4)
spelled = torch.tensor([[1, 2, 3], [2, 2, -1], [3, -1, -1], [-1, -1, -1]])
shifted = torch.where(spelled < 0, -1, spelled - 1)


def ctc(x, r, labels, blank):
    """By all 4^6 paths, since PyTorch's function has no second derivative; its value is compared."""
    log_p = torch.log_softmax(x, -1)
    values = []
    for row, sample in zip(log_p, labels):
        spelling = [c for c in sample.tolist() if c >= 0]
        paths = [p for p in itertools.product(range(4), repeat=6) if [c for c, _ in itertools.groupby(p) if c != blank] == spelling]
        values.append(-torch.logsumexp(row[torch.arange(6), torch.tensor(paths)].sum(1), 0))
    values = torch.stack(values)
    lengths = (labels >= 0).sum(1)
    theirs = F.ctc_loss(log_p.transpose(0, 1), labels.clamp(min=0), torch.full((4,), 6), lengths, blank=blank, reduction="none")
    assert torch.allclose(values, theirs, rtol=1e-13)
    return reduced(values, r)


both("ctc", sounds, spelled, lambda x, r: ctc(x, r, spelled, 0))
both("ctc, blank 3", sounds, shifted, lambda x, r: ctc(x, r, shifted, 3))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "losses.json"), "w") as file:
    file.write("{\n" + ",\n".join(f" {json.dumps(name)}: {json.dumps(entry)}" for name, entry in cases.items()) + "\n}\n")
