"""What a face does of itself: blinks, glances, fixation drift, brow flashes, sway and breath, as a function of a session's noise."""

import numpy as np
from scipy.signal import lfilter

BLINK = np.array([.5, 1.0, 1.0, .72, .38, .14], np.float32)  # 0.24 s at 25 frames per second
BLINK_THRESHOLD = 2.25  # a normal number passes it with p = 0.0122: 0.31 blinks per second, more with what urges it
FLASH = np.array([.15, .45, .8, 1.0, 1.0, 1.0, .95, .85, .7, .5, .3, .15, .05], np.float32)
FLASH_THRESHOLD = 2.4
JUMP_THRESHOLD = 1.9  # 0.7 saccades per second
IDLE = 10  # blink, gaze x, gaze y, brow, yaw, pitch, roll, x, y, z
GAZE = np.array([.34, .17])  # reach of a glance; the cube keeps most of them near the viewer's eyes
DRIFT = np.array([.022, .014])  # fixation drift, standard deviation about a third of it
SWAY = np.array([.040, .026, .022, .010, .006, .012])
URGE_END, URGE_GLANCE = .55, 1.1


def urged(noise, end=None):
    """Blinks come more easily at the end of a phrase and with a large glance: raises the number that starts them.

    noise [..., frames, 10], end [..., frames] 0..1 -> noise of the same shape.
    """
    z = np.array(noise, np.float32)
    far = np.minimum(np.abs(np.tanh(z[..., 2])) ** 3 + np.abs(np.tanh(z[..., 3])) ** 3, 1)
    z[..., 0] += URGE_GLANCE * (z[..., 1] > JUMP_THRESHOLD) * far
    if end is not None:
        z[..., 0] += URGE_END * end
    return z


def idle(noise, end=None):
    """Idle motion as a deterministic function of the noise a session draws.

    noise [batch, frames, 10] standard normal, end [batch, frames] (how freshly a phrase ended, 0..1) ->
    [batch, frames, 10]: blink 0..1, gaze x (presenter's left +), gaze y (up +), brow raise 0..1, then the head's yaw, pitch,
    roll, x, y, z with the breath in pitch and y. Starts at rest.
    """
    noise = urged(noise, end)
    blink = _events(noise[..., 0] > BLINK_THRESHOLD, BLINK)
    flash = _events(noise[..., 9] > FLASH_THRESHOLD, FLASH)
    # The gaze goes where the last jump said; the eye never quite rests on a point.
    last = np.maximum.accumulate(np.where(noise[..., 1] > JUMP_THRESHOLD, np.arange(noise.shape[1]), -1), axis=1)
    goal = np.take_along_axis(GAZE * np.tanh(noise[..., 2:4]) ** 3, np.maximum(last, 0)[..., None], 1) * (last >= 0)[..., None]
    gaze = _low_pass(goal, .75) + _low_pass(DRIFT * noise[..., 2:4], .07) * 1.7
    # Sway: noise through two low-pass stages of about 0.5 and 1 s; the gain brings it to unit variance.
    head = _low_pass(_low_pass(noise[..., 4:10], .08), .045) * 9.0 * SWAY
    breath = lfilter([.004], [1, -1.976, .98], noise[..., 8], axis=1)  # a lazy pendulum near 0.25 Hz
    head[..., (1, 4)] += .004 * np.clip(breath, -1.5, 1.5)[..., None]
    return np.concatenate([blink[..., None], gaze, flash[..., None], head], 2).astype(np.float32)


def _low_pass(x, rate):
    """One-pole filter over the frames of [batch, frames, ...]."""
    return lfilter([rate], [1, rate - 1], x, axis=1)


def _events(starts, shape):
    """Plays `shape` from every start [batch, frames] that does not fall into the one before."""
    out = np.zeros(starts.shape)
    for row, begin in zip(out, starts):
        free = 0
        for t in np.flatnonzero(begin):
            if t >= free:
                n = min(len(shape), len(row) - t)
                row[t:t + n] = shape[:n]
                free = t + len(shape)
    return out
