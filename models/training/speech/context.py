"""The context encoder: features, emotion, pose and noise -> context and motion, with explicit state.

Voice path: causal 1-D convolution (kernel 3 frames) -> two GRU layers -> 256-d context -> mouth, modulated by the emotion.
Noise path: one GRU layer turns the session's normal numbers into a 10-d code that says what the face does of itself
(blink, gaze, brows, sway); it and the emotion move the upper face and the head. The voice reaches the upper face by one
number only, the stress.
"""

import torch
import torch.nn.functional as F
from torch import nn

from common.motion import ARKIT, EMOTIONS, MOTION, MOUTH, NOISE, UPPER
from common.mouth import CURVES
from speech.encoder import length

CONTEXT = 256
PER_FRAME = 2
POSE = 6
EMOTION_RATE = 0.35  # one-pole smoothing per frame: about 0.1 s
POSE_RATE = 0.35  # twice in a row: a smooth start and stop, about 0.25 s
POSE_LIMIT = (0.6, 0.6, 0.6, 0.3, 0.3, 0.3)  # radians, head widths
NOISE_HIDDEN = 64
EXCESS, EXCESS_GAIN = 1.8, 3.0
# Idle code in natural units: blink, gaze x, gaze y, brow, yaw, pitch, roll, x, y, z; the code holds them scaled to about 1.
CODE_SCALE = (1.0, 0.15, 0.08, 1.0, 0.05, 0.035, 0.03, 0.015, 0.01, 0.016)

# A regression that is unsure moves less than its teacher. These factors give the mouth back most of the spread it lost,
# measured on crops with labels (teacher's standard deviation over the network's: jaw 1.20, funnel 1.69, pucker 1.50, roll 1.72).
# Jaw and mouthClose share one, so that closed lips stay closed.
REACH = {"jawOpen": 1.18, "mouthClose": 1.18, "mouthFunnel": 1.5, "mouthPucker": 1.4, "mouthRollLower": 1.4,
         "mouthStretchLeft": 1.15, "mouthStretchRight": 1.15}


def smooth(x, state, rate):
    """One-pole filter over time: x [batch, frames, n], state [batch, n] -> (filtered, next state)."""
    out = []
    for t in range(length(x)):
        state = state + rate * (x[:, t] - state)
        out.append(state)
    return torch.stack(out, 1), state


def soft_unit(x):
    """Maps a number to -0.1..1.1, so that clamping to 0..1 can reach both ends exactly."""
    return 1.2 * torch.sigmoid(x) - 0.1


class NoiseGenerator(nn.Module):
    def __init__(self):
        super().__init__()
        # Rare events (a blink, a glance) start where a number is large: that excess is given beside the number.
        self.gru = nn.GRU(2 * NOISE, NOISE_HIDDEN, batch_first=True)
        self.out = nn.Linear(NOISE_HIDDEN, NOISE)

    def raw(self, noise, state):
        """noise [batch, frames, 10], state [batch, 64] -> (code [batch, frames, 10], next state), as it is trained."""
        y, h = self.gru(torch.cat([noise, EXCESS_GAIN * F.relu(noise - EXCESS)], -1), state[None])
        return self.out(y), h[0]

    def forward(self, noise, state):
        """The same with a decided blink: a lid that only twitches stays open, one that nearly closes does close."""
        code, state = self.raw(noise, state)
        blink = ((code[..., :1] - .2) / .6).clamp(0, 1)
        return torch.cat([blink * blink * (3 - 2 * blink), code[..., 1:]], -1), state


class UpperFace(nn.Module):
    """Code, emotion and stress -> upper-face channels and head pose."""

    def __init__(self, hidden=128):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(NOISE + len(EMOTIONS) + 1, hidden), nn.GELU(), nn.Linear(hidden, hidden),
                                 nn.GELU(), nn.Linear(hidden, len(UPPER) + POSE))
        # The head follows its part of the code directly; the network adds what emotion and stress do.
        self.register_buffer("pose_scale", torch.tensor(CODE_SCALE[4:]))

    def forward(self, code, emotion, stress):
        y = self.net(torch.cat([code, emotion, stress], -1))
        return soft_unit(y[..., :len(UPPER)]), .1 * y[..., len(UPPER):] + code[..., 4:] * self.pose_scale


