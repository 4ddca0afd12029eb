"""All sets of the corpus on the training device, as one long recording, and the labels of any stretch of it."""

import numpy as np
import torch

from common.device import DEVICE, put
from common.motion import CHUNK, SAMPLE_RATE
from common.mouth import CURVES
from common.paths import work
from common.phones import LABIAL, PHONE

HOP = 320
MEET = 0.012  # seconds by which lips meet before the label of p, b, m begins (common/mouth.py)


def exists(name):
    return work("speech", name + ".npz").exists()


class Together:
    """Seconds the lips have been together before a time: piecewise linear, so that shares of frames come out exact."""

    def __init__(self, start, stop, phones):
        shut = np.flatnonzero(np.isin(phones, list(LABIAL)))
        part = np.array([LABIAL[int(p)] for p in phones[shut]])
        opens = start[shut] + np.maximum(part * (stop - start)[shut], .035)
        self.meets, self.opens = (put(np.sort(t)) for t in (start[shut] - MEET, opens))
        self.meets_sum, self.opens_sum = (torch.cat([t.new_zeros(1), t.cumsum(0)]) for t in (self.meets, self.opens))

    def before(self, t):
        """float64 seconds, of any shape."""
        a, b = torch.searchsorted(self.meets, t), torch.searchsorted(self.opens, t)
        return (a * t - self.meets_sum[a]) - (b * t - self.opens_sum[b])


class Library:
    """The named sets of work/speech, and silent recordings given as int16 (`silent`: {name: samples}), whose labels are silence."""

    def __init__(self, names, silent=None):
        sound, curves, start, stop, phones, at, self.span = [], [], [], [], [], 0, {}
        for name in names:
            z = np.load(work("speech", name + ".npz"))
            s = z["segments"][np.argsort(z["segments"][:, 0], kind="stable")].astype(np.float64)
            sound.append(z["x"])
            curves.append(z["curves"])
            start.append(s[:, 0] + at / SAMPLE_RATE)
            stop.append(s[:, 1] + at / SAMPLE_RATE)
            phones.append(s[:, 2].astype(np.int64))
            at = self._reserve(name, at, len(z["x"]))
        for name, x in (silent or {}).items():
            x = x[:len(x) // CHUNK * CHUNK]
            sound.append(x)
            curves.append(np.zeros((len(x) // CHUNK, CURVES), np.float16))
            at = self._reserve(name, at, len(x))
        self.x, self.curves = put(np.concatenate(sound)), put(np.concatenate(curves))
        # A segment after all time keeps the look-up inside the arrays where there is none.
        self.start, self.stop = (np.concatenate([*t, [1e9]]) for t in (start, stop))
        self.phones = np.concatenate([*phones, [PHONE["sil"]]])
        self._start, self._stop, self._phones = put(self.start), put(self.stop), put(self.phones)
        self._together = Together(self.start, self.stop, self.phones)

    def _reserve(self, name, at, samples):
        self.span[name] = at, at + samples
        return at + samples

    def sound(self, at, samples):
        """float32 [rows, samples] from the positions `at` (int64 [rows], numpy) on."""
        return self.x[put(at)[:, None] + torch.arange(samples, device=DEVICE)].float() / 32768

    def labels(self, at, speed, frames):
        """Labels of `frames` of 20 ms heard from the samples `at` on, played `speed` times as fast (both numpy [rows]).

        Phone index int64 [rows, frames]; curves [rows, frames / 2, CURVES]; lip closure 0..1, the share of the frame with the lips
        together, [rows, frames]. Where no segment lies is silence.
        """
        step = put(speed * (HOP / SAMPLE_RATE))[:, None]
        edges = put(at / SAMPLE_RATE)[:, None] + torch.arange(frames + 1, device=DEVICE) * step
        middle = (edges[:, 1:] + edges[:, :-1]) / 2
        k = torch.searchsorted(self._start, middle, right=True) - 1
        inside = (k >= 0) & (middle < self._stop[k])
        phones = torch.where(inside, self._phones[k], torch.full_like(k, PHONE["sil"]))
        together = self._together.before(edges)
        closure = ((together[:, 1:] - together[:, :-1]) / step).clamp(0, 1).float()
        # Curves belong to the middle of 40 ms; between two of them they are taken on the straight line.
        place = edges[:, 1:-1:2] * (SAMPLE_RATE / CHUNK) - .5
        low = place.floor().long().clamp(0, len(self.curves) - 2)
        part = (place - low).clamp(0, 1).float()[..., None]
        curves = self.curves[low].float() * (1 - part) + self.curves[low + 1].float() * part
        return phones, curves, closure

    def order(self, at, speed, frames):
        """The phones from one position on in their order, without silence and repetition: int64 [n]."""
        begin, length = at / SAMPLE_RATE, frames * HOP / SAMPLE_RATE * speed
        a, b = np.searchsorted(self.start, (begin + .01, begin + length - .01), "right")
        a = max(a - 1, 0)
        said = self.phones[a:b][self.stop[a:b] > begin + .01]
        said = said[np.r_[True, said[1:] != said[:-1]][:len(said)]]
        return said[said != PHONE["sil"]]
