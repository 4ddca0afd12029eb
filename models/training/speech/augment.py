"""What a microphone, a room and a network do to a voice, for a whole batch at once. Nothing here moves a sound in time."""

import math

import numpy as np
import torch
from scipy.fft import next_fast_len

from common.audio import decode
from common.device import DEVICE, put
from common.motion import SAMPLE_RATE
from common.paths import work
from speech.opus import PACKET, OpusCall
from speech.throats import hats, other_cords, other_throats

DRY_ROOMS = ("kitchen-", "openair-", "cardiod-true-stereo")
DIRECT = 40  # samples at 16 kHz before the direct sound of every room response
ROOM = 24000  # samples kept of it
KNOTS = 10  # of a random frequency response
DELAYS = .002  # seconds by which parts of the band may come early or late
THROATS, CORDS, WHISPERS = .55, .15, .03  # shares of rows: another vocal tract, with other vocal cords, whispered


def recordings(data):
    """(kitchen int16 [samples], rooms int16 [rooms, ROOM], how often each is drawn) of data/noise, kept as work/speech/noise.npz.

    What is missing is empty.
    """
    kept, noise = work("speech", "noise.npz"), data / "data" / "noise"
    if not kept.exists():
        kitchen = decode(noise / "kitchen.opus") if (noise / "kitchen.opus").exists() else np.zeros(0, np.int16)
        paths = [p for p in sorted((noise / "rir").glob("*.flac")) if "telephone" not in p.name]
        rooms = np.zeros((len(paths), ROOM), np.int16)
        for row, path in zip(rooms, paths):
            h = decode(path)[:ROOM]
            row[:len(h)] = h
        np.savez_compressed(kept, kitchen=kitchen, rooms=rooms, share=[3.0 if p.name.startswith(DRY_ROOMS) else .4 for p in paths])
    z = np.load(kept)
    return z["kitchen"], z["rooms"], z["share"]


