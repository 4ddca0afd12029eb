"""Contact sheet of the decoder's own pictures: python3 show.py CHECKPOINT FRAMES_FOLDER PACK_FOLDER OUT.png [faces]

For a checkpoint that hears (listen.py). Whole frames as a viewer gets them, reduced; `faces` draws many faces, enlarged, instead.
"""
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from frames import Bank
from looks import SHIPPED
from poses import INDEX
from region import SIZE, to_rgb
from score import load
from sheet import POSES, grid

FEW = ("rest", "aa", "PP", "oh", "blink", "happy")
SHOWN = ("rest", "smile", "aa", "PP", "oh", "ee", "FF", "L", "blink", "gaze left", "turned", "happy", "angry", "surprised")


def to_frame(i420):
    half = SIZE // 2
    return to_rgb(i420[:SIZE], i420[SIZE:SIZE * 5 // 4].reshape(half, half), i420[SIZE * 5 // 4:].reshape(half, half))


def main(checkpoint, frames, pack, out, faces=None):
    torch.set_num_threads(1)
    encoder, decoder = load(checkpoint)
    bank, pictures = Bank(Path(frames) / "bank.npz"), {}
    for name in SHIPPED:
        portrait = np.asarray(Image.open(Path(pack) / f"avatars/{name}/portrait.png").convert("RGB")).copy()
        with torch.no_grad():
            maps = encoder(torch.from_numpy(portrait).permute(2, 0, 1)[None] / 255.0)
        for label in SHOWN if faces else FEW:
            shapes, head = POSES[label]
            motion = np.zeros((1, 58), np.float32)
            for k, v in shapes.items():
                if k in INDEX:
                    motion[0, INDEX[k]] = v
            motion[0, -6:] = head
            tongue = np.array([[shapes.get(t, 0.0) for t in ("tongueTipUp", "tongueTipOut", "tongueBack")]], np.float32)
            told = [torch.from_numpy(v) for v in bank.like(motion, tongue).values()]
            with torch.no_grad():
                frame = decoder(torch.from_numpy(motion), told[0], torch.zeros(1, 7), told[1], *maps)[0].numpy()
            picture = to_frame(frame)
            part = Image.fromarray(picture[70:360, 125:395] if faces else picture)
            picture = np.asarray(part.resize((405, 435) if faces else (288, 288), Image.LANCZOS))
            pictures[f"{name}: {label}"] = picture
    grid(pictures, 7 if faces else len(FEW)).save(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
