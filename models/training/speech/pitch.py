"""Pitch of clean speech by autocorrelation: a target for the encoder, which no phone label asks to hear it."""

import math

import torch
import torch.nn.functional as F

from common.motion import SAMPLE_RATE

HOP, WINDOW, SIZE = 320, 640, 1024
LOWEST, HIGHEST = 65, 420  # Hz
VOICED, QUIET = .55, 3e-3  # least correlation with one period ago; least level of a voiced window
MIDDLE = 150.0  # Hz at which the target is 0


@torch.no_grad()
def pitch_track(x):
    """float32 [rows, samples] -> (voiced bool, log2(f0 / 150 Hz) float32) [rows, frames of 20 ms]; a window ends with its frame."""
    windows = F.pad(x, (WINDOW - HOP, 0)).unfold(1, WINDOW, HOP)
    windows = windows - windows.mean(2, keepdim=True)
    correlation = torch.fft.irfft(torch.fft.rfft(windows, SIZE).abs().square(), SIZE)
    low, high = SAMPLE_RATE // HIGHEST, SAMPLE_RATE // LOWEST
    # The overlap shrinks with the lag, and so does the sum: divide it out.
    lags = torch.arange(low, high, device=x.device)
    normal = correlation[..., low:high] * (WINDOW / (WINDOW - lags)) / (correlation[..., :1] + 1e-9)
    highest, best = normal.max(2)
    # Half the lag fits as well when the true period is half: take it if it is nearly as good (octave errors).
    half = torch.div(best + low, 2, rounding_mode="floor") - low
    shorter = normal.gather(2, half.clamp(min=0)[..., None])[..., 0] > .9 * highest
    best = torch.where(shorter & (half >= 0), half, best)
    voiced = (highest > VOICED) & ((correlation[..., 0] / WINDOW).clamp(min=0).sqrt() > QUIET)
    return voiced, voiced * (math.log2(SAMPLE_RATE / MIDDLE) - torch.log2((best + low).float()))
