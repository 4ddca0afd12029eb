"""What the faces do in the training frames: the teacher's performances, random mixtures, and exaggerated head poses."""
import sys
from pathlib import Path

import numpy as np

from head import TONGUE, shape_names
from region import POSE_LIMIT, POSE_TOGETHER
from tongue import tongue_curves

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.affect import random_emotion  # noqa: E402
from common.motion import ARKIT, EMOTIONS, FRAME_RATE, INDEX, MOTION  # noqa: E402
from common.phones import PHONES  # noqa: E402
from common.teacher import perform, random_phones  # noqa: E402

TO_RENDERER = np.array([ARKIT.index(n) for n in shape_names()])


def performance(rng, seconds=24):
    """(motion [n, 58], emotion [n, 7], tongue [n, 3]) of one random performance."""
    count = int(seconds * FRAME_RATE)
    segments, gains = random_phones(rng, seconds) if rng.random() < .9 else ([], None)
    tongue = tongue_curves(segments, PHONES, count) if segments else np.zeros((count, 3), np.float32)
    emotion = random_emotion(rng, count)
    return perform(segments, gains, emotion, rng), emotion, tongue


def mixture(rng, n):
    """Independent random faces: a few channels at a time, left and right mostly together."""
    motion, emotion = np.zeros((n, len(MOTION)), np.float32), np.zeros((n, len(EMOTIONS)), np.float32)
    names = sorted({c.replace("Left", "*").replace("Right", "*") if c not in ("jawLeft", "jawRight", "mouthLeft", "mouthRight") else c for c in ARKIT})
    for row in motion:
        for name in rng.choice(names, rng.integers(2, 8), replace=False):
            value = rng.random() ** 1.5 * (.6 if name == "jawOpen" else .35 if name in ("tongueOut", "cheekPuff") else .9)
            sides = [name] if "*" not in name else [name.replace("*", s) for s in ("Left", "Right")]
            for side in sides:
                row[INDEX[side]] = np.clip(value * (1 if rng.random() < .7 else rng.uniform(.3, 1)), 0, 1)
        # lids and gaze the whole face needs in every mixture
        if rng.random() < .4:
            row[INDEX["eyeBlinkLeft"]] = row[INDEX["eyeBlinkRight"]] = rng.random()
        gx, gy = rng.normal(0, .25, 2)
        for c, v in (("eyeLookOutLeft", gx), ("eyeLookInRight", gx), ("eyeLookInLeft", -gx), ("eyeLookOutRight", -gx)):
            row[INDEX[c]] = np.clip(v, 0, .7)
        for s in ("Left", "Right"):
            row[INDEX["eyeLookUp" + s]], row[INDEX["eyeLookDown" + s]] = np.clip(gy, 0, .5), np.clip(-gy, 0, .6)
        row[INDEX["mouthClose"]] = min(row[INDEX["mouthClose"]], row[INDEX["jawOpen"]])
    tongue = np.clip(rng.normal(0, .5, (n, 3)), 0, 1).astype(np.float32)
    motion[:, -6:] = rng.normal(0, .5, (n, 6)) * POSE_LIMIT
    return motion, emotion, tongue


def open_mouths(rng, n):
    """Performances whose mouths are replaced by wide open, smiling and laughing ones: teeth, tongue and corners are seen in all of them."""
    motion, emotion, tongue = _picked(rng, n)
    mouth = [i for i, c in enumerate(ARKIT) if c.startswith(("jaw", "mouth"))]
    motion[:, mouth] = 0
    for row in motion:
        smile, wide, lift, bare, stretch = rng.random(5) * (rng.random(5) < (.6, .6, .6, .6, .3))
        for names, value in ((("jawOpen",), .65 * wide), (("mouthSmileLeft", "mouthSmileRight"), smile), (("mouthUpperUpLeft", "mouthUpperUpRight"), .55 * lift),
                             (("mouthLowerDownLeft", "mouthLowerDownRight"), .6 * bare), (("mouthStretchLeft", "mouthStretchRight"), .5 * stretch),
                             (("cheekSquintLeft", "cheekSquintRight"), .6 * smile), (("mouthFunnel",), .4 * stretch * wide)):
            for name in names:
                row[INDEX[name]] = value * (1 if rng.random() < .7 else rng.uniform(.6, 1))
    tongue = np.clip(tongue * rng.integers(0, 2, (n, 1)) + rng.normal(0, .2, (n, 3)), 0, 1).astype(np.float32)
    return motion, emotion, tongue


