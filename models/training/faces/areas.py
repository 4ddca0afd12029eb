"""Parts of the 512x512 picture that the decoder treats differently; all in pixels, multiples of 32.

The whole picture is warped. FACE is where an expression can act when the head is in the portrait's pose; HEAD is where a
moved head can be: there the warped picture is mended. MOUTH, inside FACE, holds the voice's texture.
"""
from collections import namedtuple

import numpy as np
import torch

SIZE = 512
Area = namedtuple("Area", "left top width height")
FACE = Area(128, 96, 256, 288)
HEAD = Area(96, 0, 352, 416)
MOUTH = Area(192, 232, 128, 96)
FADE = 16             # pixels over which FACE's flow and HEAD's mending fade to nothing at their border


def cells(area, size):
    """(height, width) of the area in cells of `size` pixels."""
    return area.height // size, area.width // size


def cut(x, area, size):
    """The area out of a map x [b, c, h, w] of the whole picture with cells of `size` pixels."""
    left, top, right, bottom = (int(side / size) for side in (area.left, area.top, area.left + area.width, area.top + area.height))
    return x[:, :, top:bottom, left:right]


def pixel_grid(area, size):
    """[1, 2, h, w], x first: centres of the area's cells in the whole picture's coordinates, -1..1, y down."""
    h, w = cells(area, size)
    y, x = np.meshgrid(area.top + (np.arange(h) + .5) * size, area.left + (np.arange(w) + .5) * size, indexing="ij")
    return torch.tensor(np.stack([x, y])[None] / (SIZE / 2) - 1, dtype=torch.float32)


def fade(area, size, sides="ltrb"):
    """[1, 1, h, w]: 0 at the area's border, 1 from FADE pixels inside; `sides`: which of left, top, right, bottom fade."""
    h, w = cells(area, size)
    y, x = (np.arange(h) + .5) * size, (np.arange(w) + .5) * size
    far = np.full((h, w), float(FADE))
    for side, away in (("l", x[None]), ("t", y[:, None]), ("r", w * size - x[None]), ("b", h * size - y[:, None])):
        if side in sides:
            far = np.minimum(far, away)
    return torch.tensor(np.clip(far / FADE, 0, 1)[None, None], dtype=torch.float32)


WHOLE = Area(0, 0, SIZE, SIZE)
