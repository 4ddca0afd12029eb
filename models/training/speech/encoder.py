"""The speech encoder: a causal Wav2Vec2 with explicit state.

Waveform -> seven convolutions (kernels 10,3,3,3,3,2,2, strides 5,2,2,2,2,2,2; Baevski et al. 2020) with left padding only ->
a linear map, joined by the log energies of four quarter frames, which LayerNorm would otherwise hide -> two causal
convolutions -> transformer blocks that see the present frame and the 64 before it -> LayerNorm. 50 frames per second.

Convolutions are written as reshape + matrix product, frames last but one: it is the fast form on a CPU, where weights
stay float32 and activations may run in bfloat16 (`half`).
"""

import torch
import torch.nn.functional as F
from torch import nn

KERNELS = (10, 3, 3, 3, 3, 2, 2)
STRIDES = (5, 2, 2, 2, 2, 2, 2)
HOP = 320
ENERGIES = 4
MIDDLE = 64
MASKED = -1e4


def length(x, dim=1):
    """Size of a dimension as a plain number, so that an exported graph holds a constant and not a Shape operator."""
    return int(x.shape[dim])


class Linear(nn.Linear):
    """Weights in float32, product in the type of the input."""

    def forward(self, x):
        return F.linear(x, self.weight.to(x.dtype), None if self.bias is None else self.bias.to(x.dtype))


class Norm(nn.LayerNorm):
    """On a CPU in float32 whatever the input: the bfloat16 kernel of torch 1.13 is six times slower."""

    def forward(self, x):
        if x.dtype == torch.float32:
            return super().forward(x)
        if x.is_cuda:
            return F.layer_norm(x, self.normalized_shape, self.weight.to(x.dtype), self.bias.to(x.dtype), self.eps)
        return super().forward(x.float()).to(x.dtype)


class Convolution(nn.Module):
    """Causal convolution over [batch, time, channels]; `cache` holds the kernel - stride frames before the input."""

    def __init__(self, inputs, outputs, kernel, stride, norm=True):
        super().__init__()
        self.inputs, self.kernel, self.stride, self.pad = inputs, kernel, stride, kernel - stride
        self.linear = Linear(inputs * kernel, outputs)
        self.norm = Norm(outputs) if norm else nn.Identity()

    def forward(self, x, cache=None):
        if self.pad:
            x = F.pad(x, (0, 0, self.pad, 0)) if cache is None else torch.cat([cache, x], 1)
        steps, s, c = (length(x) - self.pad) // self.stride, self.stride, self.inputs
        rows = x[:, :steps * s].reshape(-1, steps, s * c)
        if self.pad:  # the part of the kernel that reaches into the next stride
            tail = x[:, s:].reshape(-1, steps, s * c)[..., :self.pad * c] if self.pad == s else x[:, s::s]
            rows = torch.cat([rows, tail], 2)
        return F.gelu(self.norm(self.linear(rows))), x[:, steps * s:]


class Mix(nn.Module):
    """Residual causal convolution of kernel 3 on the features."""

    def __init__(self, size):
        super().__init__()
        self.linear, self.norm = Linear(3 * size, size), Norm(size)

    def forward(self, x, cache=None):
        y = F.pad(x, (0, 0, 2, 0)) if cache is None else torch.cat([cache, x], 1)
        n = length(x)
        rows = torch.cat([y[:, :n], y[:, 1:n + 1], y[:, 2:n + 2]], 2)
        return x + F.gelu(self.norm(self.linear(rows))), y[:, n:]


