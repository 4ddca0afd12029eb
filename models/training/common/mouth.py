"""Coarticulated mouth controls from timed phones (Cohen and Massaro 1993), with closures kept as separate curves."""

import numpy as np

from .motion import FRAME_RATE
from .phones import CONTROLS, DOMINANCE, GROUP, GROUPS, LABIAL, LABIODENTAL, PHONE, TARGET, VOWELS

# Decay per second of a phone's influence before it begins (anticipation) and after it has ended, per group.
# Rounding is anticipated from further away than the rest.
BEFORE = np.array([20.0, 12.0, 16.0, 22.0, 28.0])
AFTER = np.array([22.0, 18.0, 20.0, 24.0, 30.0])
EDGE = 0.30  # the influence is full over the middle part of a phone and this share of it from each end is a ramp
REACH = 0.35  # seconds; further away a phone has no say
CURVES = len(CONTROLS) + 3  # controls, lip closure, lip to teeth, stress
SHORT_PAUSE = 0.18


def _ramp(t, start, stop, rise, fall):
    """1 on [start, stop], a smooth step of the given lengths on both sides, 0 elsewhere."""
    up = np.clip((t - (start - rise)) / rise, 0, 1)
    down = np.clip(((stop + fall) - t) / fall, 0, 1)
    w = np.minimum(up, down)
    return w * w * (3 - 2 * w)


def mouth_curves(segments, frames, gains=None, rate=FRAME_RATE):
    """Controls of the mouth for timed phones.

    segments: list of (start seconds, end seconds, phone index), in order. gains: one number per segment, 1 is a vowel of
    ordinary loudness. Returns float32 [frames, CURVES]: the controls without closures, then lip closure 0..1,
    lower lip to upper teeth 0..1, stress 0..1; frame i is taken at the middle of its time, (i + 0.5) / rate.
    """
    t = (np.arange(frames) + 0.5) / rate
    weight = np.full((frames, GROUPS), 1e-6)
    total = np.zeros((frames, len(CONTROLS)))
    closure, teeth, stress = np.zeros(frames), np.zeros(frames), np.zeros(frames)
    for k, (start, end, phone) in enumerate(segments):
        lo, hi = np.searchsorted(t, (start - REACH, end + REACH))
        if lo >= hi:
            continue
        x = t[lo:hi]
        edge = EDGE * min(end - start, 0.3)
        early = np.maximum(0, start + edge - x)
        late = np.maximum(0, x - (end - edge))
        d = DOMINANCE[phone] * np.exp(-early[:, None] * BEFORE - late[:, None] * AFTER)
        target = TARGET[phone]
        if phone == PHONE["sil"] and end - start < SHORT_PAUSE:
            d = d * 0.35  # a short pause does not shut the mouth
        if phone in VOWELS and gains is not None:
            target = target * np.where(np.isin(GROUP, (0, 3)), gains[k], 1.0)
            stress[lo:hi] = np.maximum(stress[lo:hi], _ramp(x, start, end, 0.06, 0.10) * np.clip(gains[k] - 1, 0, 0.35) / 0.35)
        weight[lo:hi] += d
        total[lo:hi] += d[:, GROUP] * target
        if phone in LABIAL:
            # Lips meet just before the sound stops, and stay together for at least one video frame.
            stop = max(start + LABIAL[phone] * (end - start), start + 0.035)
            closure[lo:hi] = np.maximum(closure[lo:hi], _ramp(x, start - 0.012, stop, 0.055, 0.045))
        if phone in LABIODENTAL:
            teeth[lo:hi] = np.maximum(teeth[lo:hi], _ramp(x, start + 0.01, end - 0.015, 0.06, 0.05))
    out = np.concatenate([total / weight[:, GROUP], closure[:, None], teeth[:, None], stress[:, None]], 1)
    return out.astype(np.float32)
