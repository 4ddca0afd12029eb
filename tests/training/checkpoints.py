"""Randomly initialised wav2vec2 checkpoints in the layout Hugging Face writes: the original network, small, in plain torch.

Module names give the tensor names; `forward` is the network as trained (whole recording, both directions), which the
converter's own whole-recording form is compared with.
"""

import json
import struct

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

BASE = {"model_type": "wav2vec2", "conv_dim": [16] * 7, "conv_kernel": [10, 3, 3, 3, 3, 2, 2], "conv_stride": [5, 2, 2, 2, 2, 2, 2],
        "conv_bias": False, "feat_extract_norm": "group", "do_stable_layer_norm": False, "hidden_size": 32, "num_hidden_layers": 3,
        "num_attention_heads": 4, "intermediate_size": 48, "num_conv_pos_embeddings": 128, "num_conv_pos_embedding_groups": 16,
        "layer_norm_eps": 1e-5, "hidden_act": "gelu", "feat_extract_activation": "gelu"}
LARGE = {**BASE, "conv_bias": True, "feat_extract_norm": "layer", "do_stable_layer_norm": True}
LAYOUTS = {"base": BASE, "large": LARGE}


class ConvLayer(nn.Module):
    def __init__(self, c, i):
        super().__init__()
        inputs = c["conv_dim"][i - 1] if i else 1
        self.conv = nn.Conv1d(inputs, c["conv_dim"][i], c["conv_kernel"][i], c["conv_stride"][i], bias=c["conv_bias"])
        self.kind = c["feat_extract_norm"] if i == 0 or c["feat_extract_norm"] == "layer" else None
        if self.kind == "group":
            self.layer_norm = nn.GroupNorm(c["conv_dim"][i], c["conv_dim"][i])
        elif self.kind == "layer":
            self.layer_norm = nn.LayerNorm(c["conv_dim"][i])

    def forward(self, x):
        x = self.conv(x)
        if self.kind == "layer":
            x = self.layer_norm(x.transpose(1, 2)).transpose(1, 2)
        elif self.kind == "group":
            x = self.layer_norm(x)
        return F.gelu(x)


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        size, self.heads = c["hidden_size"], c["num_attention_heads"]
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(size, size) for _ in range(4))

    def forward(self, x):
        weights = [p.weight for p in (self.q_proj, self.k_proj, self.v_proj)]
        biases = torch.cat([p.bias for p in (self.q_proj, self.k_proj, self.v_proj)])
        x = x.transpose(0, 1)  # torch's own attention, so that nothing of the converter's is trusted
        y, _ = F.multi_head_attention_forward(x, x, x, x.shape[2], self.heads, torch.cat(weights), biases, None, None, False, 0.0,
                                              self.out_proj.weight, self.out_proj.bias, training=False, need_weights=False)
        return y.transpose(0, 1)


class EncoderLayer(nn.Module):
    def __init__(self, c):
        super().__init__()
        size = c["hidden_size"]
        self.attention, self.stable = Attention(c), c["do_stable_layer_norm"]
        self.layer_norm, self.final_layer_norm = nn.LayerNorm(size), nn.LayerNorm(size)
        self.feed_forward = nn.ModuleDict({"intermediate_dense": nn.Linear(size, c["intermediate_size"]),
                                           "output_dense": nn.Linear(c["intermediate_size"], size)})

    def feed(self, x):
        return self.feed_forward["output_dense"](F.gelu(self.feed_forward["intermediate_dense"](x)))

    def forward(self, x):
        if self.stable:
            x = x + self.attention(self.layer_norm(x))
            return x + self.feed(self.final_layer_norm(x))
        x = self.layer_norm(x + self.attention(x))
        return self.final_layer_norm(x + self.feed(x))


