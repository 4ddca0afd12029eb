"""How the speaker sounds: energy, arousal, valence and a mood, read from the encoder's features each 200 ms (AVI-Talking, Sun et al. 2024).

Causal, with explicit state. Per call of 40 ms the features are projected, weighed by how surely there is a voice, and summed up over the
last half second and the last three seconds (mean and spread); each fifth call a small network reads those sums. Between updates the
last answer is held. Loudness enters only relative to the speaker's own running level, so that a gain changes nothing.
"""

import torch
import torch.nn.functional as F
from torch import nn

from common.motion import EMOTIONS
from speech.encoder import HOP, Linear, length

LABELS = ("neutral", *EMOTIONS)
NO_DATA = ("contempt", "surprised")  # no recordings of these: their probability is always 0
SCALARS = ("energy", "arousal", "valence")  # 0..1, 0..1, -1..1
SIZE = len(SCALARS) + len(LABELS)
EVERY = 5  # calls of 40 ms
CALM_AROUSAL = .4
DECAY = (.92, .987)  # per call: half a second and three seconds
SURE = 12.0  # voiced calls (of 25 a second) in the long memory after which the mood is believed entirely
REST = 1e-4
LOUD_SPREAD = 2.3  # natural-log power; 10 dB above the speaker's mean is full energy


class SpeakerState(nn.Module):
    STATES = ("state_mood", "state_held", "state_clock")

    def __init__(self, features, width=40, hidden=64):
        super().__init__()
        self.width = width + 1  # the last is loudness
        self.voice, self.project = Linear(features, 1), Linear(features, width)
        self.first, self.dropout = Linear(4 * self.width, hidden), nn.Dropout(.4)
        self.second = Linear(hidden, 2 + len(LABELS))
        self.register_buffer("decay", torch.tensor(DECAY).reshape(1, 2, 1))
        self.register_buffer("possible", torch.tensor([0.0 if n in NO_DATA else 1.0 for n in LABELS]))
        # What is said of nobody: the start of a stream, so that every state tensor can start at 0.
        self.register_buffer("rest", torch.tensor([0.0, CALM_AROUSAL, 0.0, 1.0] + [0.0] * len(EMOTIONS)))

    def initial_state(self, batch=1):
        sizes = (2, 2 * self.width + 1), (SIZE,), (1,)
        return {name: torch.zeros(batch, *size) for name, size in zip(self.STATES, sizes)}

    @staticmethod
    def loudness(pcm):
        """pcm [batch, calls * 640] -> log power [batch, calls]."""
        return torch.log(pcm.reshape(-1, length(pcm) // (2 * HOP), 2 * HOP).square().mean(2) + 1e-7)

    def seen(self, features, loudness):
        """What a call adds to the sums, [batch, calls, 2 width + 1]: values, squares and weight, all times the voice's weight."""
        pairs = features.reshape(-1, length(features) // 2, 2, length(features, 2))
        weight = torch.sigmoid(self.voice(pairs)).mean(2)
        x = torch.cat([torch.tanh(self.project(pairs)).mean(2), loudness[..., None] / 4], 2)
        return torch.cat([x * weight, x.square() * weight, weight], 2)

    def sums_at(self, features, loudness, when):
        """The sums of each recording after call `when`, [batch, 2, 2 width + 1], without running through it."""
        ago = when[:, None] - torch.arange(loudness.shape[1])[None]
        weight = self.decay.reshape(2)[:, None, None] ** ago.clamp(min=0) * (ago >= 0)
        return torch.einsum("kbt,btc->bkc", weight, self.seen(features, loudness))

    def read(self, sums):
        """sums [..., 2, 2 width + 1] -> logits [..., 2 + labels] and the evidence [..., 1]."""
        w = self.width
        mean = sums[..., :w] / (sums[..., 2 * w:] + REST)
        spread = (sums[..., w:2 * w] / (sums[..., 2 * w:] + REST) - mean.square()).clamp(min=0).add(1e-4).sqrt()
        # Loudness alone means nothing over a call with an unknown gain: only what is louder than the speaker's mean.
        short, long = mean[..., 0, :], mean[..., 1, :]
        louder = short[..., w - 1:] - long[..., w - 1:]
        x = torch.cat([short[..., :w - 1], louder, long[..., :w - 1], torch.zeros_like(louder), spread[..., 0, :], spread[..., 1, :]], -1)
        return self.second(self.dropout(F.gelu(self.first(x)))), sums[..., 1, 2 * w:], louder

    def answer(self, sums):
        """[batch, SIZE]: energy, arousal, valence, label probabilities."""
        logits, evidence, louder = self.read(sums)
        sure = (evidence / SURE).clamp(0, 1)
        voice = (sums[:, 0, 2 * self.width:] * (1 - DECAY[0])).clamp(0, 1)  # share of voice in the last half second
        energy = voice * (.5 + louder * 4 / (2 * LOUD_SPREAD)).clamp(0, 1)
        arousal = CALM_AROUSAL + sure * (torch.sigmoid(logits[:, :1]) - CALM_AROUSAL)
        mood = (logits[:, 2:] - 1e4 * (1 - self.possible)).softmax(1)
        calm = self.rest[len(SCALARS):]
        return torch.cat([energy, arousal, sure * torch.tanh(logits[:, 1:2]), calm + sure * (mood - calm)], 1)

    def step(self, pcm, features, sums, held, clock):
        """One call of 640 samples: (speaker_state [batch, SIZE], next sums, next held, next clock)."""
        sums = sums * self.decay + self.seen(features, self.loudness(pcm)).reshape(-1, 1, 2 * self.width + 1)
        clock = clock + 1
        due = (clock >= EVERY).to(clock.dtype)
        held = held + due * (self.answer(sums) - self.rest - held)
        return self.rest + held, sums, held, clock * (1 - due)
