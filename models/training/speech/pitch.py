"""Pitch of clean speech by autocorrelation: a target for the encoder, which no phone label asks to hear it."""

import numpy as np
from scipy import fft

from common.motion import SAMPLE_RATE

HOP, WINDOW, SIZE = 320, 640, 1024
LOWEST, HIGHEST = 65, 420  # Hz
VOICED, QUIET = .55, 3e-3  # least correlation with one period ago; least level of a voiced window
MIDDLE = 150.0  # Hz at which the target is 0


def pitch_track(x):
    """float32 [samples] -> (voiced bool, log2(f0 / 150 Hz) float32), one per 20 ms; the window ends with its frame."""
    frames = len(x) // HOP
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, (WINDOW - HOP, 0)), WINDOW)[::HOP][:frames]
    windows = windows - windows.mean(1, keepdims=True)
    power = fft.rfft(windows, SIZE, axis=1)
    correlation = fft.irfft(power.real ** 2 + power.imag ** 2, axis=1)
    low, high = SAMPLE_RATE // HIGHEST, SAMPLE_RATE // LOWEST
    # The overlap shrinks with the lag, and so does the sum: divide it out.
    lags = np.arange(low, high)
    normal = correlation[:, low:high] * (WINDOW / (WINDOW - lags)) / (correlation[:, :1] + 1e-9)
    best = normal.argmax(1)
    # Half the lag fits as well when the true period is half: take it if it is nearly as good (octave errors).
    half = np.clip((best + low) // 2 - low, 0, None)
    shorter = np.take_along_axis(normal, half[:, None], 1)[:, 0] > .9 * normal.max(1)
    best = np.where(shorter & ((best + low) // 2 >= low), half, best)
    voiced = (normal.max(1) > VOICED) & (np.sqrt(correlation[:, 0] / WINDOW) > QUIET)
    return voiced, np.where(voiced, np.log2(SAMPLE_RATE / (best + low) / MIDDLE), 0).astype(np.float32)
