"""Scores a checkpoint on held-out frames and draws teacher and decoder side by side.

python3 score.py CHECKPOINT FRAMES_FOLDER [SHEET.png [heard]]
"""
import sys

import numpy as np
import torch

from frames import Frames
from looks import SHIPPED
from nets import FrameDecoder, IdentityEncoder
from region import HEIGHT, LEFT, SIZE, TOP, WIDTH, to_rgb
from sheet import grid


def load(checkpoint):
    state = torch.load(checkpoint, map_location="cpu")
    encoder, decoder = IdentityEncoder(), FrameDecoder()
    encoder.load_state_dict(state["encoder"]), decoder.load_state_dict(state["decoder"])
    return encoder.eval(), decoder.eval()


def split(i420):
    """I420 bytes [768, 512] -> planes y, u, v of the moving part."""
    y, u, v = i420[:SIZE], i420[SIZE:SIZE * 5 // 4].reshape(SIZE // 2, -1), i420[SIZE * 5 // 4:].reshape(SIZE // 2, -1)
    cut = lambda p, k: p[TOP // k:(TOP + HEIGHT) // k, LEFT // k:(LEFT + WIDTH) // k]
    return cut(y, 1), cut(u, 2), cut(v, 2)


def blur(x, k=7):
    c = np.cumsum(np.cumsum(np.pad(x, ((k, 0), (k, 0))), 0), 1)
    return (c[k:, k:] - c[:-k, k:] - c[k:, :-k] + c[:-k, :-k])[k - 1:, k - 1:] / (k * k)


def psnr(a, b):
    return 10 * np.log10(255 ** 2 / max(np.mean((a.astype(float) - b) ** 2), 1e-9))


def ssim(a, b):
    """Structural similarity on 7x7 box windows (Wang et al. 2004), of two luma planes."""
    a, b = a.astype(float), b.astype(float)
    ma, mb = blur(a), blur(b)
    va, vb, cov = blur(a * a) - ma * ma, blur(b * b) - mb * mb, blur(a * b) - ma * mb
    return np.mean((2 * ma * mb + 6.5025) * (2 * cov + 58.5225) / ((ma ** 2 + mb ** 2 + 6.5025) * (va + vb + 58.5225)))


def mouth_box(flow, mark):
    """Slice around the mouth where the head is now: 96 x 72 pixels."""
    away = np.abs(flow[..., :2].astype(np.float32) - mark).sum(-1) + 9 * (flow[..., 2] < .5)
    cy, cx = (4 * k + 2 for k in np.unravel_index(np.argmin(away), away.shape))
    y, x = np.clip(cy - 36, 0, HEIGHT - 72), np.clip(cx - 48, 0, WIDTH - 96)
    return slice(y, y + 72), slice(x, x + 96)


def main(checkpoint, folder, sheet=None, heard=False):
    torch.set_num_threads(1)
    encoder, decoder = load(checkpoint)
    data, pictures = Frames(folder, list(SHIPPED), heard), {}
    totals = []
    for i, look in enumerate(SHIPPED):
        held = data.held_out[look]
        with torch.no_grad():
            maps = encoder(data.portraits[i:i + 1])
        scores = []
        for r in range(len(held["y"])):
            row = lambda k: torch.from_numpy(held[k][r:r + 1])
            context, code = data._contexts([(held, r)])
            with torch.no_grad():
                frame = decoder(row("motion"), context, row("emotion"), code, *maps)[0].numpy()
            y, u, v = split(frame)
            box = mouth_box(held["flow"][r], data.marks[look]["mouth"])
            scores.append((psnr(y, held["y"][r]), ssim(y, held["y"][r]), psnr(y[box], held["y"][r][box]), ssim(y[box], held["y"][r][box])))
            if r % 3 == 0:
                teacher = to_rgb(held["y"][r], held["u"][r], held["v"][r])
                pictures[f"{look} {r}"] = np.concatenate([teacher, to_rgb(y, u, v)], 0)
        print(look, "PSNR %.2f SSIM %.4f, mouth PSNR %.2f SSIM %.4f" % tuple(np.mean(scores, 0)), f"({len(scores)} held-out frames, luma, moving part)")
        totals.append(np.mean(scores, 0))
    if sheet:
        grid(pictures, 7).save(sheet)
    names = ("facePsnr", "faceSsim", "mouthPsnr", "mouthSsim")
    return {n: round(float(v), 4) for n, v in zip(names, np.mean(totals, 0))}


if __name__ == "__main__":
    main(*sys.argv[1:])