class Wav2Vec2(nn.Module):
    def __init__(self, c):
        super().__init__()
        size = c["hidden_size"]
        self.stable = c["do_stable_layer_norm"]
        self.masked_spec_embed = nn.Parameter(torch.rand(size))
        self.feature_extractor = nn.ModuleDict({"conv_layers": nn.ModuleList(ConvLayer(c, i) for i in range(len(c["conv_dim"])))})
        self.feature_projection = nn.ModuleDict({"layer_norm": nn.LayerNorm(c["conv_dim"][-1]), "projection": nn.Linear(c["conv_dim"][-1], size)})
        position = nn.Conv1d(size, size, c["num_conv_pos_embeddings"], padding=c["num_conv_pos_embeddings"] // 2,
                             groups=c["num_conv_pos_embedding_groups"])
        self.encoder = nn.ModuleDict({"pos_conv_embed": nn.ModuleDict({"conv": nn.utils.weight_norm(position, dim=2)}),
                                      "layer_norm": nn.LayerNorm(size),
                                      "layers": nn.ModuleList(EncoderLayer(c) for _ in range(c["num_hidden_layers"]))})

    def forward(self, pcm):
        x = ((pcm - pcm.mean(1, keepdim=True)) / (pcm.var(1, unbiased=False, keepdim=True) + 1e-7).sqrt())[:, None]
        for layer in self.feature_extractor["conv_layers"]:
            x = layer(x)
        x = self.feature_projection["projection"](self.feature_projection["layer_norm"](x.transpose(1, 2)))
        x = x + F.gelu(self.encoder["pos_conv_embed"]["conv"](x.transpose(1, 2))[:, :, :-1]).transpose(1, 2)
        x = x if self.stable else self.encoder["layer_norm"](x)
        for layer in self.encoder["layers"]:
            x = layer(x)
        return self.encoder["layer_norm"](x) if self.stable else x


def random(config, seed=1):
    """The network with weights that make every part matter: norms and biases are not left at one and zero."""
    torch.manual_seed(seed)
    model = Wav2Vec2(config).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() == 1 or "weight_g" in name:
                p.add_(torch.randn_like(p) * .2 * (3 if "weight_g" in name else 1))
    return model


def save_safetensors(tensors, path, dtype="F32"):
    """Writes the format by hand: 8-byte length, JSON, numbers."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, t in tensors.items():
        numbers = t.detach().contiguous().numpy().astype("<f4")
        if dtype == "BF16":
            raw = (numbers.view("<u4") >> 16).astype("<u2").tobytes()
        else:
            raw = numbers.astype({"F32": "<f4", "F16": "<f2"}[dtype]).tobytes()
        header[name] = {"dtype": dtype, "shape": list(numbers.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def write(folder, config, model, kind="safetensors", head=False, new_names=False, **more):
    """A checkpoint folder; head adds a CTC head and the prefix, new_names the weight norm's names of torch 2."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    tensors = dict(model.state_dict())
    if new_names:
        for old, new in (("weight_g", "parametrizations.weight.original0"), ("weight_v", "parametrizations.weight.original1")):
            tensors["encoder.pos_conv_embed.conv." + new] = tensors.pop("encoder.pos_conv_embed.conv." + old)
    if head:
        tensors = {"wav2vec2." + k: v for k, v in tensors.items()} | {"lm_head.weight": torch.rand(32, 32), "lm_head.bias": torch.rand(32)}
    if kind == "safetensors":
        save_safetensors(tensors, folder / "model.safetensors", **more)
    else:
        torch.save(tensors, folder / "pytorch_model.bin", _use_new_zipfile_serialization=kind == "zip")
    return folder


def sound(seconds=2.4, seed=3):
    """[2, samples]: voiced bursts, noise and pauses at two levels, with an offset, so that every running average moves."""
    rng, n = np.random.default_rng(seed), int(seconds * 25) * 640
    t = np.arange(n) / 16000
    voice = np.sin(2 * np.pi * (120 + 30 * np.sin(3 * t)) * t) * (np.sin(2 * np.pi * 2.2 * t) > 0)
    x = np.stack([.3 * voice + .02 * rng.standard_normal(n), .004 * voice * (t > .8) + .01])
    return torch.from_numpy(x.astype(np.float32))
