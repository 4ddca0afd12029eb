"""Frames that speak with real contexts: python3 context_data.py FRAMES_FOLDER FIRST_CHUNK COUNT LOOK ...

Needs the trained speech networks (models/training/work/speech). Sound with known phones goes through the speech encoder and
the context encoder; the frame is drawn with the motion that the context encoder *predicts* and with the tongue that the phones
ask for. So the decoder sees the inputs it will see in a call, and must read the tongue out of the context.

It also writes bank.npz: context, noise code, motion and tongue of many frames, for frames rendered without sound.
"""
import sys
from pathlib import Path

import numpy as np
import torch

from data import PER_CHUNK, draw
from poses import EMOTIONS, NOISE, PHONES, random_emotion
from region import POSE_LIMIT
from render import Renderer
from tongue import tongue_curves

from common.paths import parser  # noqa: E402  (poses puts models/training on the path)
from speech.data import Crops  # noqa: E402
from speech.export import load_context, load_encoder  # noqa: E402

SECONDS, WARM = 8, 25
MIX = {"festival": .35, "flite": .25, "real": .40}      # the largest set, espeak, would only cost memory here


def segments_of(phones):
    """Phone index per 20 ms -> (start s, end s, phone) runs."""
    cuts = np.r_[0, np.where(np.diff(phones))[0] + 1, len(phones)]
    return [(a * .02, b * .02, int(phones[a])) for a, b in zip(cuts, cuts[1:])]


class Speaker:
    """Runs crops of the speech corpus through the trained networks."""

    def __init__(self, seed, shared):
        self.crops = Crops(MIX, shared, seed=seed, seconds=SECONDS)
        self.encoder, self.context, self.rng = load_encoder().eval(), load_context(), np.random.default_rng(seed)

    @torch.no_grad()
    def performance(self, batch=4):
        """Dict of [n, ...]: context, noise_code, motion, emotion, tongue, of `batch` crops after their first second."""
        pcm, phones, _ = self.crops.batch(batch)
        features = self.encoder(torch.from_numpy(pcm)).float()
        frames = features.shape[1] // 2
        emotion = np.stack([random_emotion(self.rng, frames) for _ in range(batch)])
        noise = torch.from_numpy(self.rng.standard_normal((batch, frames, NOISE)).astype(np.float32))
        zeros = lambda n: torch.zeros(batch, frames, n)
        context, code, motion, *_ = self.context(features, torch.from_numpy(emotion), zeros(6), zeros(1), noise, *self.context.initial_state(batch).values())
        tongue = np.stack([tongue_curves(segments_of(p[:2 * frames]), PHONES, frames) for p in phones])
        tongue = np.concatenate([np.zeros_like(tongue[:, :1]), tongue[:, :-1]], 1)       # the networks speak one frame late
        flat = lambda x: np.asarray(x)[:, WARM:].reshape(-1, x.shape[-1]).astype(np.float32)
        return dict(context=flat(context), noise_code=flat(code), motion=flat(motion), emotion=flat(emotion), tongue=flat(tongue))


def pick(rng, rows, n):
    """n frames, half of them from those where the tongue does something; head poses widened within the limit."""
    busy = np.where(rows["tongue"].max(1) > .4)[0]
    index = np.r_[rng.choice(busy, n // 2), rng.choice(len(rows["tongue"]), n - n // 2)]
    rows = {k: v[index].copy() for k, v in rows.items()}
    head = rows["motion"][:, -6:]
    rows["motion"][:, -6:] = np.clip(head * rng.uniform(.8, 2.5, (n, 1)) + rng.normal(0, .15, (n, 6)) * POSE_LIMIT, -POSE_LIMIT, POSE_LIMIT)
    return rows


def main(out, first, count, looks, shared):
    torch.set_num_threads(1)
    out, speaker = Path(out), Speaker(100 + first, shared)
    parts = [speaker.performance() for _ in range(24)]
    rows = {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}
    np.savez(out / "bank.npz", **rows)
    assert rows["emotion"].shape[1] == len(EMOTIONS)
    renderers = {look: Renderer(look, moving_only=True) for look in looks}
    for number in range(first, first + count):
        for look, renderer in renderers.items():
            chosen = pick(speaker.rng, rows, PER_CHUNK)
            path = out / f"chunk_{look}_{number:03d}.npz"
            np.savez(path.with_suffix(".tmp.npz"), **chosen, **draw(renderer, chosen["motion"], chosen["tongue"]))
            path.with_suffix(".tmp.npz").rename(path)
            print(path.name, flush=True)


if __name__ == "__main__":
    p = parser(__doc__)
    p.add_argument("frames"), p.add_argument("first", type=int), p.add_argument("count", type=int), p.add_argument("looks", nargs="+")
    a = p.parse_args()
    main(a.frames, a.first, a.count, a.looks, a.data)
