"""The rendered frames, memory-mapped, and batches of windows of them for training."""
import json
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from areas import HEAD, WHOLE, cells, pixel_grid

sys.path.append(str(Path(__file__).resolve().parents[1]))
from common.motion import lip_aperture  # noqa: E402
from outline import targets  # noqa: E402
from region import POSE_LIMIT, POSE_SHOWN  # noqa: E402

HELD_OUT = 20         # frames of chunk 1, which nothing is trained on, that are scored: evenly spread over those whose pose is shown
FOR_TESTS = 20        # the last frames of chunk 0, which nothing is trained on either
WINDOW = 40           # cells of 4 pixels


def mapped(path):
    """The arrays of an uncompressed .npz, memory-mapped: {name: array}."""
    out = {}
    with zipfile.ZipFile(path) as z, open(path, "rb") as raw:
        for info in z.infolist():
            assert info.compress_type == zipfile.ZIP_STORED, f"{path} is compressed"
            raw.seek(info.header_offset + 26)
            name, extra = struct.unpack("<HH", raw.read(4))
            raw.seek(info.header_offset + 30 + name + extra)
            version = np.lib.format.read_magic(raw)
            header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, fortran, kind = header(raw)
            assert not fortran
            out[info.filename[:-4]] = np.memmap(path, kind, "r", raw.tell(), shape) if np.prod(shape) else np.empty(shape, kind)
    return out


