"""What makes one voice many, and what a microphone, a room and a network do to it. Nothing here moves a sound in time."""

import numpy as np
from scipy import fft
from scipy.signal import butter, lfilter, sosfilt

from common.audio import decode
from common.motion import SAMPLE_RATE
from speech.opus import PACKET, OpusCall

DRY_ROOMS = ("kitchen-", "openair-", "cardiod-true-stereo")
DIRECT = 40  # samples at 16 kHz before the direct sound of every room response
_WINDOW, _STEP, _LIFTER = 512, 128, 26


def shift_formants(x, factor, tilt=0.0):
    """Moves the spectral envelope up by `factor` and leaves pitch and time: a longer or shorter vocal tract.

    x float32. The envelope is the low part of the cepstrum of 32 ms windows; tilt (nepers over the band) brightens or dulls.
    """
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    padded = np.pad(x, (_WINDOW, 2 * _WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_STEP] * window
    spectrum = fft.rfft(frames, axis=1)
    level = np.log(np.abs(spectrum) + 1e-4)
    cepstrum = fft.irfft(level, axis=1)
    cepstrum[:, _LIFTER:-_LIFTER + 1] = 0
    envelope = fft.rfft(cepstrum, axis=1).real
    source = np.arange(_WINDOW // 2 + 1) / factor
    low = np.minimum(source.astype(int), _WINDOW // 2 - 1)
    part = np.minimum(source - low, 1).astype(np.float32)
    moved = envelope[:, low] * (1 - part) + envelope[:, low + 1] * part
    gain = np.exp(np.clip(moved - envelope + np.linspace(0, tilt, envelope.shape[1], dtype=np.float32), -5, 3))
    y = fft.irfft(spectrum * gain, axis=1).astype(np.float32) * window
    out = np.zeros(len(frames) * _STEP + _WINDOW, np.float32)
    per = _WINDOW // _STEP
    blocks = y.reshape(len(frames), per, _STEP)
    for k in range(per):
        out[k * _STEP:k * _STEP + len(frames) * _STEP] += blocks[:, k].ravel()
    return out[_WINDOW:_WINDOW + len(x)] / (.375 * per)  # .375: mean of the squared window


class Spoiler:
    """Draws rooms, bands, levels, codecs and noises at random."""

    def __init__(self, data, rng):
        self.rng, self.opus = rng, OpusCall()
        noise = data / "data" / "noise"
        self.kitchen, self.rooms, share = None, [], []
        if (noise / "kitchen.opus").exists():
            self.kitchen = decode(noise / "kitchen.opus").astype(np.float32) / 32768
        for path in sorted((noise / "rir").glob("*.flac")):
            if "telephone" not in path.name:
                h = decode(path).astype(np.float32)[:24000] / 32768
                self.rooms.append(h / np.sqrt(np.square(h).sum()))
                share.append(3.0 if path.name.startswith(DRY_ROOMS) else 0.4)
        self.room_share = np.array(share) / max(1, np.sum(share))

    def voice(self, x):
        """Another speaker's vocal tract and microphone."""
        r = self.rng
        if r.random() < .35:
            x = shift_formants(x, r.uniform(.82, 1.22), r.uniform(-1.2, 1.2))
        elif r.random() < .5:
            x = lfilter([1, r.uniform(-.6, .6)], [1, r.uniform(-.5, .5)], x)
        return x

    def way(self, x):
        """From the mouth to the server: room, band, level, noise, clipping, Opus. float [samples] -> float32 in -1..1."""
        r = self.rng
        if self.rooms and r.random() < .3:
            x = self.room(x)
        if r.random() < .12:
            x = sosfilt(butter(2, (r.uniform(80, 350), r.uniform(3000, 7000)), "band", fs=SAMPLE_RATE, output="sos"), x)
        level = 10 ** r.uniform(-1.5, 0)
        x = x / (np.abs(x).max() + 1e-3) * level
        if r.random() < .75:
            loud = np.sqrt(np.square(x).mean()) + level * .01
            x = x + self.noise(len(x)) * loud * 10 ** (-r.triangular(5, 32, 60) / 20)
        if r.random() < .04:
            x = np.clip(x * r.uniform(1.5, 6), -level, level)
        x = np.clip(x, -1, 1).astype(np.float32)
        if r.random() < .2:
            x = self.call(x)
        return x

    def room(self, x):
        r = self.rng
        h = self.rooms[r.choice(len(self.rooms), p=self.room_share)]
        size = fft.next_fast_len(len(x) + len(h), real=True)
        wet = fft.irfft(fft.rfft(x, size) * fft.rfft(h, size), size)[DIRECT:DIRECT + len(x)]
        wet *= np.sqrt(np.square(x).mean() / (np.square(wet).mean() + 1e-12))
        dry = r.uniform(0, .7)
        return dry * x + (1 - dry) * wet

    def call(self, x):
        """Opus at 12 to 40 kbit/s; one call in three loses packets, in bursts."""
        r = self.rng
        packets = len(x) // PACKET + 2
        lost = np.zeros(packets, bool)
        if r.random() < .33:
            starts = r.random(packets) < r.uniform(.005, .06)
            for k in np.flatnonzero(starts):
                lost[k:k + int(r.integers(1, 4))] = True
        return self.opus.send((x * 32767).astype(np.int16), r.uniform(12e3, 40e3), lost).astype(np.float32) / 32768

    def noise(self, samples):
        """Noise of unit power: white, brown-ish, or a kitchen."""
        r = self.rng
        if self.kitchen is not None and r.random() < .3:
            i = int(r.integers(0, len(self.kitchen) - samples))
            n = self.kitchen[i:i + samples]
        else:
            n = r.standard_normal(samples, dtype=np.float32)
            if r.random() < .5:
                n = lfilter([1], [1, -r.uniform(.5, .97)], n)
        return n / (np.sqrt(np.square(n).mean()) + 1e-9)

    def tune(self, samples):
        """Chords of decaying harmonic tones: sound that is not speech, peak 1."""
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
