"""Writes layers.json: outputs and gradients of layers by PyTorch in float64. Run: python make_layers.py (needs torch).

Each case has the parameters under Gradus' names and layouts, the input, the extras, the output, and the gradients of
sum(output * direction) by the input and by every parameter. Every number that goes in is one of float32, so that float32 can be measured
with the same file."""
import json, os
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

cases = {}


def exact(x):
    return x.float().double()


def normal(*shape, scale=1.0):
    return exact(torch.randn(*shape) * scale)


def listed(x):
    return {"shape": list(x.shape), "type": {torch.bool: "bool", torch.int64: "int32"}.get(x.dtype, "float"), "data": x.flatten().tolist()}


def direction(shape):
    return exact(torch.cos(torch.arange(torch.Size(shape).numel(), dtype=torch.float64))).reshape(shape)


def case(name, module, x, run, names, extras={}, buffers=None):
    """`names`: Gradus' name -> function of the module's parameters, or of their gradients, giving the array in Gradus' layout."""
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(normal(*p.shape, scale=0.5))
    for value in [x, *extras.values()]:
        value.requires_grad_(value.is_floating_point())
    params = dict(module.named_parameters())
    entry = {"params": {k: listed(f(params)) for k, f in names.items()}}
    if buffers is not None:
        entry["buffers"] = {k: listed(f(module).clone()) for k, f in buffers.items()}
    y = run(module, x, extras)
    d = direction(y.shape)
    (y * d).sum().backward()
    gradients = {k: p.grad for k, p in params.items()}
    entry |= {
        "x": listed(x),
        "extras": {k: listed(v) for k, v in extras.items()},
        "output": listed(y),
        "direction": listed(d),
        "gradient": listed(x.grad) if x.is_floating_point() else None,
        "extraGradients": {k: listed(v.grad) for k, v in extras.items() if v.is_floating_point()},
        "gradients": {k: listed(f(gradients)) for k, f in names.items()},
    }
    if buffers is not None:
        entry["nextBuffers"] = {k: listed(f(module)) for k, f in buffers.items()}
        module.eval()
        entry["evaluated"] = listed(run(module, x, extras))
    cases[name] = entry


def get(name):
    return lambda p: p[name]


def turned(name):
    return lambda p: p[name].T


# Convolutions and pools.
conv_names = {"weight": get("weight"), "bias": get("bias")}
plain = lambda m, x, e: m(x)
case("conv1d", nn.Conv1d(3, 4, 3, stride=2, padding=1), normal(2, 3, 7), plain, conv_names)
case("conv2d", nn.Conv2d(3, 4, 3, padding="same"), normal(2, 3, 5, 6), plain, conv_names)
case("conv2d, groups", nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2, bias=False), normal(2, 4, 7, 6), plain, {"weight": get("weight")})
case("conv3d", nn.Conv3d(2, 3, 2, stride=2), normal(2, 2, 4, 5, 4), plain, conv_names)
case("convTranspose1d", nn.ConvTranspose1d(3, 4, 3, stride=2, padding=1, output_padding=1), normal(2, 3, 5), plain, conv_names)
case("convTranspose2d", nn.ConvTranspose2d(4, 6, 4, stride=2, padding=1, groups=2), normal(2, 4, 3, 4), plain, conv_names)
case("convTranspose3d", nn.ConvTranspose3d(2, 3, 2, stride=2), normal(2, 2, 2, 3, 2), plain, conv_names)
case("maxPool2d", nn.MaxPool2d(3, 2, padding=1), normal(2, 3, 7, 6), plain, {})
case("averagePool2d", nn.AvgPool2d(2, 2, ceil_mode=True), normal(2, 3, 5, 6), plain, {})

# Embedding and normalisations.
case("embedding", nn.Embedding(7, 3), torch.tensor([[1, 6, 1], [0, 2, 6]]), plain, {"weight": get("weight")})
scale_names = {"scale": get("weight"), "bias": get("bias")}
case("layerNormalization", nn.LayerNorm(6), normal(2, 3, 6), plain, scale_names)
case("rmsNormalization", nn.RMSNorm(6, eps=1e-5), normal(2, 3, 6), plain, {"scale": get("weight")})
case("groupNormalization", nn.GroupNorm(2, 6), normal(3, 6, 2, 3), plain, scale_names)
case("instanceNormalization", nn.InstanceNorm2d(3, affine=True), normal(2, 3, 4, 3), plain, scale_names)


def moving(m):
    with torch.no_grad():
        m.running_mean.copy_(normal(m.num_features))
        m.running_var.copy_(exact(torch.rand(m.num_features) + 0.5))
    return m


statistics = {"movingMean": lambda m: m.running_mean, "movingVariance": lambda m: m.running_var}
case("batchNormalization", moving(nn.BatchNorm2d(3)), normal(4, 3, 2, 3), plain, scale_names, buffers=statistics)
case("batchNormalization, vectors", moving(nn.BatchNorm1d(3, momentum=0.25, eps=1e-3)), normal(5, 3), plain, scale_names, buffers=statistics)

