"""Log-mel: what the convolutions are distilled from, and the encoder's input in the first training stage."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from speech.encoder import Linear, Transformer


class LogMel(nn.Module):
    """Two 15 ms log-mel frames per 20 ms: exactly the 400 samples the convolutions see. Target of the distillation."""

    BANDS, WINDOW, STEP, SIZE = 40, 240, 160, 80

    def __init__(self):
        super().__init__()
        mel = torch.linspace(1127 * math.log(1 + 80 / 700), 1127 * math.log(1 + 7600 / 700), self.BANDS + 2)
        hz = 700 * (torch.exp(mel / 1127) - 1)
        bins = torch.arange(129) * 62.5
        width_l, width_r = (hz[1:-1] - hz[:-2]).clamp(min=62.5), (hz[2:] - hz[1:-1]).clamp(min=62.5)
        d = bins[None] - hz[1:-1, None]
        bank = torch.where(d < 0, 1 + d / width_l[:, None], 1 - d / width_r[:, None]).clamp(min=0)
        self.register_buffer("bank", bank / bank.sum(1, keepdim=True))
        self.register_buffer("window", torch.hann_window(self.WINDOW))

    @torch.no_grad()
    def forward(self, pcm):
        frames = F.pad(pcm, (self.WINDOW - self.STEP, 0)).unfold(1, self.WINDOW, self.STEP) * self.window
        power = torch.fft.rfft(frames, 256).abs().square() @ self.bank.T
        return ((torch.log(power + 3e-4) + 2) / 3).reshape(pcm.shape[0], -1, self.SIZE)


class MelEncoder(nn.Module):
    """The transformer on log-mel input, for the first training stage."""

    def __init__(self, **transformer):
        super().__init__()
        self.mel = LogMel()
        self.transformer = Transformer(**transformer)
        self.project = Linear(LogMel.SIZE, self.transformer.size)
        self.front_size = LogMel.SIZE
        self.half = False

    def front(self, pcm):
        """In the form of SpeechEncoder.front: ([batch, frames, 80], no caches)."""
        x = self.mel(pcm)
        return x.bfloat16() if self.half else x, []

    def above(self, sound, mask=None):
        return self.transformer(self.project(sound))

    def forward(self, pcm):
        return self.above(self.front(pcm)[0])
