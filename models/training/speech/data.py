"""Random training crops: speech from the corpus through rooms, bands, gains, Opus and noise, with its labels."""

import numpy as np
from scipy.signal import butter, lfilter, sosfilt

from common.audio import decode
from common.motion import CHUNK, SAMPLE_RATE
from common.paths import work

DRY_ROOMS = ("kitchen-", "openair-", "cardiod-true-stereo")
SILENT = 0.05  # share of crops without any voice: only noise, or nothing
DIRECT = 40  # samples at 16 kHz before the direct sound of every room response


class Crops:
    """Draws crops of equal length. `mix` is {set name: probability}; missing sets are left out."""

    def __init__(self, mix, data, seed=0, seconds=4):
        self.samples, self.frames = seconds * SAMPLE_RATE, seconds * SAMPLE_RATE // CHUNK
        names = [n for n in mix if work("speech", n + ".npz").exists()]
        self.sets = [np.load(work("speech", n + ".npz")) for n in names]
        self.sets = [{k: z[k] for k in ("x", "opus", "phones", "curves")} for z in self.sets]
        p = np.array([mix[n] for n in names], float)
        self.p = p / p.sum()
        self.rng = np.random.default_rng(seed)
        noise = data / "data" / "noise"
        self.kitchen = decode(noise / "kitchen.opus").astype(np.float32) / 32768
        self.rooms, self.room_p = [], []
        for path in sorted((noise / "rir").glob("*.flac")):
            if "telephone" not in path.name:
                h = decode(path).astype(np.float32)[:24000] / 32768
                self.rooms.append(h / np.sqrt(np.square(h).sum()))
                self.room_p.append(3.0 if path.name.startswith(DRY_ROOMS) else 0.4)
        self.room_p = np.array(self.room_p) / np.sum(self.room_p)

    def clean(self):
        """(x float32 [samples], phones [2 frames], curves [frames, CURVES]) of a random place in a random set."""
        z = self.sets[self.rng.choice(len(self.sets), p=self.p)]
        if self.rng.random() < SILENT:
            return (np.zeros(self.samples, np.float32), np.zeros(2 * self.frames, z["phones"].dtype),
                    np.zeros((self.frames, z["curves"].shape[1]), z["curves"].dtype))
        i = int(self.rng.integers(0, len(z["curves"]) - self.frames))
        x = z["opus" if self.rng.random() < .4 else "x"][i * CHUNK:i * CHUNK + self.samples].astype(np.float32) / 32768
        return x, z["phones"][i * 2:(i + self.frames) * 2], z["curves"][i:i + self.frames]

    def spoil(self, x):
        """What a microphone, a room and a network do to a voice; never moves it in time."""
        r = self.rng
        if r.random() < .5:
            x = lfilter([1, r.uniform(-.6, .6)], [1, r.uniform(-.5, .5)], x)
        if r.random() < .3:
            h = self.rooms[r.choice(len(self.rooms), p=self.room_p)]
            size = 1 << int(np.ceil(np.log2(self.samples + len(h))))
            wet = np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(h, size))[DIRECT:DIRECT + self.samples]
            wet *= np.sqrt(np.square(x).mean() / (np.square(wet).mean() + 1e-12))
            dry = r.uniform(0, .7)
            x = dry * x + (1 - dry) * wet
        if r.random() < .12:
            x = sosfilt(butter(2, (r.uniform(80, 350), r.uniform(3000, 7000)), "band", fs=SAMPLE_RATE, output="sos"), x)
        x = x / (np.abs(x).max() + 1e-3) * 10 ** r.uniform(-1.5, 0)
        if r.random() < .8:
            x = x + self.noise() * 10 ** r.uniform(-4.6, -1.9)
        return np.clip(x, -1, 1).astype(np.float32)

    def noise(self):
        """Noise of unit power: white, brown-ish, or a kitchen."""
        r = self.rng
        if r.random() < .3:
            i = int(r.integers(0, len(self.kitchen) - self.samples))
            n = self.kitchen[i:i + self.samples]
        else:
            n = r.standard_normal(self.samples)
            if r.random() < .5:
                n = lfilter([1], [1, -r.uniform(.5, .95)], n)
        return n / (np.sqrt(np.square(n).mean()) + 1e-9)

    def batch(self, size):
        """x [size, samples], phones int64 [size, 2 frames], curves float32 [size, frames, CURVES], as numpy arrays."""
        rows = [self.clean() for _ in range(size)]
        return (np.stack([self.spoil(x) for x, _, _ in rows]), np.stack([p for _, p, _ in rows]).astype(np.int64),
                np.stack([c for _, _, c in rows]).astype(np.float32))
