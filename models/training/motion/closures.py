"""Counts lip closures in motion against labelled p, b and m.

A closure is a run of frames with the lips together (lip_aperture below CLOSED) while the voice speaks; it is right when a labelled
one lies within NEAR, and a label is found when the lips are together within NEAR of it. Chance is the recall for the same labels
moved by a random 0.2 to 0.8 s.
"""

import numpy as np

from common.motion import FRAME_RATE
from common.phones import LABIAL, PHONE

CLOSED = 0.03
NEAR = 0.060  # seconds
AT_REST = .1  # seconds; lips together beside a silence are at rest, not a closure


def runs(mask):
    """Start and end (exclusive) of each run of True."""
    edges = np.flatnonzero(np.diff(np.r_[0, mask.astype(int), 0]))
    return list(zip(edges[::2], edges[1::2]))


def labels_of(segments, frames):
    """(closures, silences) as [(start s, end s)] from (start, end, phone) rows; where there is no row is silence."""
    closed = [(a, max(a + LABIAL[p] * (b - a), a + .035)) for a, b, p in segments if p in LABIAL]
    quiet, last = [(a, b) for a, b, p in segments if p == PHONE["sil"]], 0.0
    for a, b, _ in segments:
        if a - last > .02:
            quiet.append((last, a))
        last = b
    return closed, quiet + [(last, frames / FRAME_RATE)]


class Closures:
    """Counts closures found, missed and invented."""

    def __init__(self):
        self.events = self.found = self.chance = self.predicted = self.false = 0
        self.rng = np.random.default_rng(0)

    def add(self, aperture, labels, silences):
        """aperture [frames]; labels: [(start s, end s)] with the lips together; silences: the same without voice."""
        at = (np.arange(len(aperture)) + .5) / FRAME_RATE
        shut = aperture < CLOSED

        def hit(a, b):
            i, j = np.searchsorted(at, (a - NEAR, b + NEAR))
            return bool(shut[i:j].any())

        for a, b in labels:
            move = self.rng.uniform(.2, .8) * self.rng.choice((-1, 1))
            self.events += 1
            self.found += hit(a, b)
            self.chance += hit(a + move, b + move)
        quiet, closed = (np.array(sorted(x)).reshape(-1, 2) for x in (silences, labels))
        for i, j in runs(shut):
            a, b = i / FRAME_RATE, j / FRAME_RATE
            if not _meets(a, b, quiet, AT_REST):
                self.predicted += 1
                self.false += not _meets(a, b, closed, NEAR)

    @property
    def recall(self):
        return self.found / max(1, self.events)

    @property
    def precision(self):
        return 1 - self.false / max(1, self.predicted)

    def scores(self, prefix=""):
        return {prefix + "closureRecall": self.recall, prefix + "closureChance": self.chance / max(1, self.events),
                prefix + "closurePrecision": self.precision, prefix + "closures": self.events}


def _meets(a, b, spans, near):
    """Whether a..b comes within `near` of any of the spans [n, 2], sorted."""
    return bool(((b > spans[:, 0] - near) & (a < spans[:, 1] + near)).any())