class Spoiler:
    """Draws rooms, bands, levels and noises at random; `rng` is a numpy generator that everything random comes from."""

    def __init__(self, data, rng):
        self.rng, self._random = rng, torch.Generator(DEVICE)
        kitchen, rooms, share = recordings(data)
        self.kitchen = put(kitchen.astype(np.float32) / 32768)
        self._rooms = rooms / np.sqrt(np.square(rooms, dtype=np.float32).sum(1, keepdims=True) + 1)
        self._share = share / max(1e-9, share.sum())
        self._bands = {}  # by number of samples: what stays the same from batch to batch

    def _seed(self):
        self._random.manual_seed(int(self.rng.integers(2 ** 62)))

    def draw(self, low, high, *size):
        return torch.rand(*size, device=DEVICE, generator=self._random) * (high - low) + low

    def normal(self, *size):
        return torch.randn(*size, device=DEVICE, generator=self._random)

    def some(self, rows, share):
        """Rows chosen at random, about this share of them; their number hardly changes, so that plans of transforms are kept."""
        return put(self.rng.permutation(rows)[:int(rows * share + self.rng.random() * .999)])

    def voice(self, x):
        """float32 [rows, samples]: other speakers' vocal tracts."""
        self._seed()
        chosen = self.some(len(x), THROATS)
        cords, whispers = (min(len(chosen), int(len(x) * share + self.rng.random() * .999)) for share in (CORDS, WHISPERS))
        if len(chosen):
            x, own = x.clone(), x[chosen]
            sources = other_cords(own[:cords], self.draw, self.normal, min(whispers, cords)) if cords else None
            x[chosen] = other_throats(own, self.draw, sources)
        return x

    def way(self, x):
        """From the mouth to the sound card: room, band, level, noise, clipping. float32 [rows, samples], within -1..1."""
        self._seed()
        rows, n = x.shape
        x = self._channel(x)
        level = 10 ** self.draw(-1.7, 0, rows, 1)
        x = x / (x.abs().amax(1, keepdim=True) + 1e-3) * level
        x = self._noisy(x, level)
        chosen = self.some(rows, .05)
        x[chosen] = (x[chosen] * self.draw(1.5, 6, len(chosen), 1)).clamp(-1, 1) * level[chosen]
        return x.clamp(-1, 1)

    def _plan(self, n):
        if n not in self._bands:
            size = next_fast_len(n + ROOM, real=True)
            bins = size // 2 + 1
            hz = torch.arange(bins, device=DEVICE) * (SAMPLE_RATE / size)
            padded = np.pad(self._rooms, ((0, 0), (0, size - ROOM))).astype(np.float32)
            rooms = torch.fft.rfft(put(np.roll(padded, -DIRECT, 1))) if len(padded) else padded
            over_band = hats(KNOTS, bins, DEVICE, low=True)
            turns = -2 * math.pi * (SAMPLE_RATE / size) * over_band.double().cumsum(1).float()
            self._bands[n] = size, hz, rooms, over_band, turns, hats(KNOTS, n // 2 + 1, DEVICE, low=True), hats(12, n, DEVICE)
        return self._bands[n]

    def _channel(self, x):
        """Everything that is linear, as one product of spectra: room, colour, band, uneven delay over the band, polarity."""
        rows, n = x.shape
        size, hz, rooms, over_band, turns, _, _ = self._plan(n)
        spectrum = torch.fft.rfft(x, size)
        chosen = self.some(rows, .35)
        if len(chosen) and len(rooms):
            wet = spectrum[chosen] * rooms[put(self.rng.choice(len(rooms), len(chosen), p=self._share))]
            dry = self.draw(0, .7, len(chosen), 1)
            even = (spectrum[chosen].abs().square().sum(1, keepdim=True) / (wet.abs().square().sum(1, keepdim=True) + 1e-9)).sqrt()
            spectrum[chosen] = dry * spectrum[chosen] + (1 - dry) * even * wet
        coloured, delayed = self.draw(0, 1, rows, 1) < .6, self.draw(0, 1, rows, 1) < .6
        gain = (self.normal(rows, KNOTS) * .45 * coloured) @ over_band
        delays = self.draw(-DELAYS, DELAYS, rows, KNOTS) * delayed
        turn = (delays - delays[:, 2:].mean(1, keepdim=True)) @ turns
        narrow = self.draw(0, 1, rows, 1) < .15
        low = self.draw(80, 350, rows, 1) * narrow
        high = torch.where(narrow, self.draw(3000, 7000, rows, 1), self.draw(1e5, 2e5, rows, 1))
        band = ((1 + (low / (hz + 1)) ** 4) * (1 + (hz / high) ** 4)).rsqrt()
        sign = torch.where(self.draw(0, 1, rows, 1) < .5, -1.0, 1.0)
        return torch.fft.irfft(spectrum * torch.polar(gain.exp() * band, turn) * sign, size)[:, :n]

    def _noisy(self, x, level):
        """A third with noise 0 to 15 dB below the voice, a third with 15 to 45 dB, the others almost clean."""
        rows, n = x.shape
        noise = self.noise(rows, n)
        kind = self.rng.random(rows)
        babble, kitchen = np.flatnonzero(kind < .15), np.flatnonzero(kind > .8)
        if len(babble) and rows > 5:
            others = x / (x.square().mean(1, keepdim=True).sqrt() + level * .01)
            noise[put(babble)] = sum(others.roll(int(k), 0)[put(babble)] for k in self.rng.permutation(np.arange(1, rows))[:4]) / 2
        if len(self.kitchen) and len(kitchen):
            at = put(self.rng.integers(0, len(self.kitchen) - n, len(kitchen)))
            part = self.kitchen[at[:, None] + torch.arange(n, device=DEVICE)]
            noise[put(kitchen)] = part / (part.square().mean(1, keepdim=True).sqrt() + 1e-9)
        loud = x.square().mean(1, keepdim=True).sqrt() + level * .01
        share = self.draw(0, 1, rows, 1)
        below = torch.where(share < .33, self.draw(0, 15, rows, 1), torch.where(share < .66, self.draw(15, 45, rows, 1), self.draw(60, 90, rows, 1)))
        return x + noise * loud * 10 ** (-below / 20)

    def noise(self, rows, n):
        """Noise of unit power [rows, n]: white, or of a random colour; some of it swells and fades."""
        over_band, over_time = self._plan(n)[5:]
        coloured = self.draw(0, 1, rows, 1) < .6
        colour = (self.normal(rows, KNOTS) * 1.0 - torch.linspace(0, 1, KNOTS, device=DEVICE) * self.draw(0, 3, rows, 1)) * coloured
        x = torch.fft.irfft(torch.fft.rfft(self.normal(rows, n)) * (colour @ over_band).exp(), n)
        x = x * ((self.normal(rows, 12) * .8 * (self.draw(0, 1, rows, 1) < .3)) @ over_time).exp()
        return x / (x.square().mean(1, keepdim=True).sqrt() + 1e-9)

    def tune(self, samples):
        """Chords of decaying harmonic tones: sound that is not speech, peak 1, numpy."""
        r, x, at = self.rng, np.zeros(samples, np.float32), 0
        while at < samples:
            hold = int(r.uniform(.15, 1.2) * SAMPLE_RATE)
            t = np.arange(min(hold, samples - at), dtype=np.float32) / SAMPLE_RATE
            root = 55 * 2 ** (r.integers(0, 40) / 12)
            for step in r.choice((0, 3, 4, 7, 9, 12, 16, 19), int(r.integers(1, 5)), replace=False):
                for k in range(1, 7):
                    f = root * 2 ** (step / 12) * k
                    if f < 7000:
                        x[at:at + len(t)] += (r.uniform(.3, 1) / k * np.exp(-t * r.uniform(.3, 6))
                                              * np.sin(2 * np.pi * f * t + 6.3 * r.random())).astype(np.float32)
            at += hold
        return x / (np.abs(x).max() + 1e-6)
