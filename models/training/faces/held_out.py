"""Held-out frames of the teacher with the decoder's inputs, for the quality harness: python3 held_out.py CHECKPOINT FRAMES_FOLDER OUT

<look>_<n>.png: a grey PNG, 512 wide and 768 high: the teacher's I420 bytes as they are (512 rows of Y, 128 of U, 128 of V).
<look>.bin: per picture little-endian float32 motion 58, context 256, emotion 7, noise_code 10, in the pictures' order. The contexts
are the smallest that the decoder reads the teacher's tongue out of; they belong to the pack they were written with.
frames.json: per picture its look, and where face and mouth are: left, top, width, height in pixels.
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import networks
from frames import Frames, where
from looks import SHIPPED
from metrics import box
from judge import FACE_BOX, middle
from score import MOUTH_BOX

COUNT = 8


def corner(cell, size):
    rows, columns = box(cell, *size)
    return [int(columns.start), int(rows.start), *size]


def write(decoder, data, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    facts = []
    for look, held in data.held_out.items():
        rows = np.linspace(0, len(held["y"]) - 1, COUNT).astype(int)
        for n, r in enumerate(rows):
            i420 = np.concatenate([held["y"][r], held["u"][r].reshape(128, 512), held["v"][r].reshape(128, 512)])
            Image.fromarray(i420, "L").save(out / f"{look}_{n}.png", optimize=True)
            flow, marks = held["flow"][r], data.marks[look]
            facts.append({"picture": f"{look}_{n}.png", "look": look, "row": n, "face": corner(where(flow, middle(marks)), FACE_BOX),
                          "mouth": corner(where(flow, marks["mouth"]), MOUTH_BOX), "articulation": [round(float(v), 4) for v in held["tongue"][r]]})
        told = networks.inputs(decoder, {k: held[k][rows] for k in ("motion", "tongue", "emotion")})
        (out / f"{look}.bin").write_bytes(np.concatenate(told, 1).astype("<f4").tobytes())
    (out / "frames.json").write_text(json.dumps(facts, indent=1) + "\n")
    (out / "README.txt").write_text(__doc__.split("\n\n", 1)[1])


if __name__ == "__main__":
    torch.set_num_threads(1)
    write(networks.load(sys.argv[1])[1], Frames(sys.argv[2], [k for k in SHIPPED if any(Path(sys.argv[2]).glob(f"chunk_{k}_001.npz"))]), sys.argv[3])
