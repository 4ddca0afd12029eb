"""Random training crops: speech from the corpus, made another voice, spoiled, with its labels."""

import numpy as np
from scipy.signal import resample_poly

from common.motion import CHUNK, SAMPLE_RATE
from common.mouth import CURVES
from common.paths import work
from common.phones import LABIAL, PHONE
from speech.augment import Spoiler

HOP = 320
SILENT = 0.06  # share of crops without any voice: noise, a tune, or nothing
# Played this much faster and higher, as fractions with a short filter: a child's voice from a man's and the reverse.
SPEEDS = ((3, 4), (4, 5), (5, 6), (7, 8), (9, 10), (19, 20), (1, 1), (1, 1), (20, 19), (10, 9), (8, 7), (6, 5), (5, 4))
MEET = 0.012  # seconds by which lips meet before the label of p, b, m begins (common/mouth.py)


def frame_labels(start, stop, phones, begin, frames, speed):
    """Phone index per 20 ms and lip closure 0..1 (share of the frame with the lips together), from segments in seconds.

    Frame i lies from begin + 0.02 i speed to begin + 0.02 (i + 1) speed on the segments' clock. Where no segment lies is silence.
    """
    edges = begin + np.arange(frames + 1) * HOP / SAMPLE_RATE * speed
    middle = (edges[:-1] + edges[1:]) / 2
    k = np.searchsorted(start, middle, "right") - 1
    inside = (k >= 0) & (middle < stop[np.maximum(k, 0)])
    labels = np.where(inside, phones[np.maximum(k, 0)], PHONE["sil"])
    shut = np.zeros(frames, np.float32)
    for s in range(max(0, k[0]), k[-1] + 1):
        if int(phones[s]) in LABIAL:
            a = start[s] - MEET
            b = start[s] + max(LABIAL[int(phones[s])] * (stop[s] - start[s]), .035)
            shut += np.clip(np.minimum(edges[1:], b) - np.maximum(edges[:-1], a), 0, None) / np.diff(edges)
    return labels, np.minimum(shut, 1)


class Corpus:
    """One set of work/speech, or None where it is missing."""

    def __init__(self, name):
        z = np.load(work("speech", name + ".npz"))
        self.x, self.curves = z["x"], z["curves"]
        s = z["segments"]
        order = np.argsort(s[:, 0], kind="stable")
        self.start, self.stop, self.phones = (s[order, k].astype(np.float64) for k in range(3))
        self.phones = self.phones.astype(np.int64)

    @staticmethod
    def exists(name):
        return work("speech", name + ".npz").exists()


class Crops:
    """Draws crops of equal length. `mix` is {set name: share}; missing sets are left out."""

    def __init__(self, mix, data, seed=0, seconds=4):
        self.samples, self.frames = seconds * SAMPLE_RATE, seconds * SAMPLE_RATE // CHUNK
        self.names = [n for n in mix if Corpus.exists(n)]
        self.sets = {n: Corpus(n) for n in self.names}
        share = np.array([mix[n] for n in self.names], float)
        self.share = share / share.sum()
        self.rng = np.random.default_rng(seed)
        self.spoiler = Spoiler(data, self.rng)

    def clean(self):
        """(x float32 [samples], phones [2 frames], curves [frames, CURVES], closure [2 frames], set) at a random place of a set."""
        r = self.rng
        if r.random() < SILENT:
            x = self.spoiler.tune(self.samples) if r.random() < .5 else np.zeros(self.samples, np.float32)
            return (x, np.zeros(2 * self.frames, np.int64), np.zeros((self.frames, CURVES), np.float32),
                    np.zeros(2 * self.frames, np.float32), None)
        name = self.names[r.choice(len(self.names), p=self.share)]
        z = self.sets[name]
        up, down = SPEEDS[r.integers(len(SPEEDS))] if r.random() < .4 else (1, 1)
        speed = up / down
        need = int(self.samples * speed) + 8
        i = int(r.integers(0, len(z.x) - need))
        x = z.x[i:i + need].astype(np.float32) / 32768
        if up != down:
            x = resample_poly(x, down, up, window=("kaiser", 4.0))
        x = x[:self.samples]
        phones, closure = frame_labels(z.start, z.stop, z.phones, i / SAMPLE_RATE, 2 * self.frames, speed)
        # Curves belong to the middle of 40 ms; between two of them they are taken on the straight line.
        at = np.clip((i + (np.arange(self.frames) + .5) * CHUNK * speed) / CHUNK - .5, 0, len(z.curves) - 1.001)
        low = at.astype(int)
        part = (at - low)[:, None].astype(np.float32)
        curves = z.curves[low].astype(np.float32) * (1 - part) + z.curves[low + 1].astype(np.float32) * part
        return self.spoiler.voice(x), phones, curves, closure, name

    def draw(self, size):
        """x [size, samples], phones int64 [size, 2 frames], curves [size, frames, CURVES], closure [size, 2 frames], set names."""
        rows = [self.clean() for _ in range(size)]
        x = np.stack([self.spoiler.way(row[0]) for row in rows])
        self.last_clean = [row[0] for row in rows]
        return x, *(np.stack([row[k] for row in rows]) for k in (1, 2, 3)), [row[4] for row in rows]

    def batch(self, size):
        """The first three of `draw`."""
        return self.draw(size)[:3]
