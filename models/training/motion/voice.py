"""Losses of the voice stage: context, mouth, closures, speaking, articulation; upper face and head under swapped expressions.

Every sound is paired with two random expressions (emotion and noise). The mouth must say what the sound says under both, and the
upper face must do what the expression says whatever is spoken (cross-modality loss of MeshTalk, with masks for mouth and
upper-face channels; the teacher gives the face of any pair of sound and expression).
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from common import teacher
from common.affect import AFFECT_MATRIX, felt, random_emotion
from common.device import DEVICE, LARGE, WORKERS, put
from common.idle import IDLE, idle
from common.motion import APERTURE, ARKIT, MOUTH, NOISE
from motion.adversary import Critic, rival_losses
from motion.crops import LABELS
from motion.idle import face_loss
from motion.nets import ARTICULATION, CLOSURE, CODE_SCALE, CONTEXT, PER_FRAME, STRESS, TEETH, UpperFace, VoicePath

FEATURE_NOISE, FEATURE_DROPOUT = .15, .05  # against learning the cached features by heart
SHUT = .6  # the teacher's closure above which lips are together
# An absolute error alone leaves channels that are mostly at rest there; the square pulls them to their mean.
RARE = {"mouthFunnel": 1.5, "mouthPucker": 1.0, "mouthRollLower": 2.0, "mouthShrugUpper": 3.0, "tongueOut": 4.0, "jawForward": 4.0}
WEIGHTS = {"mouth": 10, "rare": 20, "gap": 4, "speed": 4, "shape": 2, "closure": 1.0, "teeth": .2, "stress": .3, "speaks": .5,
           "tongue": 8, "upper": 3, "pose": 12, "verdict": .06, "match": .4}
RARELY = torch.tensor([RARE.get(ARKIT[i], .2) for i in MOUTH])
GAP = torch.from_numpy(APERTURE[MOUTH])
PLAIN = [k for k in range(CLOSURE)]


class Voice(nn.Module):
    def __init__(self, feature_size):
        super().__init__()
        self.voice, self.upper = VoicePath(feature_size), UpperFace()
        self.critic = [Critic(feature_size).to(DEVICE)]  # in a list: it is trained by its own optimiser and not kept


class Feelings:
    """Shown emotions of many random performances, made once: drawing from them is cheap."""

    def __init__(self, rng, count=400, frames=400):
        self.shown = felt(np.stack([random_emotion(rng, frames) for _ in range(count)])).astype(np.float32)

    def draw(self, rng, size, frames):
        begin = rng.integers(0, self.shown.shape[1] - frames, size)
        return np.stack([self.shown[i, k:k + frames] for i, k in zip(rng.integers(0, len(self.shown), size), begin)])


class Batches(IterableDataset):
    """Endless random rows and stretches of the cached sounds, with expressions: labels one frame late, as the motion is.

    A batch is a dict of tensors: pick, begin [size] (row and first frame); curves, tongue, speaks, signals [size, frames, ...]; and under
    `expressions` two of (shown emotion, idle code, what the voice adds to the open mouth, whole face by the teacher).
    """

    def __init__(self, data, size, frames, seed):
        self.labels, self.size, self.frames, self.seed = {k: data[k] for k in LABELS}, size, frames, seed
        self.feelings = Feelings(np.random.default_rng(seed))

    def __iter__(self):
        worker = get_worker_info()
        rng = np.random.default_rng([self.seed, worker.id if worker else 0])
        while True:
            yield self.draw(rng)

    def draw(self, rng):
        rows, length = self.labels["speaks"].shape[:2]
        pick, begin = rng.integers(0, rows, self.size), rng.integers(0, length - self.frames + 1, self.size)
        late = lambda x: np.concatenate([np.zeros_like(x[:, :1]), x[:, :-1]], 1)  # call n hears chunk n and speaks for chunk n - 1
        out = {k: late(np.stack([v[i, b:b + self.frames] for i, b in zip(pick, begin)]).astype(np.float32)) for k, v in self.labels.items()}
        out["signals"] = teacher.voice_signals(out["speaks"], out["curves"][..., STRESS])
        expressions = [self.expression(rng, out) for _ in range(2)]
        out = {k: torch.from_numpy(v) for k, v in out.items()}
        return out | {"expressions": expressions, "pick": torch.from_numpy(pick), "begin": torch.from_numpy(begin)}

    def expression(self, rng, b):
        """A random emotion and idling, and what the teacher does under them."""
        shown = self.feelings.draw(rng, self.size, self.frames)
        idling = idle(rng.standard_normal((self.size, self.frames, NOISE)), b["signals"][..., 1])
        change = teacher.open_mouth(b["curves"], shown)[..., MOUTH] - shown @ AFFECT_MATRIX[:, MOUTH]
        face = teacher.compose(b["curves"], shown, idling[..., :IDLE], b["signals"])
        code = idling / np.array(CODE_SCALE, np.float32)
        return [torch.from_numpy(x.astype(np.float32)) for x in (shown, code, change, face)]


def moved(batch):
    """The same on the device that trains."""
    if isinstance(batch, dict):
        return {k: moved(v) for k, v in batch.items()}
    return [moved(v) for v in batch] if isinstance(batch, list) else batch.to(DEVICE, non_blocking=True)


def mouth_losses(says, wanted):
    return {"mouth": (says - wanted).abs().mean(), "rare": ((says - wanted).square() * RARELY.to(says.device)).mean(),
            "gap": ((says - wanted) @ GAP.to(says.device)).abs().mean(),
            "speed": ((says[:, 1:] - says[:, :-1]) - (wanted[:, 1:] - wanted[:, :-1])).abs().mean()}


def reading_losses(voice, context, b):
    curves = b["curves"]
    out, speaking = voice.read(context)
    shut = (curves[..., CLOSURE] > SHUT).float()
    cross = F.binary_cross_entropy_with_logits
    return out, {"shape": (out[..., PLAIN] - curves[..., PLAIN]).abs().mean(), "closure": cross(out[..., CLOSURE], shut),
                 "teeth": cross(out[..., TEETH], curves[..., TEETH]),
                 "stress": cross(out[..., STRESS], curves[..., STRESS].clamp(0, 1)), "speaks": cross(speaking[..., 0], b["speaks"]),
                 "tongue": (context[..., :ARTICULATION] - b["tongue"]).square().mean()}


def voice_loss(data, model, batch, frames, seed, adversary):
    critic = model.critic[0] if adversary else None
    kept = put(data["features"])
    batches = iter(DataLoader(Batches(data, batch, frames, seed), batch_size=None, num_workers=WORKERS, pin_memory=LARGE))
    steps = torch.arange(PER_FRAME * frames, device=DEVICE)

    def loss_of(m):
        b = moved(next(batches))
        clean = kept[b["pick"][:, None], PER_FRAME * b["begin"][:, None] + steps].float()
        f = clean + FEATURE_NOISE * torch.randn_like(clean)
        f = f * (torch.rand(batch, 1, f.shape[2], device=DEVICE) > FEATURE_DROPOUT)
        context, _, _ = m.voice.listen(f, f.new_zeros(batch, 2, PER_FRAME * f.shape[2]), f.new_zeros(batch, 2, CONTEXT))
        curves, losses = reading_losses(m.voice, context, b)
        stress = (torch.sigmoid(curves[..., STRESS:STRESS + 1]) * b["speaks"][..., None]).detach()
        rival = None
        for k, (shown, code, change, face) in enumerate(b["expressions"]):
            says = m.voice.say(context, shown)
            parts = mouth_losses(says, change)
            upper, head = m.upper(code, shown, stress, b["signals"])
            parts["upper"], parts["pose"] = face_loss(upper, head, face)
            if critic and k == 0:
                parts["verdict"], parts["match"], rival = rival_losses(critic, says, change, shown, clean)
            for name, value in parts.items():
                losses[name] = losses.get(name, 0) + value * (.5 if name not in ("verdict", "match") else 1)
        total = sum(WEIGHTS[k] * v for k, v in losses.items())
        told = {k: v.detach() for k, v in losses.items()}
        return (total, rival, told | {"critic": rival.detach()}) if critic else (total, told)

    return loss_of
