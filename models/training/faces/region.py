"""Sizes that the renderer, the networks and the graphs share."""
import numpy as np

SIZE = 512
# Largest head pose that is drawn: yaw, pitch, roll in radians, x, y, z in head widths. The decoder clamps to it.
POSE_LIMIT = np.array([.28, .18, .14, .07, .06, .07], np.float32)
# The whole pose, in units of the limits, is shortened to a length: all six at their limits at once are beyond what can be drawn. Training goes
# further than what is shown, so that the furthest that is shown is no edge of what was learnt.
POSE_TOGETHER, POSE_SHOWN = 1.6, 1.1


def to_i420(rgb):
    """BT.601 limited range, the conversion that the graphs use too. rgb [h, w, 3] bytes -> (y [h, w], u, v [h/2, w/2]) floats."""
    r, g, b = (rgb[..., k].astype(np.float32) / 255 for k in range(3))
    y = 16 + 65.481 * r + 128.553 * g + 24.966 * b
    small = lambda p: (p[0::2, 0::2] + p[1::2, 0::2] + p[0::2, 1::2] + p[1::2, 1::2]) / 4
    u = small(128 - 37.797 * r - 74.203 * g + 112.0 * b)
    v = small(128 + 112.0 * r - 93.786 * g - 18.214 * b)
    return y, u, v


def to_rgb(y, u, v):
    """The way back, for looking at pictures: planes in 0..255 -> [h, w, 3] bytes."""
    u, v = (np.repeat(np.repeat(p.astype(np.float32) - 128, 2, 0), 2, 1) for p in (u, v))
    y = (y.astype(np.float32) - 16) * (255 / 219)
    rgb = np.stack([y + 1.59603 * v, y - .39176 * u - .81297 * v, y + 2.01723 * u], -1)
    return np.clip(rgb + .5, 0, 255).astype(np.uint8)
