"""Spoiled sound with all its labels, and its features by the trained speech encoder, in shards on disk.

    python3 -m motion.crops sounds --hours 8      work/motion/sounds/*.npz: needs the corpus alone
    python3 -m motion.crops features              work/motion/features/*.npz: runs the speech encoder over the sounds

Both keep what is there; features of another speech encoder are thrown away.
"""

import hashlib
import os
import shutil
import time

import numpy as np
import torch
from scipy.ndimage import binary_closing

from common.device import DEVICE, LARGE
from common.motion import FRAME_RATE, SAMPLE_RATE
from common.mouth import CURVES, SHORT_PAUSE
from common.paths import parser, work
from common.phones import PHONES
from common.teacher import speaking
from faces.tongue import tongue_curves
from motion.nets import ARTICULATION, PER_FRAME

SECONDS = 8
SHARD = 64
NO_VOICE = .10  # share of rows without a voice, beside those that the corpus draws
LABELS = ("curves", "tongue", "speaks")


def segments_of(phones):
    """Phone index per 20 ms -> [(start s, end s, phone)]."""
    cuts = np.r_[0, np.where(np.diff(phones))[0] + 1, len(phones)]
    return [(a * .02, b * .02, int(phones[a])) for a, b in zip(cuts, cuts[1:])]


def no_voice(rng, samples):
    """Sound that nobody speaks: loud noise, hum, chords with an envelope, beats, clicks, a burst of full scale."""
    t = np.arange(samples) / SAMPLE_RATE
    kind = rng.integers(6)
    if kind == 0:
        x = rng.standard_normal(samples)
    elif kind == 1:
        x = np.cumsum(rng.standard_normal(samples))
        x -= np.convolve(x, np.ones(800) / 800, "same")
    elif kind == 2:
        x = sum(rng.uniform(.2, 1) / k * np.sin(2 * np.pi * 50 * k * t + rng.uniform(0, 6)) for k in range(1, 9)) + .05 * rng.standard_normal(samples)
    elif kind == 3:  # chords, a new one every beat
        beat = int(rng.uniform(.25, 1.2) * SAMPLE_RATE)
        x = np.zeros(samples)
        for a in range(0, samples, beat):
            n = min(beat, samples - a)
            fade = np.exp(-t[:n] * rng.uniform(.5, 6))
            for f in 110 * 2 ** (rng.integers(0, 36, rng.integers(1, 5)) / 12):
                x[a:a + n] += fade * sum(np.sin(2 * np.pi * f * k * t[:n]) / k for k in range(1, int(rng.integers(2, 8))))
    elif kind == 4:
        x = rng.standard_normal(samples) * np.exp(-(t % rng.uniform(.15, .8)) * rng.uniform(5, 60))
    else:
        x = (rng.random(samples) < rng.uniform(1e-4, 3e-3)) * rng.standard_normal(samples) * 5 + .01 * rng.standard_normal(samples)
    gain = 10 ** rng.uniform(-2.2, 0)
    if rng.random() < .1:
        gain *= 8  # clipped
    x = np.clip(x / (np.abs(x).max() + 1e-6) * gain, -1, 1)
    if rng.random() < .3:  # it starts or stops
        a = int(rng.integers(0, samples))
        x[:a] = 0
        x = x[::-1] if rng.random() < .5 else x
    return x.astype(np.float32)


def sounds(hours, data, smoke):
    from speech.data import Crops
    from speech.train import MIX
    crops = Crops({"val_espeak": 1.0} if smoke else MIX, data, seed=9, seconds=SECONDS)
    shards, size = (1, 4) if smoke else (int(np.ceil(hours * 3600 / SECONDS / SHARD)), SHARD)
    began, made = time.time(), 0
    for k in range(shards):
        path = work("motion", "sounds", f"{k:03d}.npz")
        if path.exists():
            continue
        crops.rng = crops.spoiler.rng = rng = np.random.default_rng([9, k])
        pcm, phones, curves = crops.batch(size)
        for row in np.flatnonzero(rng.random(size) < NO_VOICE):
            pcm[row], phones[row], curves[row] = no_voice(rng, pcm.shape[1]), 0, 0
        frames = curves.shape[1]
        spoken = [segments_of(p) for p in phones]
        tongue = np.stack([tongue_curves(s, PHONES, frames) for s in spoken])
        speaks = np.stack([speaking(s, frames) for s in spoken])
        assert curves.shape[2] == CURVES and tongue.shape[2] == ARTICULATION
        part = path.with_suffix(".part.npz")
        np.savez(part, pcm=np.rint(pcm * 32767).astype(np.int16), curves=curves.astype(np.float16), tongue=tongue.astype(np.float16),
                 speaks=speaks.astype(np.uint8))
        os.replace(part, path)
        made += 1
        print(f"sounds {k + 1} of {shards}, {(shards - k - 1) * (time.time() - began) / made:.0f} s left", flush=True)


@torch.no_grad()
def features():
    from speech.encoder_io import load_encoder
    stamp = hashlib.sha256(work("speech", "joint.pt").read_bytes()).hexdigest()[:12]
    folder = work("motion", "features", stamp)
    for old in folder.parent.glob("*"):
        if old.name != stamp:
            shutil.rmtree(old)
    encoder, began, rows = load_encoder().to(DEVICE), time.time(), SHARD if LARGE else 8
    paths = sorted(work("motion", "sounds", "x").parent.glob("[0-9]*[0-9].npz"))
    for k, path in enumerate(paths):
        out = work("motion", "features", stamp, path.stem + ".npy")
        if out.exists():
            continue
        pcm = np.load(path)["pcm"].astype(np.float32) / 32767
        y = np.concatenate([encoder(torch.from_numpy(pcm[i:i + rows]).to(DEVICE)).half().cpu().numpy() for i in range(0, len(pcm), rows)])
        np.save(out.with_suffix(".part.npy"), y)
        os.replace(out.with_suffix(".part.npy"), out)
        print(f"features {k + 1} of {len(paths)}, {(len(paths) - k - 1) * (time.time() - began) / (k + 1):.0f} s left", flush=True)


def close_gaps(speaks, longest=int(SHORT_PAUSE * FRAME_RATE)):
    """Fills pauses of up to `longest` frames in [rows, frames] of 0 and 1, as `speaking` does."""
    wide = np.pad(speaks > 0, ((0, 0), (longest, longest)))
    return binary_closing(wide, np.ones((1, longest + 1)))[:, longest:-longest].astype(np.uint8)


def load():
    """{features [rows, 2 frames, size] float16, curves, tongue, speaks [rows, frames, ...]} of all shards that have features."""
    paths = sorted(work("motion", "features", "x").parent.glob("*/*[0-9].npy"))
    assert paths, "no features: run python3 -m motion.crops features"
    out = {"features": np.concatenate([np.load(p) for p in paths])}
    labels = [np.load(work("motion", "sounds", p.stem + ".npz")) for p in paths]
    out.update({name: np.concatenate([z[name] for z in labels]) for name in LABELS})
    out["speaks"] = close_gaps(out["speaks"])
    assert out["features"].shape[1] == PER_FRAME * out["curves"].shape[1]
    return out


if __name__ == "__main__":
    p = parser(__doc__)
    p.add_argument("stage", choices=("sounds", "features"))
    p.add_argument("--hours", type=float, default=8)
    p.add_argument("--smoke", action="store_true")
    a = p.parse_args()
    torch.set_num_threads(1)
    sounds(a.hours, a.data, a.smoke) if a.stage == "sounds" else features()
