"""The same network over a whole recording, written without state: what the streaming form is held to.

`masked` computes what a stream gives, by padding, masks and a plain loop over the running averages; `original` computes
what the checkpoint was trained as: both directions, unlimited, statistics over the recording.
"""

import torch
import torch.nn.functional as F

from common.motion import CHUNK

from .encoder import FRAMES
from .running import MEMORY, PRIOR, QUIET, SPEECH_POWER


def averages(blocks, gates, mean, power):
    """Running mean and variance after each block, from first and second moments in float64.

    blocks [batch, channels, calls, samples]; gates: list of [batch, 1]; mean, power: the prior's moments [channels].
    """
    first, second, heard, out = mean.double(), power.double(), 0.0, []
    for n, gate in enumerate(gates):
        share = gate / (heard + gate + PRIOR).clamp(max=MEMORY)
        here = blocks[:, :, n].double()
        first = first + share * (here.mean(2) - first)
        second = second + share * (here.square().mean(2) - second)
        heard = heard + gate
        out.append((first, second - first.square()))
    return [torch.stack(x, 2).float() for x in zip(*out)]  # each [batch, channels, calls]


def normalise(x, calls, gates, mean, variance, eps):
    """x [batch, channels, time] by the averages of its `calls` equal blocks."""
    m, v = averages(x.reshape(x.shape[0], x.shape[1], calls, -1), gates, mean, variance + mean.square())
    m, v = (a.repeat_interleave(x.shape[2] // calls, 2) for a in (m, v))
    return (x - m) / (v + eps).sqrt()


def gates_of(pcm, calls):
    """How much each call counts, a list of [batch, 1]; it depends on the running power, so it is found call by call."""
    mean = torch.zeros(len(pcm), 1, dtype=torch.float64)
    second, heard, gates = mean + SPEECH_POWER, mean, []
    for block in pcm.double().reshape(len(pcm), calls, -1).unbind(1):
        power = block.square().mean(1, keepdim=True)
        gate = power / (power + QUIET * (second - mean.square()))
        share = gate / (heard + gate + PRIOR).clamp(max=MEMORY)
        mean, second = mean + share * (block.mean(1, keepdim=True) - mean), second + share * (power - second)
        heard = heard + gate
        gates.append(gate)
    return gates


def convolutions(model, x, norm, pads):
    for i, c in enumerate(model.feature_extractor.conv_layers):
        x = F.conv1d(F.pad(x, (c.pad if pads else 0, 0)), c.conv.weight, c.conv.bias, c.conv.stride)
        if c.over_time:
            x = norm(x) * c.layer_norm.weight[:, None] + c.layer_norm.bias[:, None]
        x = c.finish(x)
    return x.transpose(1, 2)


def transformer(model, x, taps, mask):
    """x [batch, frames, channels]; taps: how many of the positional kernel's taps are used; mask [frames, frames] additive."""
    layout, encoder = model.layout, model.encoder
    x = model.feature_projection.projection(model.feature_projection.layer_norm(x))
    kernel = encoder.pos_conv_embed.conv
    weight = kernel.weight.clone()
    weight[:, :, taps:] = 0
    side = kernel.weight.shape[2] // 2
    near = F.conv1d(x.transpose(1, 2), weight, kernel.bias, padding=side, groups=kernel.groups)[:, :, :x.shape[1]]
    x = x + F.gelu(near).transpose(1, 2)
    x = x if layout.do_stable_layer_norm else encoder.layer_norm(x)
    heads = layout.num_attention_heads
    for layer in encoder.layers:
        def attend(y, a=layer.attention):
            q, k, v = (p(y).unflatten(2, (heads, -1)).transpose(1, 2) for p in (a.q_proj, a.k_proj, a.v_proj))
            weights = (q @ k.transpose(2, 3) / k.shape[3] ** .5 + mask).softmax(3)
            return a.out_proj((weights @ v).transpose(1, 2).flatten(2))
        x = layer(x, attend)
    return encoder.layer_norm(x) if layout.do_stable_layer_norm and model.whole else x


@torch.no_grad()
def masked(model, pcm):
    """pcm [batch, 640 calls] -> features [batch, 2 calls, size]; frame f describes samples 320 f - 80 to 320 f + 320.

    A stream gives frame f in its call (f + ahead) // 2, so the last `ahead` frames are those it has not given yet:
    their look-ahead is cut off here too, and they should not be compared.
    """
    layout, calls = model.layout, pcm.shape[1] // CHUNK
    gates = gates_of(pcm, calls)
    x = pcm[:, None]
    if layout.do_normalize:
        x = normalise(x, calls, gates, torch.zeros(1), torch.full((1,), SPEECH_POWER), model.level.eps)
    prior = getattr(model, "loudness", None)
    x = convolutions(model, x, lambda y: normalise(y, calls, gates, prior.mean[:, 0], prior.variance[:, 0], prior.eps), pads=True)
    frame = torch.arange(x.shape[1])
    begin = (frame // FRAMES * FRAMES)[:, None]  # of the frames that come in one call
    hidden = (frame[None] < begin - model.window) | (frame[None] >= begin + FRAMES)
    mask = torch.zeros(hidden.shape).masked_fill(hidden, float("-inf"))
    return transformer(model, x, model.behind + 1 + model.ahead, mask)


@torch.no_grad()
def original(model, pcm):
    """pcm [batch, samples] -> features as the checkpoint was trained; frame f describes samples 320 f to 320 f + 400."""
    if model.layout.do_normalize:
        pcm = (pcm - pcm.mean(1, keepdim=True)) / (pcm.var(1, unbiased=False, keepdim=True) + 1e-7).sqrt()
    x = convolutions(model, pcm[:, None], lambda y: F.group_norm(y, y.shape[1]), pads=False)
    return transformer(model, x, model.encoder.pos_conv_embed.conv.weight.shape[2], 0)
