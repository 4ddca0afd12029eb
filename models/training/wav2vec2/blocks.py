"""The parts of a streaming wav2vec2: one convolution with its cache, one transformer layer with its keys and values."""

import torch
import torch.nn.functional as F
from torch import nn


class Convolution(nn.Module):
    """conv_layers.i: causal, [batch, channels, time]."""

    def __init__(self, layout, i):
        super().__init__()
        inputs, outputs, kernel = (layout.conv_dim[i - 1] if i else 1), layout.conv_dim[i], layout.conv_kernel[i]
        self.conv = nn.Conv1d(inputs, outputs, kernel, layout.conv_stride[i], bias=layout.conv_bias)
        self.pad, self.inputs, self.per_frame = kernel - layout.conv_stride[i], inputs, layout.feat_extract_norm == "layer"
        if self.per_frame:
            self.layer_norm = nn.LayerNorm(outputs)
        elif i == 0:
            self.layer_norm = nn.Module()  # group norm with one channel a group: the statistics are the running ones
            self.layer_norm.weight, self.layer_norm.bias = (nn.Parameter(torch.ones(outputs)) for _ in range(2))
        self.over_time = not self.per_frame and i == 0

    def convolve(self, x, cache):
        x = torch.cat([cache, x], 2) if self.pad else x
        return self.conv(x), x[:, :, x.shape[2] - self.pad:]

    def finish(self, x):
        if self.per_frame:
            x = self.layer_norm(x.transpose(1, 2)).transpose(1, 2)
        return F.gelu(x)


class Attention(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.heads, self.size = heads, size
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(size, size) for _ in range(4))

    def split(self, x):
        return x.reshape(-1, x.shape[1], self.heads, self.size // self.heads).transpose(1, 2)

    def forward(self, x, keys, values, mask):
        """x [batch, frames, size]; keys, values [batch, heads, window, size / heads]; mask [batch, 1, 1, window + frames]."""
        k, v = torch.cat([keys, self.split(self.k_proj(x))], 2), torch.cat([values, self.split(self.v_proj(x))], 2)
        q = self.split(self.q_proj(x)) * (self.size // self.heads) ** -.5
        y = ((q @ k.transpose(-1, -2) + mask).softmax(-1) @ v).transpose(1, 2).reshape(-1, x.shape[1], self.size)
        return self.out_proj(y), k[:, :, x.shape[1]:], v[:, :, x.shape[1]:]


class FeedForward(nn.Module):
    def __init__(self, size, inner):
        super().__init__()
        self.intermediate_dense, self.output_dense = nn.Linear(size, inner), nn.Linear(inner, size)

    def forward(self, x):
        return self.output_dense(F.gelu(self.intermediate_dense(x)))


class Layer(nn.Module):
    def __init__(self, layout):
        super().__init__()
        size, eps = layout.hidden_size, layout.layer_norm_eps
        self.attention, self.feed_forward = Attention(size, layout.num_attention_heads), FeedForward(size, layout.intermediate_size)
        self.layer_norm, self.final_layer_norm = nn.LayerNorm(size, eps), nn.LayerNorm(size, eps)
        self.first = layout.do_stable_layer_norm

    def forward(self, x, attend):
        """attend maps the (normalised) input to the attention's output."""
        if self.first:
            x = x + attend(self.layer_norm(x))
            return x + self.feed_forward(self.final_layer_norm(x))
        x = self.layer_norm(x + attend(x))
        return self.final_layer_norm(x + self.feed_forward(x))