class Block(nn.Module):
    """Pre-norm transformer block with a learned bias per head and distance."""

    def __init__(self, size, heads, window, inner):
        super().__init__()
        self.heads, self.window, self.size = heads, window, size
        self.norm1, self.norm2 = Norm(size), Norm(size)
        self.qkv, self.out = Linear(size, 3 * size), Linear(size, size)
        self.up, self.down = Linear(size, inner), Linear(inner, size)
        self.distance = nn.Parameter(torch.zeros(heads, window + 1))
        self.frozen = None

    def freeze(self, chunk):
        """Keeps the bias of one chunk of `chunk` frames as a constant, for export."""
        self.frozen = self.bias(chunk, self.window + chunk, self.window).detach()

    def bias(self, queries, keys, offset):
        """Additive bias [heads, queries, keys]; query i stands at offset + i, key j at j."""
        if self.frozen is not None and self.frozen.shape[1:] == (queries, keys) and offset == self.window:
            return self.frozen
        here = self.distance.device
        d = torch.arange(queries, device=here)[:, None] + offset - torch.arange(keys, device=here)[None]
        # As an embedding: the gradient of indexing takes one after the other what falls on the same place, and most of this does.
        near = F.embedding(d.clamp(0, self.window), self.distance.T).permute(2, 0, 1)
        return near.masked_fill((d < 0) | (d > self.window), MASKED)

    def forward(self, x, bias, keys=None, values=None):
        """bias broadcasts to [batch, heads, queries, keys]; keys, values [batch, heads, window, size / heads] or None."""
        n, h = length(x), self.heads
        q, k, v = self.qkv(self.norm1(x)).reshape(-1, n, 3, h, self.size // h).permute(2, 0, 3, 1, 4).unbind(0)
        if keys is not None:
            k, v = torch.cat([keys, k], 2), torch.cat([values, v], 2)
        weights = ((q * (self.size // h) ** -0.5) @ k.transpose(-1, -2) + bias.to(x.dtype)).softmax(-1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(-1, n, self.size))
        x = x + self.down(F.gelu(self.up(self.norm2(x))))
        return x, k[:, :, n:], v[:, :, n:]


class Transformer(nn.Module):
    """Features in, features out; the part that is first trained on log-mel input."""

    def __init__(self, size=192, layers=4, heads=4, window=64):
        super().__init__()
        self.size, self.layers, self.heads, self.window = size, layers, heads, window
        self.mixes = nn.ModuleList(Mix(size) for _ in range(2))
        self.blocks = nn.ModuleList(Block(size, heads, window, 4 * size) for _ in range(layers))
        self.norm = Norm(size)
        self.middle, self.middle_norm = Linear(size, MIDDLE), Norm(MIDDLE)

    @property
    def features(self):
        return self.size + MIDDLE

    def read(self, middle, last):
        """Features from the output of the middle block and of the last one."""
        return torch.cat([self.norm(last), self.middle_norm(self.middle(middle))], 2)

    def forward(self, x):
        for mix in self.mixes:
            x, _ = mix(x)
        n = length(x)
        for i, block in enumerate(self.blocks):
            x, _, _ = block(x, block.bias(n, n, 0))
            if i + 1 == self.layers // 2:
                middle = x
        return self.read(middle, x)

    def step(self, x, caches, keys, values, mask):
        """One chunk with state; returns features, mix caches, keys, values, mask."""
        new, k, v, n = [], [], [], length(x)
        for mix, cache in zip(self.mixes, caches):
            x, c = mix(x, cache)
            new.append(c)
        mask = torch.cat([mask] + [mask[:, :1] * 0] * n, 1)  # the new frames can be seen
        for i, block in enumerate(self.blocks):
            bias = block.bias(n, self.window + n, self.window) + mask[:, None, None, :]
            x, ki, vi = block(x, bias, keys[:, i], values[:, i])
            k.append(ki)
            v.append(vi)
            if i + 1 == self.layers // 2:
                middle = x
        return self.read(middle, x), new, torch.stack(k, 1), torch.stack(v, 1), mask[:, n:]


class Front(nn.Module):
    """Waveform -> [batch, frames, channels + 4]: convolution features and quarter-frame log energies."""

    def __init__(self, channels=96):
        super().__init__()
        self.channels = channels
        # No norm in the first layer: its bias against the signal is what tells loud from quiet.
        self.convolutions = nn.ModuleList(
            Convolution(1 if i == 0 else channels, channels, k, s, norm=i > 0)
            for i, (k, s) in enumerate(zip(KERNELS, STRIDES)))
        self.half = False

    @staticmethod
    def energies(pcm):
        frames = length(pcm) // HOP
        power = pcm.reshape(-1, frames, ENERGIES, HOP // ENERGIES).square().mean(3)
        return (torch.log(power + 1e-7) + 9) / 4

    def forward(self, pcm, caches=None):
        x = pcm[..., None] * 4
        x = x.bfloat16() if self.half else x
        new = []
        for i, convolution in enumerate(self.convolutions):
            x, cache = convolution(x, caches[len(new)] if caches is not None and convolution.pad else None)
            if convolution.pad:
                new.append(cache)
        return torch.cat([x, self.energies(pcm).to(x.dtype)], 2), new


class SpeechEncoder(nn.Module):
    def __init__(self, channels=96, **transformer):
        super().__init__()
        self.front = Front(channels)
        self.transformer = Transformer(**transformer)
        self.project = Linear(channels + ENERGIES, self.transformer.size)

        # Stands for hidden frames in masked prediction (speech/masked.py); not used in service.
        self.hidden = nn.Parameter(.1 * torch.randn(self.transformer.size))

    def forward(self, pcm, mask=None):
        """Whole recordings [batch, samples] -> features [batch, samples / 320, size]; frames under `mask` are hidden."""
        return self.above(self.front(pcm)[0], mask)

    def above(self, sound, mask=None):
        """The same from the front's output [batch, frames, channels + 4] on."""
        x = self.project(sound)
        if mask is not None:
            x = torch.where(mask[..., None], self.hidden.to(x.dtype), x)
        return self.transformer(x)

    @property
    def front_size(self):
        return self.front.channels + ENERGIES

    def initial_state(self, batch=1):
        """Named state tensors at the start of a stream, in the order `step` takes them."""
        t, c = self.transformer, self.front.channels
        state = {}
        for i, convolution in enumerate(x for x in self.front.convolutions if x.pad):
            state[f"state_conv{i}"] = torch.zeros(batch, convolution.pad, convolution.inputs)
        for i in range(len(t.mixes)):
            state[f"state_mix{i}"] = torch.zeros(batch, 2, t.size)
        for name in ("state_keys", "state_values"):
            state[name] = torch.zeros(batch, t.layers, t.heads, t.window, t.size // t.heads)
        state["state_mask"] = torch.full((batch, t.window), MASKED)
        return state

    def step(self, pcm, *state):
        convs = sum(1 for c in self.front.convolutions if c.pad)
        mixes = len(self.transformer.mixes)
        x, new = self.front(pcm, state[:convs])
        y, mixed, k, v, mask = self.transformer.step(self.project(x), state[convs:convs + mixes], *state[convs + mixes:])
        return (y, *new, *mixed, k, v, mask)
