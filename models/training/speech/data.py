"""Random training crops: speech from the corpus, made another voice, spoiled, with its labels."""

from dataclasses import dataclass

import numpy as np
import torch

from common.device import put
from common.motion import SAMPLE_RATE
from speech.augment import Spoiler
from speech.calls import coded
from speech.library import HOP, Library, exists

SILENT = {"tunes": .03, "quiet": .03}  # crops without any voice: a tune, or noise alone
SILENT_SECONDS = 120
# Played this much faster and higher: a child's voice from a man's and the reverse. The lengths that come of them transform fast.
SPEEDS = (.75, .8, .84375, .875, .9, .9375, 1.05, 1.125, 1.2, 1.25)
OTHER_SPEED = .45  # share of crops
BLOCKS = 16  # of rows in a batch that share one speed
CODED = 1 / 8  # share of rows that go through Opus


@dataclass
class Batch:
    """heard, clean float32 [rows, samples]; phones, closure [rows, 2 frames]; curves [rows, frames, CURVES]; said: per row (set, position, speed)."""

    heard: torch.Tensor
    clean: torch.Tensor
    phones: torch.Tensor
    curves: torch.Tensor
    closure: torch.Tensor
    said: list


def played(x, samples):
    """[rows, n] resampled to [rows, samples] by its spectrum."""
    if x.shape[1] == samples:
        return x
    spectrum = torch.fft.rfft(x)
    bins = samples // 2 + 1
    spectrum = spectrum[:, :bins] if spectrum.shape[1] >= bins else torch.nn.functional.pad(spectrum, (0, bins - spectrum.shape[1]))
    return torch.fft.irfft(spectrum, samples) * (samples / x.shape[1])


class Crops:
    """Draws crops of equal length. `mix` is {set name: share}; missing sets are left out. `calls`: workers for Opus, or None."""

    def __init__(self, mix, data, seed=0, seconds=4, calls=None):
        self.samples, self.calls = seconds * SAMPLE_RATE, calls
        self.rng = np.random.default_rng(seed)
        self.spoiler = Spoiler(data, self.rng)
        share = {n: mix[n] for n in mix if exists(n)}
        self.share = {n: s / sum(share.values()) * (1 - sum(SILENT.values())) for n, s in share.items()} | SILENT
        tunes = np.concatenate([self.spoiler.tune(self.samples) for _ in range(-(-SILENT_SECONDS // seconds))])
        self.library = Library(share, {"tunes": (tunes * 32767).astype(np.int16), "quiet": np.zeros(2 * self.samples, np.int16)})

    def clean(self, size):
        """float32 [size, samples] without any spoiling; per row (set, position, speed)."""
        r, names, shares = self.rng, list(self.share), list(self.share.values())
        parts, said = [], []
        for block in np.array_split(np.arange(size), min(BLOCKS, size)):
            speed = SPEEDS[r.integers(len(SPEEDS))] if r.random() < OTHER_SPEED else 1.0
            need = int(self.samples * speed)
            chosen = [names[k] for k in r.choice(len(names), len(block), p=shares)]
            at = np.array([r.integers(self.library.span[n][0], self.library.span[n][1] - need + 1) for n in chosen])
            parts.append(played(self.library.sound(at, need), self.samples))
            said += [(name, int(i), speed) for name, i in zip(chosen, at)]
        return torch.cat(parts), said

    def draw(self, size):
        x, said = self.clean(size)
        at, speed = (np.array([row[k] for row in said], float) for k in (1, 2))
        phones, curves, closure = self.library.labels(at, speed, self.samples // HOP)
        clean = self.spoiler.voice(x)
        batch = Batch(self.spoiler.way(clean), clean, phones, curves, closure, said)
        self._code(batch, size)
        return batch

    def plain(self, size):
        """Rows at the start of a batch of `size` that no call has touched, whose `clean` and `said` hold."""
        return size - max(1, int(size * CODED))

    def _code(self, batch, size):
        """The last rows go through Opus: at once, or they come back in a later batch while others take their place."""
        last = slice(self.plain(size), None)
        labels = [batch.phones, batch.curves, batch.closure]
        if self.calls is None:
            sound = (batch.heard[last] * 32767).short().cpu().numpy()
            batch.heard[last] = put(coded(sound, int(self.rng.integers(2 ** 62)))).float() / 32767
            return
        home = self.calls.exchange(batch.heard[last], [t[last] for t in labels], self.rng)
        if home:
            batch.heard[last] = home[0]
            for t, back in zip(labels, home[1]):
                t[last] = back

    def order(self, row):
        """The phones of a row of `Batch.said` in their order (speech/library.py)."""
        _, at, speed = row
        return self.library.order(at, speed, self.samples // HOP)

    def batch(self, size):
        """(heard, phones, curves) as numpy arrays."""
        b = self.draw(size)
        return b.heard.cpu().numpy(), b.phones.cpu().numpy(), b.curves.cpu().numpy()
