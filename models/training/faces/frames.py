"""The rendered frames in memory, and batches of windows of them for training."""
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from nets import GH, GW
from region import HEIGHT, WIDTH

HELD_OUT = 20         # the last frames of chunk 0 of each look are never trained on
WINDOW = 40           # cells of 4 pixels


def context_projection():
    """Stand-in for the context encoder in the first stage: the tongue's three numbers as a 256-d vector."""
    return torch.randn(3, 256, generator=torch.Generator().manual_seed(5))


class Frames:
    """Loads every chunk of `looks` below `folder`; `refresh` picks up chunks written since."""

    def __init__(self, folder, looks, heard=False):
        """heard: give the context encoder's contexts, from the chunk or else of a like frame of bank.npz, not the stand-in."""
        self.bank = Bank(Path(folder) / "bank.npz") if heard else None
        self.folder, self.looks = Path(folder), looks
        self.portraits = torch.stack([torch.from_numpy(np.asarray(Image.open(self.folder / f"still_{k}.png"))).permute(2, 0, 1) / 255.0 for k in looks])
        self.marks = json.loads((self.folder / "marks.json").read_text())
        self.importance = torch.stack([importance(self.marks[k]) for k in looks])
        self._loaded, self.train, self.held_out = set(), {k: [] for k in looks}, {}
        self.refresh()

    def refresh(self):
        for i, look in enumerate(self.looks):
            for path in sorted(self.folder.glob(f"chunk_{look}_*.npz")):
                if path in self._loaded or ".tmp" in path.name:
                    continue
                chunk = dict(np.load(path))
                self._loaded.add(path)
                if self.bank is not None and "context" not in chunk:
                    chunk.update(self.bank.like(chunk["motion"], chunk["tongue"]))
                rows = len(chunk["y"])
                if path.stem.endswith("_000"):
                    self.held_out[look] = {k: v[rows - HELD_OUT:] for k, v in chunk.items()}
                    rows -= HELD_OUT
                self.train[look] += [(chunk, r) for r in range(rows)]
        return sum(map(len, self.train.values()))

    def batch(self, rng, size, share):
        """`size` random frames; share: probability per look. Returns a dict of tensors; `look` [size] indexes `portraits`."""
        kinds = rng.choice(len(self.looks), 2, p=share)
        picks = [(kinds[i % 2], *self.train[self.looks[kinds[i % 2]]][rng.integers(len(self.train[self.looks[kinds[i % 2]]]))]) for i in range(size)]
        out = {k: torch.from_numpy(np.stack([c[k][r] for _, c, r in picks])) for k in ("motion", "emotion")}
        out["context"], out["noise_code"] = self._contexts([(c, r) for _, c, r in picks])
        out["look"] = torch.tensor([k for k, _, _ in picks])
        corners = [(i, *self._corner(rng, place, self.marks[self.looks[k]], c["flow"][r]))
                   for i, (k, c, r) in enumerate(picks) for place in ("mouth", "eye", "any")]
        out["corner"] = corners
        s = WINDOW

        def cut(name, scale):
            return torch.from_numpy(np.stack([picks[i][1][name][picks[i][2]][y * scale:(y + s) * scale, x * scale:(x + s) * scale]
                                              for i, y, x in corners]).astype(np.float32))
        out["y"], out["u"], out["v"] = cut("y", 4)[:, None] / 255, cut("u", 2)[:, None] / 255, cut("v", 2)[:, None] / 255
        out["flow"] = cut("flow", 1).permute(0, 3, 1, 2)
        return out

    def _contexts(self, picks):
        """What the decoder is told besides motion and emotion: contexts [n, 256] and noise codes [n, 10]."""
        if self.bank is not None:
            return tuple(torch.from_numpy(np.stack([c[k][r] for c, r in picks])) for k in ("context", "noise_code"))
        tongue = torch.from_numpy(np.stack([c["tongue"][r] for c, r in picks]))
        return tongue @ context_projection(), torch.randn(len(picks), 10)

    @staticmethod
    def _corner(rng, place, marks, flow):
        """Top left cell (y, x) of a window: around the mouth or an eye, where the head is now, or anywhere."""
        if place == "any":
            return int(rng.integers(0, GH - WINDOW + 1)), int(rng.integers(0, GW - WINDOW + 1))
        home = marks["mouth"] if place == "mouth" else marks["eyes"][int(rng.integers(2))]
        away = np.abs(flow[..., :2].astype(np.float32) - home).sum(-1) + 9 * (flow[..., 2] < .5)
        cy, cx = np.unravel_index(np.argmin(away), away.shape)
        jitter = rng.integers(-10, 11, 2)
        return int(np.clip(cy - WINDOW // 2 + jitter[0], 0, GH - WINDOW)), int(np.clip(cx - WINDOW // 2 + jitter[1], 0, GW - WINDOW))


class Bank:
    """Contexts of frames with sound, to look up one whose tongue and mouth are like those of a frame without."""

    def __init__(self, path):
        bank = np.load(path)
        self.told = {k: bank[k] for k in ("context", "noise_code")}
        self.keys = self._key(bank["motion"], bank["tongue"])

    @staticmethod
    def _key(motion, tongue):
        """Tongue counts most; then jaw, closure, funnel and pucker (ARKit channels 17 to 20)."""
        return np.concatenate([2 * tongue, motion[:, 17:21]], 1).astype(np.float32)

    def like(self, motion, tongue):
        key = self._key(motion, tongue)
        away = (key ** 2).sum(1)[:, None] - 2 * key @ self.keys.T + (self.keys ** 2).sum(1)
        nearest = away.argmin(1)
        return {k: v[nearest] for k, v in self.told.items()}


def importance(marks):
    """[GH, GW] loss weight by place in the rest picture: mouth 5, eyes 7, the rest 1, smooth between."""
    y, x = np.meshgrid((np.arange(GH) + .5) / GH * 2 - 1, (np.arange(GW) + .5) / GW * 2 - 1, indexing="ij")
    spot = lambda m, w, h: np.exp(-(((x - m[0]) / w) ** 2 + ((y - m[1]) / h) ** 2) ** 2)
    weight = 1 + 4 * spot(marks["mouth"], .26, .17)
    for eye in marks["eyes"]:
        weight = np.maximum(weight, 1 + 6 * spot(eye, .13, .07))
    return torch.tensor(weight, dtype=torch.float32)
