"""Contact sheet of the decoder's own pictures: python3 show.py CHECKPOINT FRAMES_FOLDER OUT.png [faces] [--look NAME ...]

Whole frames as a viewer gets them, reduced; `faces` draws many expressions at full size, cut to the face, instead.
"""
import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import networks
from frames import portrait
from looks import SHIPPED
from metrics import planes
from region import to_rgb
from sheet import POSES, grid

FEW = ("rest", "aa", "PP", "oh", "blink", "happy")
SHOWN = ("rest", "smile", "aa", "PP", "oh", "ee", "FF", "L", "TH", "blink", "gaze left", "turned", "turned right", "happy", "angry", "surprised")
TONGUE = ("tongueTipUp", "tongueTipOut", "tongueBack")


def rows(labels):
    """Rows as a chunk has them, of the named poses of sheet.py."""
    motion, tongue = np.zeros((len(labels), 58), np.float32), np.zeros((len(labels), 3), np.float32)
    for i, label in enumerate(labels):
        shapes, head = POSES[label]
        for k, v in shapes.items():
            if k in networks.INDEX:
                motion[i, networks.INDEX[k]] = v
        motion[i, -6:] = head
        tongue[i] = [shapes.get(t, 0.0) for t in TONGUE]
    return dict(motion=motion, tongue=tongue, emotion=np.zeros((len(labels), 7), np.float32))


def main(arguments=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("checkpoint"), p.add_argument("frames", type=Path), p.add_argument("out"), p.add_argument("faces", nargs="?")
    p.add_argument("--look", action="append"), p.add_argument("--articulation")
    a = p.parse_args(arguments)
    torch.set_num_threads(1)
    encoder, decoder = networks.load(a.checkpoint, a.articulation)
    pictures, labels = {}, [k for k in (SHOWN if a.faces else FEW) if k in POSES]
    for name in a.look or [k for k in SHIPPED if (a.frames / f"still_{k}.png").exists()]:
        told = networks.inputs(decoder, rows(labels))
        for label, frame in zip(labels, networks.frames(encoder, decoder, portrait(a.frames / f"still_{name}.png"), told)):
            picture = Image.fromarray(to_rgb(*planes(frame)))
            pictures[f"{name}: {label}"] = np.asarray(picture.crop((96, 32, 416, 400)) if a.faces else picture.resize((288, 288), Image.LANCZOS))
    grid(pictures, 4 if a.faces else len(labels)).save(a.out)


if __name__ == "__main__":
    main()
