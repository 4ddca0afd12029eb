"""Decisions about the mouth, with explicit state: does anybody speak, and are the lips together.

A network that is unsure gives the mean of open and closed, which is neither. So probabilities are calibrated on validation
sounds and decided with hysteresis; decided closures shut the lips, and nothing else does while a voice is heard.
"""

import torch
from torch import nn

from common.affect import AFFECT_MATRIX
from common.motion import APERTURE, INDEX, MOTION, MOUTH, pair
from common.teacher import BEAT_RATE, LISTENING_SMILE, MEMORY_RATE, OPEN, SPEAKING_RATE
from motion.nets import length

HOLD = 5  # frames of no voice after which speech has ended: 0.2 s
ATTACK = .65  # of the way to closed lips in one frame; what is missing the next frame brings
RELEASE = .50  # what is left of a closure one frame after it was decided to be over
TOUCH = .02  # largest gap between lips that are decided to be together: less than motion.closures.CLOSED
LEAN = .5  # how far an undecided closure draws the lips together
_AT = {MOTION[i]: k for k, i in enumerate(MOUTH)}
JAW, CLOSE = _AT["jawOpen"], _AT["mouthClose"]
_SHUT = {"mouthFunnel": 0, "mouthLowerDown": 0, "mouthUpperUp": 0, "mouthShrugUpper": 0, "tongueOut": 0, "mouthPress": .25,
         "mouthRollUpper": .2, "mouthRollLower": .16}


def unit(size, at):
    return torch.eye(size)[at]


class Gate(nn.Module):
    """Speech probability -> (voiced now, mouth gate, voice signals); state [batch, 4]: hold, speaking, memory, beat."""

    STATE = 4

    def __init__(self):
        super().__init__()
        self.register_buffer("scale", torch.tensor([1.0, 0.0]))  # calibrated logit = scale * logit + shift
        self.register_buffer("stress_gain", torch.tensor(1.0))  # gives the stress back the spread that an unsure reading loses
        self.register_buffer("limits", torch.tensor([0.6, 0.3]))  # probability above which speech begins, below which it may end

    def probability(self, logit):
        return torch.sigmoid(self.scale[0] * logit + self.scale[1])

    def forward(self, logit, stress, state):
        """logit, stress [batch, frames, 1] -> (voiced, gate, signals [.., 3], next state)."""
        p = self.probability(logit)
        hold, now, memory, beat = (state[:, k:k + 1] for k in range(self.STATE))
        rows = []
        for t in range(length(p)):
            heard = ((p[:, t] > self.limits[0]) | ((hold > 0) & (p[:, t] > self.limits[1]))).to(p.dtype)
            hold = torch.maximum(heard, hold - 1 / HOLD).clamp(min=0) * (torch.maximum(heard, hold - 1 / HOLD) > 1e-3).to(p.dtype)
            speaks = (hold > 0).to(p.dtype)
            now = now + SPEAKING_RATE * (speaks - now)
            memory = memory + MEMORY_RATE * (now - memory)
            beat = beat + BEAT_RATE * (stress[:, t] * speaks - beat)
            rows.append(torch.cat([heard, torch.maximum(now, speaks), now, (memory - now).clamp(min=0), beat], 1))
        y = torch.stack(rows, 1)
        return y[..., :1], y[..., 1:2], y[..., 2:], torch.cat([hold, now, memory, beat], 1)


class Lips(nn.Module):
    """Closure probability -> decided closure; puts the mouth together. State [batch, 2]: decided, how far closed."""

    STATE = 2

    def __init__(self):
        super().__init__()
        n = len(MOUTH)
        self.register_buffer("scale", torch.tensor([1.0, 0.0]))
        self.register_buffer("limits", torch.tensor([0.5, 0.3]))  # lips meet above the first, part below the second
        rest = torch.zeros(n)
        for i in pair("mouthSmile"):
            rest[MOUTH.index(i)] = LISTENING_SMILE
        rest[JAW] = -float(APERTURE[MOUTH] @ rest.numpy())
        pull, goal = torch.zeros(n), torch.zeros(n)
        for name, value in _SHUT.items():
            for i in pair(name):
                pull[MOUTH.index(i)], goal[MOUTH.index(i)] = 1, value
        for name, value in (("affect", torch.from_numpy(AFFECT_MATRIX[:, MOUTH])), ("listening", rest), ("pull", pull), ("goal", goal),
                            ("gap", torch.from_numpy(APERTURE[MOUTH])), ("jaw", unit(n, JAW)), ("close", unit(n, CLOSE))):
            self.register_buffer(name, value.clone(), persistent=False)

    def probability(self, logit):
        return torch.sigmoid(self.scale[0] * logit + self.scale[1])

    def decide(self, logit, state):
        """logit [batch, frames, 1], state [batch, 2] -> (decided 0 or 1, how far closed 0..1, next state)."""
        p = self.probability(logit)
        decided, far = state[:, :1], state[:, 1:]
        rows = []
        for t in range(length(p)):
            decided = ((p[:, t] > self.limits[0]) | ((decided > .5) & (p[:, t] > self.limits[1]))).to(p.dtype)
            lean = LEAN * (p[:, t] / self.limits[0]).clamp(max=1)
            far = torch.maximum(torch.minimum(torch.maximum(decided, lean), far + ATTACK), RELEASE * far)
            rows.append(torch.cat([decided, far], 1))
        y = torch.stack(rows, 1)
        return y[..., :1], y[..., 1:], torch.cat([decided, far], 1)

    def mouth(self, change, emotion, gate, voiced, decided, far):
        """Mouth channels [batch, frames, 29] 0..1 from the voice's change against rest, shown emotion and the decisions."""
        feeling = emotion @ self.affect
        rest = feeling + self.listening
        m = (rest + gate * (feeling + change - rest)).clamp(0, 1)
        shut = far * gate
        jaw = m[..., JAW:JAW + 1]
        m = m + shut * (self.pull * (self.goal - m) + self.jaw * (jaw.clamp(max=.16) - jaw))
        jaw = m[..., JAW:JAW + 1]
        m = m * (1 - self.close) + self.close * (shut * (jaw + .01))
        gap = (m * self.gap).sum(-1, keepdim=True)
        # Decided lips touch; a voice that closes nothing keeps one.
        m = m + self.close * torch.relu(gap - TOUCH) * decided * gate + self.jaw * torch.relu(OPEN - gap) * voiced * (1 - decided)
        return m.clamp(0, 1)