# Recurrent layers, batch first.
def first(module, x, extras):
    return module(x)[0]


def last(module, x, extras):
    return module(x)[0][:, -1]


def bias(p):
    """The sum of PyTorch's two, which has the gradient of either."""
    return p["bias_ih_l0"] + p["bias_hh_l0"] if p["bias_ih_l0"].requires_grad else p["bias_ih_l0"]


rnn_names = {"weight": turned("weight_ih_l0"), "recurrentWeight": turned("weight_hh_l0"), "bias": bias}


def gru_bias(p):
    """The same, but for the candidate, whose second bias is inside the reset gate."""
    i, h = p["bias_ih_l0"], p["bias_hh_l0"]
    n = i.shape[0] // 3
    return torch.cat([i[: 2 * n] + h[: 2 * n], i[2 * n :]]) if i.requires_grad else i


gru_names = {
    "weight": turned("weight_ih_l0"),
    "recurrentWeight": turned("weight_hh_l0"),
    "bias": gru_bias,
    "candidateBias": lambda p: p["bias_hh_l0"][-(p["bias_hh_l0"].shape[0] // 3) :],
}
lengths = torch.tensor([5, 2, 4])
mask = torch.arange(5) < lengths[:, None]


def pack(x):
    return nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)


def packed(module, x, extras):
    state = (extras["hidden"][None], extras["cell"][None]) if "hidden" in extras else None
    return nn.utils.rnn.pad_packed_sequence(module(pack(x), state)[0], batch_first=True, total_length=5)[0]


case("lstm", nn.LSTM(2, 4, batch_first=True), normal(3, 5, 2), first, rnn_names)
case("lstm, last", nn.LSTM(2, 4, batch_first=True), normal(3, 5, 2), last, rnn_names)
case("lstm, mask and state", nn.LSTM(2, 4, batch_first=True), normal(3, 5, 2), packed, rnn_names, {"mask": mask, "hidden": normal(3, 4), "cell": normal(3, 4)})
case("gru", nn.GRU(2, 4, batch_first=True), normal(3, 5, 2), first, gru_names)
case("gru, mask, last", nn.GRU(2, 4, batch_first=True), normal(3, 5, 2), lambda m, x, e: m(pack(x))[1][0], gru_names, {"mask": mask})
case("simpleRnn", nn.RNN(2, 4, batch_first=True), normal(3, 5, 2), first, rnn_names)
case("simpleRnn, relu", nn.RNN(2, 4, batch_first=True, nonlinearity="relu"), normal(3, 5, 2), first, rnn_names)


def one_way(prefix, back):
    """The names of one direction; PyTorch marks those of the other by `_reverse`."""
    own = lambda p: {k.removesuffix("_reverse"): v for k, v in p.items() if k.endswith("_reverse") == back}
    return {f"{prefix}.{k}": lambda p, f=f: f(own(p)) for k, f in rnn_names.items()}


two_ways = one_way("forward", False) | one_way("backward", True)
case("bidirectional lstm", nn.LSTM(2, 3, batch_first=True, bidirectional=True), normal(3, 5, 2), packed, two_ways, {"mask": mask})

# Attention and transformers.
def attention_names(prefix=""):
    own = f"{prefix}." if prefix else ""
    return {
        "input.weight": turned(f"{own}in_proj_weight"),
        "input.bias": get(f"{own}in_proj_bias"),
        "output.weight": turned(f"{own}out_proj.weight"),
        "output.bias": get(f"{own}out_proj.bias"),
    }


def self_attention(module, x, extras):
    padding = ~extras["mask"] if "mask" in extras else None
    hidden = ~extras["attentionMask"] if "attentionMask" in extras else None
    return module(x, x, x, key_padding_mask=padding, attn_mask=hidden, need_weights=False)[0]


causal = torch.ones(5, 5, dtype=torch.bool).tril()
pairs = torch.rand(5, 5) < 0.6
pairs.fill_diagonal_(True)
pairs[:, 0] = True
case("multiHeadAttention", nn.MultiheadAttention(8, 2, batch_first=True), normal(3, 5, 8), self_attention, attention_names())
case("multiHeadAttention, masks", nn.MultiheadAttention(8, 2, batch_first=True), normal(3, 5, 8), self_attention, attention_names(), {"mask": mask, "attentionMask": pairs})
case(
    "multiHeadAttention, causal",
    nn.MultiheadAttention(8, 2, batch_first=True),
    normal(3, 5, 8),
    lambda m, x, e: m(x, x, x, attn_mask=~causal, need_weights=False)[0],
    attention_names(),
)
memory_mask = torch.tensor([[True, True, True, False], [True, True, True, True], [False, True, True, False]])
cross_names = {
    "query.weight": turned("q_proj_weight"),
    "query.bias": lambda p: p["in_proj_bias"][:8],
    "memory.weight": lambda p: torch.cat([p["k_proj_weight"], p["v_proj_weight"]]).T,
    "memory.bias": lambda p: p["in_proj_bias"][8:],
    "output.weight": turned("out_proj.weight"),
    "output.bias": get("out_proj.bias"),
}
case(
    "multiHeadAttention, memory",
    nn.MultiheadAttention(8, 2, kdim=6, vdim=6, batch_first=True),
    normal(3, 5, 8),
    lambda m, x, e: m(x, e["memory"], e["memory"], key_padding_mask=~e["memoryMask"], need_weights=False)[0],
    cross_names,
    {"memory": normal(3, 4, 6), "memoryMask": memory_mask},
)


class Grouped(nn.Module):
    """Four heads of queries on two of keys and values, with rotary positions: the formulas, on PyTorch's own attention."""

    def __init__(self):
        super().__init__()
        self.input = nn.Linear(8, 8 + 4 + 6)
        self.output = nn.Linear(4 * 3, 8)

    def forward(self, x):
        batch, time, _ = x.shape
        q, k, v = self.input(x).split([8, 4, 6], -1)
        heads = lambda part, n: part.reshape(batch, time, n, -1).transpose(1, 2)
        place = torch.arange(time)[:, None] * torch.tensor([1.0])

        def rotate(part):
            a, b = part.chunk(2, -1)
            return torch.cat([a * place.cos() - b * place.sin(), b * place.cos() + a * place.sin()], -1)

        q, k, v = rotate(heads(q, 4)), rotate(heads(k, 2)), heads(v, 2)
        y = F.scaled_dot_product_attention(q, k.repeat_interleave(2, 1), v.repeat_interleave(2, 1), is_causal=True)
        return self.output(y.transpose(1, 2).reshape(batch, time, -1))


case(
    "multiHeadAttention, rotary and grouped",
    Grouped(),
    normal(2, 5, 8),
    plain,
    {"input.weight": turned("input.weight"), "input.bias": get("input.bias"), "output.weight": turned("output.weight"), "output.bias": get("output.bias")},
)


def prefixed(prefix, names):
    return {f"{prefix}.{k}": f for k, f in names.items()}


def dense_names(torch_name):
    return {"weight": turned(f"{torch_name}.weight"), "bias": get(f"{torch_name}.bias")}


def norm_names(torch_name):
    return {"scale": get(f"{torch_name}.weight"), "bias": get(f"{torch_name}.bias")}


def encoder_names(own=""):
    return (
        prefixed("attention", attention_names(f"{own}self_attn"))
        | prefixed("attentionNorm", norm_names(f"{own}norm1"))
        | prefixed("feedForward.up", dense_names(f"{own}linear1"))
        | prefixed("feedForward.down", dense_names(f"{own}linear2"))
        | prefixed("feedForwardNorm", norm_names(f"{own}norm2"))
    )


def encoder(norm_first, activation):
    return nn.TransformerEncoderLayer(8, 2, 12, dropout=0.0, activation=activation, batch_first=True, norm_first=norm_first)


def masked(module, x, extras):
    return module(x, src_key_padding_mask=~extras["mask"])


case("transformerEncoderBlock", encoder(True, "gelu"), normal(3, 5, 8), masked, encoder_names(), {"mask": mask})
case("transformerEncoderBlock, post", encoder(False, "relu"), normal(3, 5, 8), plain, encoder_names())
stack = nn.TransformerEncoder(encoder(True, "gelu"), 2, norm=nn.LayerNorm(8), enable_nested_tensor=False)
stack_names = (
    prefixed("0", encoder_names("layers.0.")) | prefixed("1", encoder_names("layers.1.")) | prefixed("2", norm_names("norm"))
)
case("transformerEncoder", stack, normal(3, 5, 8), masked, stack_names, {"mask": mask})

decoder_names = (
    prefixed("attention", attention_names("self_attn"))
    | prefixed("attentionNorm", norm_names("norm1"))
    | prefixed(
        "crossAttention",
        {
            "query.weight": lambda p: p["multihead_attn.in_proj_weight"][:8].T,
            "query.bias": lambda p: p["multihead_attn.in_proj_bias"][:8],
            "memory.weight": lambda p: p["multihead_attn.in_proj_weight"][8:].T,
            "memory.bias": lambda p: p["multihead_attn.in_proj_bias"][8:],
            "output.weight": turned("multihead_attn.out_proj.weight"),
            "output.bias": get("multihead_attn.out_proj.bias"),
        },
    )
    | prefixed("crossAttentionNorm", norm_names("norm2"))
    | prefixed("feedForward.up", dense_names("linear1"))
    | prefixed("feedForward.down", dense_names("linear2"))
    | prefixed("feedForwardNorm", norm_names("norm3"))
)
case(
    "transformerDecoderBlock",
    nn.TransformerDecoderLayer(8, 2, 12, dropout=0.0, activation="gelu", batch_first=True, norm_first=True),
    normal(3, 5, 8),
    lambda m, x, e: m(x, e["memory"], tgt_mask=~causal, memory_key_padding_mask=~e["memoryMask"]),
    decoder_names,
    {"memory": normal(3, 4, 8), "memoryMask": memory_mask},
)

with open(os.path.join(os.path.dirname(__file__), "layers.json"), "w") as file:
    json.dump(cases, file, separators=(",", ":"))
print(len(cases), "cases")
