"""Losses of the voice stage: context, mouth, closures, speaking, articulation; upper face and head under swapped expressions.

Every sound is paired with two random expressions (emotion and noise). The mouth must say what the sound says under both, and the
upper face must do what the expression says whatever is spoken (cross-modality loss of MeshTalk, with masks for mouth and
upper-face channels; the teacher gives the face of any pair of sound and expression).
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from common import teacher
from common.affect import AFFECT_MATRIX, felt, random_emotion
from common.idle import IDLE, idle
from common.motion import APERTURE, ARKIT, MOUTH, NOISE
from motion.adversary import Critic, rival_losses
from motion.idle import face_loss
from motion.nets import ARTICULATION, CLOSURE, CODE_SCALE, CONTEXT, PER_FRAME, STRESS, TEETH, UpperFace, VoicePath

FEATURE_NOISE, FEATURE_DROPOUT = .15, .05  # against learning the cached features by heart
SHUT = .6  # the teacher's closure above which lips are together
# An absolute error alone leaves channels that are mostly at rest there; the square pulls them to their mean.
RARE = {"mouthFunnel": 1.5, "mouthPucker": 1.0, "mouthRollLower": 2.0, "mouthShrugUpper": 3.0, "tongueOut": 4.0, "jawForward": 4.0}
WEIGHTS = {"mouth": 10, "rare": 20, "gap": 4, "speed": 4, "shape": 2, "closure": 1.0, "heard": .5, "teeth": .2, "stress": .3, "speaks": .5,
           "tongue": 8, "upper": 3, "pose": 12, "verdict": .06, "match": .4}
RARELY = torch.tensor([RARE.get(ARKIT[i], .2) for i in MOUTH])
GAP = torch.from_numpy(APERTURE[MOUTH])
PLAIN = [k for k in range(CLOSURE)]


class Voice(nn.Module):
    def __init__(self, feature_size):
        super().__init__()
        self.voice, self.upper = VoicePath(feature_size), UpperFace()
        self.critic = [Critic(feature_size)]  # in a list: it is trained by its own optimiser and not kept


class Feelings:
    """Shown emotions of many random performances, made once: drawing from them is cheap."""

    def __init__(self, rng, count=400, frames=400):
        self.shown = felt(np.stack([random_emotion(rng, frames) for _ in range(count)])).astype(np.float32)

    def draw(self, rng, size, frames):
        begin = rng.integers(0, self.shown.shape[1] - frames, size)
        return np.stack([self.shown[i, k:k + frames] for i, k in zip(rng.integers(0, len(self.shown), size), begin)])


class Batch:
    """Random rows and stretches of the cached features, with expressions: everything as tensors, one frame late as the motion."""

    def __init__(self, data, feelings, size, frames, rng):
        feats, curves = data["features"], data["curves"]
        pick, begin = rng.integers(0, len(feats), size), rng.integers(0, curves.shape[1] - frames + 1, size)
        f = np.stack([feats[i, PER_FRAME * k:PER_FRAME * (k + frames)] for i, k in zip(pick, begin)])
        self.features = torch.from_numpy(f.astype(np.float32))
        late = lambda x: np.concatenate([np.zeros_like(x[:, :1]), x[:, :-1]], 1)  # call n hears chunk n and speaks for chunk n - 1
        self.curves, self.tongue, self.speaks = (
            late(np.stack([data[name][i, k:k + frames] for i, k in zip(pick, begin)]).astype(np.float32)) for name in ("curves", "tongue", "speaks"))
        self.signals = teacher.voice_signals(self.speaks, self.curves[..., STRESS])
        scale = np.array(CODE_SCALE, np.float32)
        self.expressions = [(feelings.draw(rng, size, frames), idle(rng.standard_normal((size, frames, NOISE)), self.signals[..., 1]) / scale)
                            for _ in range(2)]

    def wanted(self, k):
        """Teacher under expression k: what the voice adds to the open mouth, and the whole face."""
        shown, code = self.expressions[k]
        change = teacher.open_mouth(self.curves, shown)[..., MOUTH] - shown @ AFFECT_MATRIX[:, MOUTH]
        face = teacher.compose(self.curves, shown, (code * np.array(CODE_SCALE, np.float32))[..., :IDLE], self.signals)
        return torch.from_numpy(change.astype(np.float32)), torch.from_numpy(face)


def mouth_losses(says, wanted):
    return {"mouth": (says - wanted).abs().mean(), "rare": ((says - wanted).square() * RARELY).mean(),
            "gap": (says @ GAP - wanted @ GAP).abs().mean(),
            "speed": ((says[:, 1:] - says[:, :-1]) - (wanted[:, 1:] - wanted[:, :-1])).abs().mean()}


def reading_losses(voice, context, heard, b):
    curves, tongue, speaks = torch.from_numpy(b.curves), torch.from_numpy(b.tongue), torch.from_numpy(b.speaks)
    out, closure, speaking = voice.read(context, heard)
    shut = (curves[..., CLOSURE] > SHUT).float()
    cross = F.binary_cross_entropy_with_logits
    return out, {"shape": (out[..., PLAIN] - curves[..., PLAIN]).abs().mean(), "closure": cross(closure[..., 0], shut),
                 "heard": cross(heard, shut[..., None].expand_as(heard)), "teeth": cross(out[..., TEETH], curves[..., TEETH]),
                 "stress": cross(out[..., STRESS], curves[..., STRESS].clamp(0, 1)), "speaks": cross(speaking[..., 0], speaks),
                 "tongue": (context[..., :ARTICULATION] - tongue).square().mean()}


def voice_loss(data, model, batch, frames, seed, adversary):
    rng = np.random.default_rng(seed)
    feelings, critic = Feelings(rng), model.critic[0] if adversary else None

    def loss_of(m):
        b = Batch(data, feelings, batch, frames, rng)
        f = b.features + FEATURE_NOISE * torch.randn_like(b.features)
        f = f * (torch.rand(batch, 1, f.shape[2]) > FEATURE_DROPOUT)
        context, heard, _, _ = m.voice.listen(f, torch.zeros(batch, 2, PER_FRAME * f.shape[2]), torch.zeros(batch, 2, CONTEXT))
        curves, losses = reading_losses(m.voice, context, heard, b)
        stress = (torch.sigmoid(curves[..., STRESS:STRESS + 1]) * torch.from_numpy(b.speaks[..., None])).detach()
        rival = None
        for k, (shown, code) in enumerate(b.expressions):
            change, face = b.wanted(k)
            shown, code = torch.from_numpy(shown), torch.from_numpy(code)
            says = m.voice.say(context, shown)
            parts = mouth_losses(says, change)
            upper, head = m.upper(code, shown, stress, torch.from_numpy(b.signals))
            parts["upper"], parts["pose"] = face_loss(upper, head, face)
            if critic and k == 0:
                parts["verdict"], parts["match"], rival = rival_losses(critic, says, change, shown, b.features)
            for name, value in parts.items():
                losses[name] = losses.get(name, 0) + value * (.5 if name not in ("verdict", "match") else 1)
        told = {k: float(v) for k, v in losses.items()}
        total = sum(WEIGHTS[k] * v for k, v in losses.items())
        return (total, rival, told | {"critic": float(rival)}) if critic else (total, told)

    return loss_of
