"""The parts of the context encoder that are trained: noise generator, upper face with head, voice path."""

import torch
import torch.nn.functional as F
from torch import nn

from common.idle import GAZE, JUMP_THRESHOLD, URGE_END, URGE_GLANCE
from common.motion import EMOTIONS, MOUTH, NOISE, UPPER
from common.mouth import CURVES
from common.phones import CONTROLS
from common.teacher import SIGNALS

CONTEXT = 256
PER_FRAME = 2
POSE = 6
ARTICULATION = 3  # tongue tip up, tip out, back up: the first numbers of the context
CLOSURE, TEETH, STRESS = len(CONTROLS), len(CONTROLS) + 1, len(CONTROLS) + 2
NOISE_HIDDEN = 64
EXCESS, EXCESS_GAIN = 1.8, 3.0
# Idle code in natural units: blink, gaze x, gaze y, brow, yaw, pitch, roll, x, y, z; the code holds them scaled to about 1.
CODE_SCALE = (1.0, 0.15, 0.08, 1.0, 0.05, 0.035, 0.03, 0.015, 0.01, 0.016)
assert len(GAZE) == 2


def length(x, dim=1):
    """Size of a dimension as a plain number, so that an exported graph holds a constant and not a Shape operator."""
    return int(x.shape[dim])


def soft_unit(x):
    """Maps a number to -0.1..1.1, so that clamping to 0..1 can reach both ends exactly."""
    return 1.2 * torch.sigmoid(x) - 0.1


class NoiseGenerator(nn.Module):
    """One GRU layer: the session's normal numbers -> a 10-d code that says what the face does of itself."""

    def __init__(self):
        super().__init__()
        # Rare events (a blink, a glance) start where a number is large: that excess is given beside the number.
        self.gru = nn.GRU(2 * NOISE, NOISE_HIDDEN, batch_first=True)
        self.out = nn.Linear(NOISE_HIDDEN, NOISE)

    @staticmethod
    def urged(noise, end):
        """`common.idle.urged` in torch: noise [batch, frames, 10], end [batch, frames, 1]."""
        glance = torch.tanh(noise[..., 2:4]).abs() ** 3
        far = glance.sum(-1, keepdim=True).clamp(max=1) * (noise[..., 1:2] > JUMP_THRESHOLD).to(noise.dtype)
        return torch.cat([noise[..., :1] + URGE_GLANCE * far + URGE_END * end, noise[..., 1:]], -1)

    def raw(self, noise, end, state):
        """noise [batch, frames, 10], end [batch, frames, 1], state [batch, 64] -> (code [.., 10], next state), as it is trained."""
        noise = self.urged(noise, end)
        y, h = self.gru(torch.cat([noise, EXCESS_GAIN * F.relu(noise - EXCESS)], -1), state[None])
        return self.out(y), h[0]

    def forward(self, noise, end, state):
        """The same with a decided blink: a lid that only twitches stays open, one that nearly closes does close."""
        code, state = self.raw(noise, end, state)
        blink = ((code[..., :1] - .2) / .6).clamp(0, 1)
        return torch.cat([blink * blink * (3 - 2 * blink), code[..., 1:]], -1), state


class UpperFace(nn.Module):
    """Code, shown emotion and what the voice says (stress, voice signals) -> upper-face channels and predicted head pose."""

    def __init__(self, hidden=128):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(NOISE + len(EMOTIONS) + 1 + SIGNALS, hidden), nn.GELU(), nn.Linear(hidden, hidden),
                                 nn.GELU(), nn.Linear(hidden, len(UPPER) + POSE))
        # The head follows its part of the code directly; the network adds what emotion and voice do.
        self.register_buffer("pose_scale", torch.tensor(CODE_SCALE[4:]))

    def forward(self, code, emotion, stress, signals):
        y = self.net(torch.cat([code, emotion, stress, signals], -1))
        return soft_unit(y[..., :len(UPPER)]), .1 * y[..., len(UPPER):] + code[..., 4:] * self.pose_scale


class Ear(nn.Module):
    """Closure logit of a video frame: the larger of its two 20 ms', each from its features and those of the four frames before.

    It is the speech encoder's closure head as it was trained there (speech/heads.py): what the few cached sounds of this stage could teach it
    beyond that was worse on voices that nobody had heard.
    """

    TAPS = 5

    def __init__(self, size, hidden=64):
        super().__init__()
        self.size = size
        self.first, self.second = nn.Linear(self.TAPS * size, hidden), nn.Linear(hidden, 1)

    def forward(self, features, cache):
        """features [batch, 2 frames, size], cache [batch, 2, 2 size] of the two chunks before -> [batch, frames, 1]."""
        n = length(features)
        x = torch.cat([cache.reshape(-1, 2 * PER_FRAME, self.size), features], 1)
        taps = torch.cat([x[:, k:k + n] for k in range(self.TAPS)], 2)
        y = self.second(F.gelu(self.first(taps))).reshape(-1, n // PER_FRAME, PER_FRAME)
        return torch.maximum(y[..., :1], y[..., 1:])


class VoicePath(nn.Module):
    """Features -> context; readings of it; and, with the emotion, how the speaking mouth differs from the resting one.

    Causal 1-D convolution (kernel 3 frames) -> two GRU layers -> 256-d context whose first three numbers are the tongue's
    articulation. Readings: mouth curves (closure, teeth and stress as logits) and whether anybody speaks (logit).
    """

    def __init__(self, feature_size, hidden=CONTEXT):
        super().__init__()
        self.taps = nn.Linear(3 * PER_FRAME * feature_size, hidden)
        self.taps_norm = nn.LayerNorm(hidden)
        self.gru = nn.GRU(hidden, hidden, num_layers=2, batch_first=True)
        self.skip = nn.Linear(hidden, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.articulation = nn.Linear(hidden, ARTICULATION)
        self.curves = nn.Linear(hidden, CURVES)
        self.speaks = nn.Linear(hidden, 1)
        self.first = nn.Linear(hidden, hidden)
        self.emotion_scale = nn.Linear(len(EMOTIONS), hidden, bias=False)
        self.emotion_shift = nn.Linear(len(EMOTIONS), hidden, bias=False)
        self.second = nn.Linear(hidden, hidden)
        self.mouth = nn.Linear(hidden, len(MOUTH))

    def listen(self, features, cache, state):
        """features [batch, 2 frames, size], cache [batch, 2, 2 size], state [batch, 2, hidden] -> (context, cache, state)."""
        frames = length(features) // PER_FRAME
        x = torch.cat([cache, features.reshape(-1, frames, PER_FRAME * length(features, 2))], 1)
        taps = torch.cat([x[:, :frames], x[:, 1:frames + 1], x[:, 2:frames + 2]], 2)
        y = F.gelu(self.taps_norm(self.taps(taps)))
        z, h = self.gru(y, state.transpose(0, 1).contiguous())
        inner = self.norm(z + self.skip(y))
        context = torch.cat([self.articulation(inner), inner[..., ARTICULATION:]], -1)
        return context, x[:, frames:], h.transpose(0, 1)

    def read(self, context):
        """-> (mouth curves [.., CURVES], logit of somebody speaking [.., 1])."""
        return self.curves(context), self.speaks(context)

    def say(self, context, emotion):
        """Mouth channels [..., 29] to be added to those of the resting face under the same shown emotion."""
        m = F.gelu(self.first(context) * (1 + self.emotion_scale(emotion)) + self.emotion_shift(emotion))
        return self.mouth(F.gelu(self.second(m) + m))
