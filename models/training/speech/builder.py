"""Collects labelled utterances into a set of the corpus (speech/corpus.py says what a set holds)."""

import os

import numpy as np

from common.motion import CHUNK, SAMPLE_RATE
from common.mouth import mouth_curves
from common.phones import VOWELS

HOP = 320


def loudness_gains(x, segments):
    """Per segment, 1 for a vowel of the utterance's median loudness, up to 1.35 for stressed, down to 0.7 for weak ones."""
    level = np.zeros(len(segments))
    for k, (start, end, _) in enumerate(segments):
        part = x[int(start * SAMPLE_RATE):max(int(end * SAMPLE_RATE), int(start * SAMPLE_RATE) + 80)]
        level[k] = 10 * np.log10(np.mean(np.square(part, dtype=np.float64)) + 1) if len(part) else 0
    vowels = [k for k, s in enumerate(segments) if s[2] in VOWELS]
    middle = np.median(level[vowels]) if vowels else 0
    return np.clip(1 + 0.035 * (level - middle), 0.7, 1.35)


def frame_phones(segments, frames):
    """Phone index per 320 samples, taken at the middle of the frame; h takes the vowel that follows."""
    out = np.zeros(frames, np.uint8)
    for k, (start, end, phone) in enumerate(segments):
        a, b = (int(np.ceil(v * SAMPLE_RATE / HOP - .5)) for v in (start, end))
        out[max(a, 0):max(b, 0)] = phone
    return out


class Builder:
    """Collects utterances, each padded to whole video frames, and saves the set."""

    def __init__(self):
        self.x, self.phones, self.curves, self.segments, self.samples, self.count = [], [], [], [], 0, 0

    def add(self, x, segments, gap):
        """x float or int16 at 16 kHz; gap in video frames of digital silence after it."""
        frames = -(-len(x) // CHUNK) + gap
        y = np.zeros(frames * CHUNK, np.float32)
        y[:len(x)] = x * (0.7 * 32767 / (np.abs(x).max() + 1e-6))
        gains = loudness_gains(y, segments)
        self.x.append(y.astype(np.int16))
        self.phones.append(frame_phones(segments, frames * 2))
        self.curves.append(mouth_curves(segments, frames, gains).astype(np.float16))
        start = self.samples / SAMPLE_RATE
        self.segments += [(a + start, b + start, p, self.count) for a, b, p in segments]
        self.samples += len(y)
        self.count += 1

    @property
    def hours(self):
        return self.samples / SAMPLE_RATE / 3600

    def save(self, path):
        if not self.x:
            raise SystemExit(f"{path.name}: no utterance came out")
        np.savez(path.with_suffix(".part.npz"), x=np.concatenate(self.x), phones=np.concatenate(self.phones),
                 curves=np.concatenate(self.curves), segments=np.array(self.segments, np.float32))
        os.replace(path.with_suffix(".part.npz"), path)