class VoicePath(nn.Module):
    """Features -> context, mouth curves (training target) and, with the emotion, the mouth channels."""

    def __init__(self, feature_size, hidden=CONTEXT):
        super().__init__()
        self.taps = nn.Linear(3 * PER_FRAME * feature_size, hidden)
        self.taps_norm = nn.LayerNorm(hidden)
        self.gru = nn.GRU(hidden, hidden, num_layers=2, batch_first=True)
        self.skip = nn.Linear(hidden, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.curves = nn.Linear(hidden, CURVES)
        self.first = nn.Linear(hidden, hidden)
        self.emotion_scale = nn.Linear(len(EMOTIONS), hidden, bias=False)
        self.emotion_shift = nn.Linear(len(EMOTIONS), hidden, bias=False)
        self.second = nn.Linear(hidden, hidden)
        self.mouth = nn.Linear(hidden, len(MOUTH))

    def forward(self, features, emotion, cache, state):
        """features [batch, 2 frames, size], cache [batch, 2, 2 size], state [batch, 2, hidden]."""
        frames = length(features) // PER_FRAME
        x = torch.cat([cache, features.reshape(-1, frames, PER_FRAME * length(features, 2))], 1)
        taps = torch.cat([x[:, :frames], x[:, 1:frames + 1], x[:, 2:frames + 2]], 2)
        y = F.gelu(self.taps_norm(self.taps(taps)))
        z, h = self.gru(y, state.transpose(0, 1).contiguous())
        context = self.norm(z + self.skip(y))
        m = F.gelu(self.first(context) * (1 + self.emotion_scale(emotion)) + self.emotion_shift(emotion))
        m = F.gelu(self.second(m) + m)
        return context, self.curves(context), soft_unit(self.mouth(m)), x[:, frames:], h.transpose(0, 1)


class ContextEncoder(nn.Module):
    INPUTS = ("features", "emotion", "pose", "pose_weight", "noise")
    STATES = ("state_taps", "state_gru", "state_noise", "state_emotion", "state_pose")
    OUTPUTS = ("context", "noise_code", "motion")

    def __init__(self, feature_size=192):
        super().__init__()
        self.feature_size = feature_size
        self.voice = VoicePath(feature_size)
        self.noise = NoiseGenerator()
        self.upper = UpperFace()
        # Brings the context back to the axes of an earlier training, so that decoders trained on that still understand it.
        self.register_buffer("axes", torch.eye(CONTEXT))
        self.register_buffer("origin", torch.zeros(CONTEXT))
        self.register_buffer("reach", torch.tensor([REACH.get(ARKIT[i], 1.0) for i in MOUTH]), persistent=False)
        self.register_buffer("limit", torch.tensor(POSE_LIMIT))
        order = MOUTH + UPPER
        self.register_buffer("order", torch.tensor([order.index(i) for i in range(len(ARKIT))]))

    def initial_state(self, batch=1):
        sizes = ((2, PER_FRAME * self.feature_size), (2, CONTEXT), (NOISE_HIDDEN,), (len(EMOTIONS),), (2, POSE + 1))
        return {name: torch.zeros(batch, *size) for name, size in zip(self.STATES, sizes)}

    def forward(self, features, emotion, pose, pose_weight, noise, taps, gru, noise_state, emotion_state, pose_state):
        """Any number of frames: features [batch, 2 frames, size], the rest [batch, frames, n]."""
        emotion, emotion_state = smooth(emotion.clamp(0, 1), emotion_state, EMOTION_RATE)
        context, curves, mouth, taps, gru = self.voice(features, emotion, taps, gru)
        code, noise_state = self.noise(noise, noise_state)
        stress = torch.sigmoid(curves[..., -1:])
        upper, head = self.upper(code, emotion, stress)
        wanted = torch.cat([torch.minimum(torch.maximum(pose, -self.limit), self.limit), pose_weight.clamp(0, 1)], -1)
        early, first = smooth(wanted, pose_state[:, 0], POSE_RATE)
        late, second = smooth(early, pose_state[:, 1], POSE_RATE)
        weight = late[..., POSE:]
        head = head + weight * (late[..., :POSE] - head)
        head = torch.minimum(torch.maximum(head, -self.limit), self.limit)
        face = torch.cat([mouth * self.reach, upper], -1)[..., self.order].clamp(0, 1)
        return (context @ self.axes + self.origin, code, torch.cat([face, head], -1), taps, gru, noise_state, emotion_state,
                torch.stack([first, second], 1))

    def step(self, features, emotion, pose, pose_weight, noise, *state):
        """One call of the graph: the tensors of docs/model-pack.md."""
        context, code, motion, *state = self(features, emotion[:, None], pose[:, None], pose_weight[:, None],
                                             noise[:, None], *state)
        return (context[:, 0], code[:, 0], motion[:, 0], *state)


assert len(MOUTH) + len(UPPER) + POSE == len(MOTION)
