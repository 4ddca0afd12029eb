"""Loss of the idle stage: noise -> code, and (code, shown emotion, voice signals) -> upper face and head. Needs no voice."""

import numpy as np
import torch
from torch import nn

from common import teacher
from common.affect import STRONGEST
from common.idle import BLINK_THRESHOLD, FLASH_THRESHOLD, JUMP_THRESHOLD, idle
from common.motion import ARKIT, EMOTIONS, NOISE, UPPER
from common.mouth import CURVES
from motion.nets import CODE_SCALE, NOISE_HIDDEN, NoiseGenerator, UpperFace

FRAMES = 300
BATCH, FACES = 24, 1024
# The eyelids are a small part of the error and a large part of being alive (MeshTalk's eyelid loss).
LIDS = torch.tensor([3.0 if "Blink" in ARKIT[i] or "Wide" in ARKIT[i] else 1.0 for i in UPPER])


class Idle(nn.Module):
    def __init__(self):
        super().__init__()
        self.noise, self.upper = NoiseGenerator(), UpperFace()


def random_feelings(rng, *shape):
    """Shown emotions: a third neutral, most with one emotion, some with two; at times beyond 1, as an onset is."""
    count = rng.choice(3, shape, p=(.3, .55, .15))
    rank = rng.random((*shape, len(EMOTIONS))).argsort(-1)
    return np.where(rank < count[..., None], rng.uniform(0, STRONGEST, rank.shape), 0).astype(np.float32)


def random_turns(rng, batch, frames):
    """Speaking or not, in turns of 0.6 to 6 s: [batch, frames] of 0 and 1."""
    out = np.zeros((batch, frames), np.float32)
    for row in out:
        t, now = 0, rng.random() < .5
        while t < frames:
            n = int(rng.integers(15, 150))
            row[t:t + n] = now
            t, now = t + n, not now
    return out


def random_voice(rng, n):
    """Stress [n, 1] and voice signals [n, 3] as they may come."""
    stress = np.maximum(0, rng.uniform(-.5, 1, (n, 1)))
    speaks = np.where(rng.random((n, 1)) < .7, rng.random((n, 1)) < .6, rng.random((n, 1)))
    end = np.maximum(0, rng.uniform(-1, 1, (n, 1))) * (1 - speaks)
    beat = np.maximum(0, rng.uniform(-.5, 1, (n, 1)))
    return (stress * speaks).astype(np.float32), np.concatenate([speaks, end, beat], 1).astype(np.float32)


def face_loss(upper, head, wanted):
    """(upper-face error with the eyelid loss, pose loss): upper [.., 25], head [.., 6] against wanted [.., 58]."""
    return ((upper - wanted[..., UPPER]).abs() * LIDS.to(upper.device)).mean(), (head - wanted[..., teacher.HEAD0:]).abs().mean()


def idle_loss(seed, batch=BATCH, frames=FRAMES):
    rng = np.random.default_rng(seed)
    scale = np.array(CODE_SCALE, np.float32)
    weights = torch.tensor([4.0, 1, 1, 4, 1, 1, 1, 1, 1, 1])

    def loss_of(m):
        noise = rng.standard_normal((batch, frames, NOISE)).astype(np.float32)
        for channel, threshold in ((0, BLINK_THRESHOLD), (1, JUMP_THRESHOLD), (9, FLASH_THRESHOLD)):
            more = rng.random(noise.shape[:2]) < .02  # more events to learn from, most near the threshold
            noise[..., channel] = np.where(more, rng.normal(threshold, .3, noise.shape[:2]), noise[..., channel])
        end = teacher.voice_signals(random_turns(rng, batch, frames), np.zeros((batch, frames), np.float32))[..., 1]
        wanted = idle(noise, end) / scale
        code, _ = m.noise.raw(torch.from_numpy(noise), torch.from_numpy(end[..., None]), torch.zeros(batch, NOISE_HIDDEN))
        off = (code - torch.from_numpy(wanted)) * weights.sqrt()
        first = off.square().mean() + .05 * off.abs().mean()
        pick = rng.integers(0, batch * frames, FACES)
        known = wanted.reshape(-1, NOISE)[pick] + rng.normal(0, .02, (FACES, NOISE)).astype(np.float32)
        emotion, curves = random_feelings(rng, FACES), np.zeros((FACES, CURVES), np.float32)
        stress, signals = random_voice(rng, FACES)
        curves[:, -1:] = stress
        face = torch.from_numpy(teacher.compose(curves, emotion, known * scale, signals))
        known, emotion, stress, signals = (torch.from_numpy(a) for a in (known, emotion, stress, signals))
        upper, pose = face_loss(*m.upper(known, emotion, stress, signals), face)
        return first + 10 * (upper + 4 * pose), {"code": first.item(), "upper": upper.item(), "pose": pose.item()}

    return loss_of