class Frames:
    """Every chunk of `looks` below `folder`; `refresh` picks up chunks written since."""

    def __init__(self, folder, looks, noisy=.2):
        """noisy: deviation of the error with which the tongue is read from the voice."""
        self.folder, self.noisy = Path(folder), noisy
        self.marks = json.loads((self.folder / "marks.json").read_text())
        self.looks = [k for k in looks if k in self.marks]
        self.portraits = torch.stack([portrait(self.folder / f"still_{k}.png") for k in self.looks])
        self.importance = torch.stack([importance(self.marks[k]) for k in self.looks])
        self.silhouettes, self.rooms = (torch.stack(x) for x in zip(*(targets(np.load(self.folder / f"rest_{k}.npy")) for k in self.looks)))
        self._loaded, self.train, self.held_out = set(), {k: [] for k in self.looks}, {}
        self.refresh()

    def refresh(self):
        """Loads the chunks written since; how many frames there are to train on."""
        for look in self.looks:
            for path in sorted(self.folder.glob(f"chunk_{look}_*.npz")):
                if path in self._loaded or ".tmp" in path.name:
                    continue
                chunk = mapped(path)
                chunk.update({k: np.array(chunk[k]) for k in ("motion", "emotion", "tongue", "sequence")})
                self._loaded.add(path)
                rows = len(chunk["y"])
                if path.stem.endswith("_001"):
                    shown = np.flatnonzero(np.linalg.norm(chunk["motion"][:, -6:] / POSE_LIMIT, axis=1) <= POSE_SHOWN)
                    kept = shown[np.linspace(0, len(shown) - 1, min(HELD_OUT, len(shown))).astype(int)]
                    self.held_out[look] = {k: v[kept] for k, v in chunk.items()}
                else:
                    self.train[look].append((chunk, rows - FOR_TESTS if path.stem.endswith("_000") and rows > FOR_TESTS else rows))
        return sum(rows for chunks in self.train.values() for _, rows in chunks)

    def pick(self, rng, look, run=1):
        """(chunk, first row) of `run` consecutive frames of one look."""
        while True:
            chunk, rows = self.train[look][rng.integers(len(self.train[look]))]
            if run == 1:
                few = rng.integers(rows, size=3 if rng.random() < .5 else 1)        # half of the time the widest open mouth of three
                return chunk, int(few[lip_aperture(chunk["motion"][few]).argmax()])
            starts = run_starts(chunk["sequence"][:rows], run)
            if len(starts):
                return chunk, int(rng.choice(starts))

    def longest_run(self, limit):
        """The longest run up to `limit` that every look with frames has."""
        def has(chunks, n):
            return any(len(run_starts(c["sequence"][:rows], n)) for c, rows in chunks)
        return next(n for n in range(limit, 0, -1) if n == 1 or all(has(chunks, n) for chunks in self.train.values() if chunks))

    def flows(self, rng, size, share):
        """(look, motion, flow [n, 3, 128, 128]) of random frames."""
        looks = rng.choice(len(self.looks), size, p=share)
        rows = [self.pick(rng, self.looks[k]) for k in looks]
        motion = torch.from_numpy(np.stack([c["motion"][r] for c, r in rows])).float()
        return torch.from_numpy(looks), motion, torch.from_numpy(np.stack([c["flow"][r] for c, r in rows]).astype(np.float32)).permute(0, 3, 1, 2)

    def batch(self, rng, size, share, places=("mouth", "eye", "any"), run=1, whole=True):
        """`size` random frames (in runs of `run`) of two looks; share: probability per look. A dict of tensors.

        kinds: the looks it is about, which [size] indexes them, look [size] indexes `portraits`; flow [size, 3, 128, 128]; windows y, uv
        at `corner` [size * places, 2]: (y, x) in cells of HEAD; with `whole` a frame's planes y, u, v of each look in `whole_look`.
        """
        looks = rng.choice(len(self.looks), 2, p=share)
        picks = []
        for i in range(size // run):
            k = looks[i % 2]
            chunk, row = self.pick(rng, self.looks[k], run)
            picks += [(k, chunk, row + j) for j in range(run)]
        out = self.gather(rng, picks, places, run)
        if whole:
            rows = [self.pick(rng, self.looks[k]) for k in out["kinds"]]
            out["whole"] = tuple(torch.from_numpy(np.stack([c[p][r] for c, r in rows])) for p in "yuv")
            out["whole_look"] = out["kinds"]
        return out

    def gather(self, rng, picks, places, run=1):
        out = {k: torch.from_numpy(np.stack([c[k][r] for _, c, r in picks])).float() for k in ("motion", "emotion", "tongue")}
        out["flow"] = torch.from_numpy(np.stack([c["flow"][r] for _, c, r in picks]).astype(np.float32)).permute(0, 3, 1, 2)
        error = torch.from_numpy(rng.normal(0, self.noisy, out["tongue"].shape).astype(np.float32)) * torch.from_numpy(rng.integers(0, 2, (len(picks), 1)))
        out["articulation"] = torch.clamp(out["tongue"] + error, 0, 1).float()
        out["noise_code"] = torch.from_numpy(rng.standard_normal((len(picks), 10)).astype(np.float32))
        out["look"] = torch.tensor([k for k, _, _ in picks])
        out["kinds"], out["which"] = torch.unique(out["look"], return_inverse=True)
        corners, s = [], WINDOW
        for i, (k, c, r) in enumerate(picks):
            for place in places:
                same = corners[-len(places)] if run > 1 and i % run else None     # one window for a whole run
                corners.append(same or self._corner(rng, place, self.marks[self.looks[k]], c["flow"][r]))
        out["corner"] = torch.tensor(corners)

        def windows(name, scale):
            left, top = HEAD.left // 4, HEAD.top // 4
            cuts = [picks[n // len(places)][1][name][picks[n // len(places)][2], (top + y) * scale:(top + y + s) * scale, (left + x) * scale:(left + x + s) * scale]
                    for n, (y, x) in enumerate(corners)]
            return torch.from_numpy(np.stack(cuts).astype(np.float32))[:, None] / 255
        out["y"], out["uv"] = windows("y", 4), torch.cat([windows("u", 2), windows("v", 2)], 1)
        return out

    @staticmethod
    def _corner(rng, place, marks, flow):
        """Top left cell (y, x), within HEAD, of a window: around the mouth or an eye, where the head is now, or anywhere."""
        h, w = cells(HEAD, 4)
        if place == "any":
            return int(rng.integers(0, h - WINDOW + 1)), int(rng.integers(0, w - WINDOW + 1))
        home = marks["mouth"] if place == "mouth" else marks["eyes"][int(rng.integers(2))]
        cy, cx = where(flow, home)
        jitter = rng.integers(-10, 11, 2)
        return (int(np.clip(cy - HEAD.top // 4 - WINDOW // 2 + jitter[0], 0, h - WINDOW)),
                int(np.clip(cx - HEAD.left // 4 - WINDOW // 2 + jitter[1], 0, w - WINDOW)))


def run_starts(sequence, run):
    """Rows from which `run` rows belong to one sequence."""
    last = len(sequence) - run + 1
    return np.array([r for r in range(max(0, last)) if sequence[r] >= 0 and sequence[r] == sequence[r + run - 1]], int)


def where(flow, home):
    """Cell (y, x) of the whole picture that shows the place `home` of the portrait; flow [128, 128, 3]."""
    away = np.abs(flow[..., :2].astype(np.float32) - home).sum(-1) + 9 * (flow[..., 2] < .5)
    return np.unravel_index(np.argmin(away), away.shape)


def portrait(path):
    return torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 0, 1) / 255.0


def importance(marks):
    """[128, 128] loss weight by place in the portrait: mouth 8, eyes 7, the face 2, the rest 1, smooth between."""
    x, y = (g.numpy() for g in pixel_grid(WHOLE, 4)[0])
    spot = lambda m, w, h: np.exp(-(((x - m[0]) / w) ** 2 + ((y - m[1]) / h) ** 2) ** 2)
    middle = np.mean([marks["mouth"], *marks["eyes"]], 0)
    weight = 1 + spot(middle, .36, .45) + 6 * spot(marks["mouth"], .18, .13)
    for eye in marks["eyes"]:
        weight = np.maximum(weight, 1 + 6 * spot(eye, .09, .055))
    return torch.tensor(weight, dtype=torch.float32)
