"""A wav2vec2 that listens to 40 ms at a time: the pack's speech encoder with a checkpoint's weights.

Modules carry the checkpoint's names, so its tensors load as they are. What is not as it was trained, and has to be:
  - convolutions pad on the left (each keeps kernel - stride frames), so features stand 80 samples = 5 ms later;
  - means and variances over the recording run over what was heard so far (running.py);
  - the positional convolution sees 64 frames back and `ahead` frames on, as if the recording ended there;
  - a call's frames attend to each other and to the `window` frames before them.
"""

import torch
import torch.nn.functional as F
from torch import nn

from common.motion import CHUNK

from .blocks import Convolution, Layer
from .layout import HOP
from .running import SPEECH_POWER, Running, gate_of, prior_of, share_of

FRAMES = CHUNK // HOP  # per call
MASKED = -1e4


class Encoder(nn.Module):
    def __init__(self, layout, ahead=2, window=100, layers=None):
        """ahead: frames of 20 ms of look-ahead, a multiple of 2; window: frames of memory; layers: how many are kept."""
        super().__init__()
        size, eps = layout.hidden_size, layout.layer_norm_eps
        self.layout, self.ahead, self.window = layout, ahead, window
        self.behind = layout.num_conv_pos_embeddings // 2
        self.feature_extractor = nn.Module()
        self.feature_extractor.conv_layers = nn.ModuleList(Convolution(layout, i) for i in range(len(layout.conv_dim)))
        self.feature_projection = nn.Module()
        self.feature_projection.layer_norm = nn.LayerNorm(layout.conv_dim[-1], eps)
        self.feature_projection.projection = nn.Linear(layout.conv_dim[-1], size)
        self.encoder = nn.Module()
        self.encoder.pos_conv_embed = nn.Module()
        self.encoder.pos_conv_embed.conv = nn.Conv1d(size, size, layout.num_conv_pos_embeddings, groups=layout.num_conv_pos_embedding_groups)
        self.encoder.layers = nn.ModuleList(Layer(layout) for _ in range(layers or layout.num_hidden_layers))
        self.whole = len(self.encoder.layers) == layout.num_hidden_layers
        if self.whole or not layout.do_stable_layer_norm:
            self.encoder.layer_norm = nn.LayerNorm(size, eps)
        self.level = Running(torch.zeros(1), torch.full((1,), SPEECH_POWER), 1e-7)

    def prepare(self):
        """Sets what follows from the weights; call once they are loaded."""
        first = self.feature_extractor.conv_layers[0]
        if first.over_time:
            power = 1.0 if self.layout.do_normalize else SPEECH_POWER
            self.loudness = Running(*prior_of(first.conv.weight, first.conv.bias, power), 1e-5)
        return self

    def initial_state(self, batch=1):
        """{name: tensor} at the start of a stream, in the order `step` takes them."""
        size, heads, layers = self.layout.hidden_size, self.layout.num_attention_heads, len(self.encoder.layers)
        convolutions = self.feature_extractor.conv_layers
        state = {"state_heard": torch.zeros(batch, 1), "state_level_mean": torch.zeros(batch, 1), "state_level_variance": torch.zeros(batch, 1)}
        if convolutions[0].over_time:
            for name in ("mean", "variance"):
                state["state_norm_" + name] = torch.zeros(batch, self.layout.conv_dim[0])
        for i, c in enumerate(convolutions):
            if c.pad:
                state[f"state_conv{i}"] = torch.zeros(batch, c.inputs, c.pad)
        state["state_position"] = torch.zeros(batch, size, self.behind + self.ahead)
        for name in ("state_keys", "state_values"):
            state[name] = torch.zeros(batch, layers, heads, self.window, size // heads)
        state["state_mask"] = torch.full((batch, self.window + self.ahead), MASKED)
        return state

    def step(self, pcm, *state):
        """pcm [batch, 640] and the state -> features [batch, 2, size] of the sound `ahead` frames ago, and the next state."""
        s, new = dict(zip(self.initial_state(), state)), {}
        x = self.features(self.listen(pcm[:, None], s, new), s, new)
        return (x, *(new[name] for name in s))

    def listen(self, x, s, new):
        """Waveform [batch, 1, 640] -> convolution features [batch, channels, 2]."""
        power, usual = x.square().mean((1, 2))[:, None], self.level.variance[0] + s["state_level_variance"]
        gate = gate_of(power, usual)
        share = share_of(gate, s["state_heard"])
        new["state_heard"] = (s["state_heard"] + gate).clamp(max=2e3)  # beyond MEMORY it changes nothing
        level, new["state_level_mean"], new["state_level_variance"] = self.level(x, share, s["state_level_mean"], s["state_level_variance"])
        x = level if self.layout.do_normalize else x
        for i, c in enumerate(self.feature_extractor.conv_layers):
            x, cache = c.convolve(x, s.get(f"state_conv{i}"))
            if c.pad:
                new[f"state_conv{i}"] = cache
            if c.over_time:
                x, new["state_norm_mean"], new["state_norm_variance"] = self.loudness(x, share, s["state_norm_mean"], s["state_norm_variance"])
                x = x * c.layer_norm.weight[:, None] + c.layer_norm.bias[:, None]
            x = c.finish(x)
        return x

    def features(self, x, s, new):
        """Convolution features [batch, channels, 2] -> transformer features [batch, 2, size]."""
        projection, position = self.feature_projection, self.encoder.pos_conv_embed.conv
        x = projection.projection(projection.layer_norm(x.transpose(1, 2))).transpose(1, 2)
        seen = torch.cat([s["state_position"], x], 2)
        new["state_position"] = seen[:, :, FRAMES:]
        reach = min(position.weight.shape[2], self.behind + 1 + self.ahead)
        heard = seen[:, :, :reach - 1 + FRAMES]
        near = F.conv1d(heard, position.weight[:, :, :reach], position.bias, groups=position.groups)
        x = (seen[:, :, self.behind:self.behind + FRAMES] + F.gelu(near)).transpose(1, 2)
        if not self.layout.do_stable_layer_norm:
            x = self.encoder.layer_norm(x)
        mask = torch.cat([s["state_mask"]] + [s["state_heard"] * 0] * FRAMES, 1)  # the new frames can be seen
        new["state_mask"] = mask[:, FRAMES:]
        mask, keys, values = mask[:, None, None, :self.window + FRAMES], [], []
        for i, layer in enumerate(self.encoder.layers):
            def attend(y, i=i, layer=layer):
                y, k, v = layer.attention(y, s["state_keys"][:, i], s["state_values"][:, i], mask)
                keys.append(k)
                values.append(v)
                return y
            x = layer(x, attend)
        new["state_keys"], new["state_values"] = torch.stack(keys, 1), torch.stack(values, 1)
        return self.encoder.layer_norm(x) if self.layout.do_stable_layer_norm and self.whole else x
