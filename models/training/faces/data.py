"""Renders training frames in chunks: python3 data.py OUT FIRST_CHUNK COUNT [LOOK ...] [--smoke]

chunk_<look>_<number>.npz: y [n, 512, 512], u, v [n, 256, 256] bytes of the whole picture, flow [n, 128, 128, 3] float16 (rest-pose x, y
in -1..1 of the picture, y down; 1 where a body is), motion [n, 58], emotion [n, 7], tongue [n, 3], sequence [n] (the id of the run of
consecutive frames at 25 per second that a row belongs to, -1 for single frames). The sequences come first, then the single frames.
still_<look>.png is the portrait: the rest pose, 512x512; rest_<look>.npy [128, 128] bytes: 1 where its body is. From chunk 2 on there are
more open mouths and far turned heads (poses.demanding). held_<look>.npz is one longer sequence, for tests only; so are the last
20 frames of every chunk 0. Existing files are kept, so the command resumes where it stopped.
"""
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

from bake import bake_missing
from poses import demanding, frames, run, to_renderer
from region import to_i420
from render import Renderer

SINGLES, RUNS, RUN_LENGTH, HELD_LENGTH = 75, 3, 10, 75


def draw(renderer, motion, tongue):
    """Renders rows of motion and tongue; returns the arrays of a chunk."""
    planes, flows = [], []
    for row, t in zip(motion, tongue):
        planes.append([np.clip(np.rint(p), 0, 255).astype(np.uint8) for p in to_i420(renderer.picture(*to_renderer(row, t)))])
        flows.append(renderer.flow().astype(np.float16))
    y, u, v = (np.stack(p) for p in zip(*planes))
    return dict(y=y, u=u, v=v, flow=np.stack(flows))


def chunk(rng, runs=RUNS, singles=SINGLES, length=RUN_LENGTH, hard=False):
    """(motion, emotion, tongue, sequence) of one chunk: `runs` sequences of `length` frames, then single frames."""
    parts = [run(rng, length) for _ in range(runs)] + ([(demanding if hard else frames)(rng, singles)] if singles else [])
    motion, emotion, tongue = (np.concatenate(p) for p in zip(*parts))
    return motion, emotion, tongue, np.concatenate([np.repeat(np.arange(runs), length), np.full(singles, -1)])


def save(path, renderer, rows):
    motion, emotion, tongue, sequence = rows
    np.savez(path.with_suffix(".tmp"), motion=motion, emotion=emotion, tongue=tongue, sequence=sequence, **draw(renderer, motion, tongue))
    path.with_suffix(".tmp.npz").rename(path)


def seed(look, number):
    return np.random.default_rng([number, *map(ord, look)])


def still(path, renderer):
    """The portrait, and where the body is in it."""
    picture = renderer.picture({})
    np.save(path.with_name(path.stem.replace("still_", "rest_") + ".npy"), renderer.flow()[..., 2].astype(np.uint8))
    Image.fromarray(np.ascontiguousarray(picture)).save(path.with_suffix(".tmp.png"))
    path.with_suffix(".tmp.png").rename(path)


def main(out, first, count, looks, smoke=False):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    renderers, todo = {}, []
    for look in looks:
        if not smoke:
            bake_missing(look)
        renderers[look] = Renderer(look)
        if not (out / f"still_{look}.png").exists():
            still(out / f"still_{look}.png", renderers[look])
    size = dict(runs=1, singles=4, length=3) if smoke else {}
    for number in range(first, first + count):
        todo += [(out / f"chunk_{look}_{number:03d}.npz", look, number, dict(size, hard=number > 1)) for look in looks]
        if number == 0 and not smoke:
            todo += [(out / f"held_{look}.npz", look, 10_000, dict(runs=1, singles=0, length=HELD_LENGTH)) for look in looks]
    todo = [t for t in todo if not t[0].exists()]
    start = time.time()
    for done, (path, look, number, size) in enumerate(todo, 1):
        save(path, renderers[look], chunk(seed(look, number), **size))
        left = (time.time() - start) / done * (len(todo) - done)
        print(f"{path.name}  {done}/{len(todo)}  {time.time() - start:.0f} s, about {left:.0f} s left", flush=True)


if __name__ == "__main__":
    words = [w for w in sys.argv[1:] if w != "--smoke"]
    main(words[0], int(words[1]), int(words[2]), words[3:], "--smoke" in sys.argv)
