"""The rendered frames in a GPU's memory: what `frames.Frames` gives, with every pick made there and no loop over frames."""
import numpy as np
import torch

from areas import HEAD, cells
from frames import WINDOW, Frames, lip_aperture, run_starts
from region import POSE_LIMIT

PLANES = ("y", "u", "v", "flow")
TOLD = ("motion", "emotion", "tongue")


def cut_windows(plane, rows, corners, scale):
    """Windows [n, 1, s, s] in 0..1 out of HEAD of bytes `plane` [frames, h, w]; rows [n]; corners [n, 2] (y, x) in cells of HEAD."""
    size, (top, left) = WINDOW * scale, (HEAD.top // 4, HEAD.left // 4)
    along = torch.arange(size, device=plane.device)
    y, x = ((corners[:, k] + start)[:, None] * scale + along for k, start in ((0, top), (1, left)))
    return plane[rows[:, None, None], y[:, :, None], x[:, None, :]][:, None].float() / 255


class Resident(Frames):
    def __init__(self, folder, looks, device, noisy=.2):
        self.device, self._taken, self._parts = torch.device(device), {}, {}
        super().__init__(folder, looks, noisy)

    def refresh(self):
        count = super().refresh()
        fresh = [(k, chunk, rows) for k, look in enumerate(self.looks) for chunk, rows in self.train[look][self._taken.get(look, 0):]]
        for k, chunk, rows in fresh:
            self._add(k, chunk, rows)
            self.train[self.looks[k]][self._taken.get(self.looks[k], 0)] = None, rows       # the file is not needed any more
            self._taken[self.looks[k]] = self._taken.get(self.looks[k], 0) + 1
        if fresh:
            self._tables()
        return count

    def _add(self, k, chunk, rows):
        """Appends one chunk's frames to what is here already."""
        put = lambda a: torch.from_numpy(np.array(a[:rows])).to(self.device)
        found = {n: put(chunk[n]) for n in PLANES}
        found.update({n: put(chunk[n]).float() for n in TOLD})
        found["look"] = torch.full((rows,), k, device=self.device)
        found["open"] = put(np.asarray(lip_aperture(chunk["motion"]), np.float32))
        found["turned"] = put(np.linalg.norm(chunk["motion"][:, -6:] / POSE_LIMIT, axis=1).astype(np.float32))
        marks = self.marks[self.looks[k]]
        found["cells"] = torch.stack([self._where(found["flow"], home) for home in (marks["mouth"], *marks["eyes"])], 1)
        for run in self._parts.setdefault("runs", {n: [[] for _ in self.looks] for n in range(2, 11)}).items():
            run[1][k].append(run_starts(chunk["sequence"][:rows], run[0]) + len(self))
        for name, value in found.items():
            old = getattr(self, "all_" + name, None)
            setattr(self, "all_" + name, value if old is None else torch.cat([old, value]))

    def __len__(self):
        return len(getattr(self, "all_look", ()))

    @staticmethod
    def _where(flow, home):
        """Cells [n, 2] (y, x) that show the portrait's place `home`."""
        away = (flow[..., :2].float() - torch.tensor(home, device=flow.device)).abs().sum(-1) + 9 * (flow[..., 2] < .5)
        best = away.flatten(1).argmin(1)
        return torch.stack([best // flow.shape[2], best % flow.shape[2]], 1)

    def _tables(self):
        """First rows per look for each length of run: [looks, most] and how many there are [looks]."""
        looks = self.all_look.cpu().numpy()
        self._starts, self._seen = {}, torch.unique(self.all_look)
        for n in range(1, 11):
            rows = [np.flatnonzero(looks == k) if n == 1 else np.concatenate([*self._parts["runs"][n][k], np.zeros(0, int)]) for k in range(len(self.looks))]
            table = np.zeros((len(rows), max(1, max(map(len, rows)))), np.int64)
            for k, r in enumerate(rows):
                table[k, :len(r)] = r
            self._starts[n] = torch.from_numpy(table).to(self.device), torch.tensor([len(r) for r in rows], device=self.device)
            if n == 1 or all(len(r) for r, seen in zip(rows, self._starts[1][1].tolist()) if seen):
                self._longest = n

    def longest_run(self, limit):
        return min(limit, self._longest)

    def pick_rows(self, looks, run=1):
        """Rows [len(looks)] of random frames: 35 % the widest open mouth of three, 30 % the farthest turned head of three."""
        table, count = self._starts[run]
        few = table[looks[:, None], (torch.rand(len(looks), 3, device=self.device) * count[looks][:, None]).long()]
        kind = torch.rand(len(looks), 1, device=self.device)
        score = torch.where(kind < .35, self.all_open[few], torch.where(kind < .65, self.all_turned[few], torch.zeros_like(self.all_open[few])))
        return few.gather(1, score.argmax(1, keepdim=True))[:, 0]

    def flows(self, rng, size, share):
        """(look, motion, flow [n, 3, 128, 128]) of random frames."""
        looks = torch.multinomial(torch.as_tensor(share, dtype=torch.float32, device=self.device), size, True)
        rows = self.pick_rows(looks)
        return looks, self.all_motion[rows], self.all_flow[rows].float().permute(0, 3, 1, 2)

    def batch(self, rng, size, share, places=("mouth", "eye", "any"), run=1, whole=True):
        share = torch.as_tensor(share, dtype=torch.float32, device=self.device)
        start = self.pick_rows(torch.multinomial(share, size // run, True), run)
        rows = (start[:, None] + torch.arange(run, device=self.device)).flatten()
        return self.collect(rows, places, run, whole)

    def collect(self, rows, places, run, whole):
        n = len(rows)
        out = {k: getattr(self, "all_" + k)[rows] for k in TOLD}
        out["look"] = self.all_look[rows]
        out["kinds"], out["which"] = torch.arange(len(self.looks), device=self.device), out["look"]
        out["flow"] = self.all_flow[rows].float().permute(0, 3, 1, 2)
        heard = torch.randint(0, 2, (n, 1), device=self.device)
        out["articulation"] = torch.clamp(out["tongue"] + self.noisy * torch.randn_like(out["tongue"]) * heard, 0, 1)
        out["noise_code"] = torch.randn(n, 10, device=self.device)
        out["corner"] = self._corners(rows, places, run)
        each = rows.repeat_interleave(len(places))
        out["y"] = cut_windows(self.all_y, each, out["corner"], 4)
        out["uv"] = torch.cat([cut_windows(p, each, out["corner"], 2) for p in (self.all_u, self.all_v)], 1)
        if whole:           # one frame of each look, for the identity
            some = self.pick_rows(self._seen[torch.arange(len(self.looks), device=self.device) % len(self._seen)])
            out["whole"] = tuple(getattr(self, "all_" + k)[some] for k in "yuv")
            out["whole_look"] = self.all_look[some]
        return out

    def _corners(self, rows, places, run):
        """Top left cells [n * places, 2] within HEAD of windows around mouth, one eye, or anywhere; one window for a whole run."""
        first = rows[::run]
        h, w = cells(HEAD, 4)
        limit = torch.tensor([h - WINDOW, w - WINDOW], device=self.device)
        origin = torch.tensor([HEAD.top // 4 + WINDOW // 2, HEAD.left // 4 + WINDOW // 2], device=self.device)
        out = []
        for place in places:
            if place == "any":
                out.append((torch.rand(len(first), 2, device=self.device) * (limit + 1)).long())
                continue
            mark = torch.zeros_like(first) if place == "mouth" else torch.randint(1, 3, first.shape, device=self.device)
            centre = self.all_cells[first, mark] - origin + torch.randint(-10, 11, (len(first), 2), device=self.device)
            out.append(torch.minimum(centre.clamp(min=0), limit))
        return torch.stack(out, 1).repeat_interleave(run, 0).flatten(0, 1)
