"""Measures of pictures: planes of 0..255, any numbers."""
import numpy as np


def psnr(a, b):
    return 10 * np.log10(255 ** 2 / max(np.mean((a.astype(float) - b) ** 2), 1e-9))


def blur(x, k=7):
    c = np.cumsum(np.cumsum(np.pad(x, ((k, 0), (k, 0))), 0), 1)
    return (c[k:, k:] - c[:-k, k:] - c[k:, :-k] + c[:-k, :-k])[k - 1:, k - 1:] / (k * k)


def ssim(a, b):
    """Structural similarity on 7x7 box windows (Wang et al. 2004)."""
    a, b = a.astype(float), b.astype(float)
    ma, mb = blur(a), blur(b)
    va, vb, cov = blur(a * a) - ma * ma, blur(b * b) - mb * mb, blur(a * b) - ma * mb
    return np.mean((2 * ma * mb + 6.5025) * (2 * cov + 58.5225) / ((ma ** 2 + mb ** 2 + 6.5025) * (va + vb + 58.5225)))


def gradient(x):
    """Mean absolute difference of neighbours: how sharp a picture is."""
    x = x.astype(float)
    return np.abs(np.diff(x, axis=0)).mean() + np.abs(np.diff(x, axis=1)).mean()


def box(cell, width, height):
    """Slices of a width x height box of the 512x512 picture around a cell (y, x) of 4 pixels."""
    y, x = np.clip(cell[0] * 4 + 2 - height // 2, 0, 512 - height), np.clip(cell[1] * 4 + 2 - width // 2, 0, 512 - width)
    return slice(y, y + height), slice(x, x + width)


def flicker(frames):
    """Root mean square change from frame to frame of [n, h, w]."""
    return float(np.sqrt(np.mean(np.diff(frames.astype(float), axis=0) ** 2)))


def planes(i420):
    """I420 bytes [768, 512] -> y, u, v."""
    return i420[:512], i420[512:640].reshape(256, 256), i420[640:].reshape(256, 256)
