"""Contact sheet of the decoder's own pictures: python3 show.py CHECKPOINT PACK_FOLDER OUT.png [ZOOM]

Whole frames as a viewer gets them; ZOOM draws the face at twice the size instead.
"""
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from frames import context_projection
from looks import SHIPPED
from poses import INDEX
from region import SIZE, to_rgb
from score import load
from sheet import POSES, grid

SHOWN = ("rest", "smile", "aa", "PP", "oh", "ee", "FF", "L", "blink", "gaze left", "turned", "happy", "angry", "surprised")


def to_frame(i420):
    half = SIZE // 2
    return to_rgb(i420[:SIZE], i420[SIZE:SIZE * 5 // 4].reshape(half, half), i420[SIZE * 5 // 4:].reshape(half, half))


def main(checkpoint, pack, out, zoom=None):
    torch.set_num_threads(1)
    encoder, decoder = load(checkpoint)
    pictures = {}
    for name in SHIPPED:
        portrait = np.asarray(Image.open(Path(pack) / f"avatars/{name}/portrait.png").convert("RGB")).copy()
        with torch.no_grad():
            maps = encoder(torch.from_numpy(portrait).permute(2, 0, 1)[None] / 255.0)
        for label in SHOWN:
            shapes, head = POSES[label]
            motion = np.zeros((1, 58), np.float32)
            for k, v in shapes.items():
                if k in INDEX:
                    motion[0, INDEX[k]] = v
            motion[0, -6:] = head
            tongue = torch.tensor([[shapes.get(t, 0.0) for t in ("tongueTipUp", "tongueTipOut", "tongueBack")]])
            with torch.no_grad():
                frame = decoder(torch.from_numpy(motion), tongue @ context_projection(), torch.zeros(1, 7), torch.zeros(1, 10), *maps)[0].numpy()
            picture = to_frame(frame)
            if zoom:
                picture = np.asarray(Image.fromarray(picture[70:360, 125:395]).resize((405, 435)))
            pictures[f"{name}: {label}"] = picture
    grid(pictures, 7).save(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
