"""Renders training frames in chunks: python3 data.py OUT FIRST_CHUNK COUNT [LOOK ...]

A chunk is chunk_<look>_<number>.npz: y [n, h, w], u, v [n, h/2, w/2] bytes of the moving part, flow [n, h/4, w/4, 3] float16,
motion [n, 58], emotion [n, 7], tongue [n, 3]. still_<look>.png is the portrait: the rest pose, 512x512.
"""
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

from poses import frames, to_renderer
from region import to_i420
from render import Renderer

PER_CHUNK = 100


def draw(renderer, motion, tongue):
    """Renders rows of motion and tongue; returns the arrays of a chunk."""
    planes, flows = [], []
    for row, t in zip(motion, tongue):
        planes.append([np.clip(np.rint(p), 0, 255).astype(np.uint8) for p in to_i420(renderer.picture(*to_renderer(row, t)))])
        flows.append(renderer.flow().astype(np.float16))
    y, u, v = (np.stack(p) for p in zip(*planes))
    return dict(y=y, u=u, v=v, flow=np.stack(flows))


def main(out, first, count, looks):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    renderers = {}
    for look in looks:
        if not (out / f"still_{look}.png").exists():
            Image.fromarray(np.ascontiguousarray(Renderer(look).picture({}))).save(out / f"still_{look}.png")
        renderers[look] = Renderer(look, moving_only=True)
    for number in range(first, first + count):
        for look, renderer in renderers.items():
            path = out / f"chunk_{look}_{number:03d}.npz"
            if path.exists():
                continue
            rng = np.random.default_rng([number, sum(map(ord, look))])
            motion, emotion, tongue = frames(rng, PER_CHUNK)
            np.savez(path.with_suffix(".tmp.npz"), motion=motion, emotion=emotion, tongue=tongue, **draw(renderer, motion, tongue))
            path.with_suffix(".tmp.npz").rename(path)
            print(path.name, f"{time.process_time():.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
