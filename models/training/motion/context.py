"""The context encoder: features, emotion, pose and noise -> context, noise code and motion, with explicit state.

Voice path (motion/nets.py) -> context and its readings; with the ear's closures -> decisions (motion/lips.py) -> mouth. Noise path -> code; it and
the shown emotion move the upper face and the head, which the voice reaches by stress and voice signals alone. A given head
pose replaces the predicted one as far as its weight says.
"""

import torch
from torch import nn

from common.affect import FALL, FLASH_OVER, PERCEIVED, RISE, SETTLE, STRONGEST
from common.motion import ARKIT, EMOTIONS, MOTION, MOUTH, UPPER, pair
from motion.lips import Gate, Lips
from motion.nets import CONTEXT, NOISE_HIDDEN, PER_FRAME, POSE, STRESS, Ear, NoiseGenerator, UpperFace, VoicePath, length

POSE_RATE = 0.35  # twice in a row: a smooth start and stop, about 0.25 s
# Rounding and spreading of the lips are slow (common/mouth.py): what the network flickers on them is eased. Share of the way per frame.
EASE = {"mouthPucker": .45, "mouthFunnel": .6, "mouthDimple": .65, "mouthStretch": .65, "mouthSmile": .65, "mouthShrugUpper": .7}
POSE_LIMIT = (0.6, 0.6, 0.6, 0.3, 0.3, 0.3)  # radians, head widths


def smooth(x, state, rate):
    """One-pole filter over time: x [batch, frames, n], state [batch, n] -> (filtered, next state)."""
    out = []
    for t in range(length(x)):
        state = state + rate * (x[:, t] - state)
        out.append(state)
    return torch.stack(out, 1), state


class Feeling(nn.Module):
    """`common.affect.felt` with state [batch, 2, 7]: asked-for emotion -> what the face shows of it."""

    def __init__(self):
        super().__init__()
        for name, value in (("rise", RISE), ("fall", FALL), ("over", FLASH_OVER)):
            self.register_buffer(name, torch.from_numpy(value.copy()), persistent=False)

    def forward(self, asked, state):
        asked, out = asked.clamp(0, 1) ** PERCEIVED, []
        fast, slow = state[:, 0], state[:, 1]
        for t in range(length(asked)):
            off = asked[:, t] - fast
            fast = fast + self.rise * off.clamp(min=0) + self.fall * off.clamp(max=0)
            slow = slow + SETTLE * (fast - slow)
            out.append((fast + self.over * (fast - slow).clamp(min=0)).clamp(0, STRONGEST))
        return torch.stack(out, 1), torch.stack([fast, slow], 1)


class ContextEncoder(nn.Module):
    INPUTS = ("features", "emotion", "pose", "pose_weight", "noise")
    STATES = ("state_taps", "state_gru", "state_noise", "state_emotion", "state_pose", "state_voice", "state_lips", "state_mouth")
    OUTPUTS = ("context", "noise_code", "motion")

    def __init__(self, feature_size=192):
        super().__init__()
        self.feature_size = feature_size
        self.ear, self.voice, self.noise, self.upper = Ear(feature_size), VoicePath(feature_size), NoiseGenerator(), UpperFace()
        self.feeling, self.gate, self.lips = Feeling(), Gate(), Lips()
        self.register_buffer("limit", torch.tensor(POSE_LIMIT), persistent=False)
        ease = torch.ones(len(MOUTH))
        for name, rate in EASE.items():
            for i in pair(name):
                ease[MOUTH.index(i)] = rate
        self.register_buffer("ease", ease, persistent=False)
        order = MOUTH + UPPER
        self.register_buffer("order", torch.tensor([order.index(i) for i in range(len(ARKIT))]), persistent=False)

    def initial_state(self, batch=1):
        sizes = ((2, PER_FRAME * self.feature_size), (2, CONTEXT), (NOISE_HIDDEN,), (2, len(EMOTIONS)), (2, POSE + 1), (Gate.STATE,),
                 (Lips.STATE,), (len(MOUTH),))
        return {name: torch.zeros(batch, *size) for name, size in zip(self.STATES, sizes)}

    def head(self, predicted, pose, weight, state):
        """Predicted pose, or the given one as far as its weight says, both eased; state [batch, 2, 7]."""
        wanted = torch.cat([torch.minimum(torch.maximum(pose, -self.limit), self.limit), weight.clamp(0, 1)], -1)
        early, first = smooth(wanted, state[:, 0], POSE_RATE)
        late, second = smooth(early, state[:, 1], POSE_RATE)
        head = predicted + late[..., POSE:] * (late[..., :POSE] - predicted)
        return torch.minimum(torch.maximum(head, -self.limit), self.limit), torch.stack([first, second], 1)

    def forward(self, features, emotion, pose, pose_weight, noise, taps, gru, noise_state, emotion_state, pose_state, voice_state, lips_state,
                mouth_state):
        """Any number of frames: features [batch, 2 frames, size], the rest [batch, frames, n]."""
        shown, emotion_state = self.feeling(emotion, emotion_state)
        closure = self.ear(features, taps)
        context, taps, gru = self.voice.listen(features, taps, gru)
        curves, speaks = self.voice.read(context)
        stress = (self.gate.stress_gain * torch.sigmoid(curves[..., STRESS:STRESS + 1])).clamp(max=1)
        voiced, gate, signals, voice_state = self.gate(speaks, stress, voice_state)
        decided, far, lips_state = self.lips.decide(closure, lips_state)
        change, mouth_state = smooth(self.voice.say(context, shown), mouth_state, self.ease)
        mouth = self.lips.mouth(change, shown, gate, voiced, decided, far)
        code, noise_state = self.noise(noise, signals[..., 1:2], noise_state)
        upper, head = self.upper(code, shown, stress * signals[..., :1], signals)
        head, pose_state = self.head(head, pose, pose_weight, pose_state)
        face = torch.cat([mouth, upper.clamp(0, 1)], -1)[..., self.order]
        return (context, code, torch.cat([face, head], -1), taps, gru, noise_state, emotion_state, pose_state, voice_state, lips_state,
                mouth_state)

    def step(self, features, emotion, pose, pose_weight, noise, *state):
        """One call of the graph: the tensors of docs/model-pack.md."""
        context, code, motion, *state = self(features, emotion[:, None], pose[:, None], pose_weight[:, None],
                                             noise[:, None], *state)
        return (context[:, 0], code[:, 0], motion[:, 0], *state)


assert len(MOUTH) + len(UPPER) + POSE == len(MOTION)
