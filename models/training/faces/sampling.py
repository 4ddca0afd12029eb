"""Bilinear sampling of a picture at a flow's places, and the picture made ready for it."""
import numpy as np
import torch
import torch.nn.functional as F


def finer(plane):
    """Twice the resolution by cubic convolution (Keys 1981, a = -0.5): [b, 1, h, w] -> [b, 1, 2h, 2w].

    Bilinear sampling between the finer pixels keeps most of the sharpness that it would cost between the plain ones.
    """
    def taps(shift):                       # weights of pixels -2..2 for a place `shift` pixels from pixel 0
        d = np.abs(np.arange(-2, 3) - shift)
        return np.where(d <= 1, 1.5 * d ** 3 - 2.5 * d ** 2 + 1, np.where(d < 2, -.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2, 0))
    rows = np.stack([taps(-.25), taps(.25)])
    kernel = torch.tensor(np.einsum("ai,bj->abij", rows, rows).reshape(4, 1, 5, 5), dtype=plane.dtype, device=plane.device)
    return F.pixel_shuffle(F.conv2d(F.pad(plane, (2, 2, 2, 2), mode="replicate"), kernel), 2)


def warp(picture, places):
    """What training uses. picture [b, c, h, w], places [b, 2, h', w'] in -1..1 (x first) -> [b, c, h', w']."""
    return F.grid_sample(picture, places.permute(0, 2, 3, 1), padding_mode="border", align_corners=False)


PACK = 256.0          # two bytes in one float32: the pixel, and 256 times the one below it


def packed(plane):
    """[b, h, w] in 0..1 -> [b, h * w]: each pixel's byte with that of the pixel below, so that one look-up fetches both."""
    plane = torch.clamp(torch.round(plane * 255), 0, 255)
    return (plane + PACK * torch.cat([plane[:, 1:], plane[:, -1:]], 1)).flatten(1)


def pixels(places, width, height):
    """Places in -1..1 as pixels that have a neighbour to the right and one below; what is enlarged from them has one too."""
    x = torch.clamp((places[:, 0:1] + 1) * (width / 2) - .5, 0, width - 1.01)
    return torch.cat([x, torch.clamp((places[:, 1:2] + 1) * (height / 2) - .5, 0, height - 1.01)], 1)


def gather_warp(tables, width, places):
    """`warp` by GatherElements, in half the time that GridSample takes in ONNX Runtime.

    tables: `packed` planes, `width` pixels wide; places [b, 2, h', w'] from `pixels` -> list of [b, h' * w'] in 0..1.
    """
    x, y = places[:, 0].flatten(1), places[:, 1].flatten(1)
    left, top = torch.floor(x), torch.floor(y)
    x, below = x - left, y - top
    at = (top * width + left).to(torch.int64)
    above = 1 - below
    lower = below - PACK * above           # (1 - f) a + f b, where a = pair - 256 b
    out = []
    for table in tables:
        mixed = []
        for k in (0, 1):
            pair = torch.gather(table, 1, at + k if k else at)
            mixed.append(pair * above + torch.floor(pair * (1 / PACK)) * lower)
        out.append((mixed[0] + x * (mixed[1] - mixed[0])) * (1 / 255))
    return out


def gather_rows(picture, width, height, places):
    """`warp` of many channels at once: picture [b, c, height, width], places in its pixels [b, 2, h', w'] -> [b, c, h', w'].

    Pixels become rows of c numbers, which Gather copies as blocks.
    """
    b, c = picture.shape[0], picture.shape[1]
    rows = picture.permute(0, 2, 3, 1).reshape(-1, c)
    x, y = torch.clamp(places[:, 0], 0, width - 1.001), torch.clamp(places[:, 1], 0, height - 1.001)
    left, top = torch.floor(x), torch.floor(y)
    x, y = (x - left).reshape(-1, 1), (y - top).reshape(-1, 1)
    first = torch.arange(b, device=picture.device).reshape(-1, 1, 1) * (width * height)
    at = (first + (top * width + left).to(torch.int64)).reshape(-1)
    corner = [F.embedding(at + k, rows) for k in (0, 1, width, width + 1)]
    upper, lower = corner[0] + x * (corner[1] - corner[0]), corner[2] + x * (corner[3] - corner[2])
    out = upper + y * (lower - upper)
    return out.reshape(b, places.shape[2], places.shape[3], c).permute(0, 3, 1, 2)