def far_turns(rng, n):
    """Performances with the head turned in any combination of yaw, pitch and roll, .7 to 1.6 of the limits, and shifted a little."""
    motion, emotion, tongue = _picked(rng, n)
    turn = rng.normal(0, 1, (n, 6)) * (1, 1, 1, .3, .3, .3)
    length = np.where(rng.random(n) < .8, rng.uniform(.7, POSE_TOGETHER, n), rng.uniform(0, .7, n))
    motion[:, -6:] = turn * (length / np.linalg.norm(turn, axis=1))[:, None] * POSE_LIMIT
    return motion, emotion, tongue


def _picked(rng, n):
    """n frames of performances of 24 s."""
    parts = []
    while sum(len(p[0]) for p in parts) < n:
        whole = performance(rng)
        pick = rng.choice(len(whole[0]), min(n, 30), replace=False)
        parts.append([a[pick] for a in whole])
    return [np.concatenate(p)[:n].copy() for p in zip(*parts)]


def demanding(rng, n):
    """n training frames with more of what is hard to draw: 40 % as `frames`, 30 % open mouths, 30 % far turns."""
    third = int(n * .3)
    parts = frames(rng, n - 2 * third), open_mouths(rng, third), far_turns(rng, third)
    motion, emotion, tongue = (np.concatenate(p) for p in zip(*parts))
    motion[:, -6:] = np.clip(motion[:, -6:], -POSE_LIMIT, POSE_LIMIT)
    order = rng.permutation(n)
    return motion[order].astype(np.float32), emotion[order].astype(np.float32), tongue[order].astype(np.float32)


def run(rng, n):
    """n consecutive frames of one performance, the head's turns widened by up to 2 as a whole, within POSE_LIMIT."""
    motion, emotion, tongue = performance(rng, seconds=max(8, n / FRAME_RATE + 2))
    start = rng.integers(0, len(motion) - n + 1)
    motion, emotion, tongue = (a[start:start + n].copy() for a in (motion, emotion, tongue))
    motion[:, -6:] = np.clip(motion[:, -6:] * rng.uniform(.8, 2) + rng.normal(0, .12, 6) * POSE_LIMIT, -POSE_LIMIT, POSE_LIMIT)
    return motion.astype(np.float32), emotion, tongue


def frames(rng, n):
    """n training frames: 70 % performances (poses widened by up to 3), 30 % mixtures. Poses stay within POSE_LIMIT."""
    few = int(n * .3)
    parts = [mixture(rng, few)]
    left = n - few
    while left > 0:
        motion, emotion, tongue = performance(rng)
        pick = rng.choice(len(motion), min(left, 60), replace=False)
        motion = motion[pick]
        motion[:, -6:] = motion[:, -6:] * rng.uniform(.8, 3, (len(pick), 1)) + rng.normal(0, .15, (1, 6)) * POSE_LIMIT
        parts.append((motion, emotion[pick], tongue[pick]))
        left -= len(pick)
    motion, emotion, tongue = (np.concatenate(p) for p in zip(*parts))
    motion[:, -6:] = np.clip(motion[:, -6:], -POSE_LIMIT, POSE_LIMIT)
    order = rng.permutation(n)
    return motion[order].astype(np.float32), emotion[order], tongue[order]


def to_renderer(motion, tongue):
    """One frame's channels -> (weights in the renderer's order with the tongue's three, head pose as the decoder shortens it)."""
    assert len(TONGUE) == 3
    pose = motion[-6:] / POSE_LIMIT
    return np.concatenate([motion[TO_RENDERER], tongue]), pose * POSE_LIMIT * min(1.0, POSE_TOGETHER / max(1e-3, float(np.linalg.norm(pose))))
