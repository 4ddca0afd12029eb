"""What a face does of itself: blinks, glances, fixation drift, brow flashes, sway and breath, as a function of a session's noise."""

import numpy as np

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
    batch, frames, _ = noise.shape
    noise = urged(noise, end)
    out = np.zeros((batch, frames, IDLE), np.float32)
    since_blink = np.full(batch, 99)
    since_flash = np.full(batch, 99)
    gaze, goal, drift = np.zeros((batch, 2)), np.zeros((batch, 2)), np.zeros((batch, 2))
    slow, slower = np.zeros((batch, 6)), np.zeros((batch, 6))
    breath, breath_speed = np.zeros(batch), np.zeros(batch)
    for t in range(frames):
        z = noise[:, t]
        since_blink = np.where((z[:, 0] > BLINK_THRESHOLD) & (since_blink >= len(BLINK)), 0, since_blink + 1)
        since_flash = np.where((z[:, 9] > FLASH_THRESHOLD) & (since_flash >= len(FLASH)), 0, since_flash + 1)
        out[:, t, 0] = np.where(since_blink < len(BLINK), BLINK[np.minimum(since_blink, len(BLINK) - 1)], 0)
        out[:, t, 3] = np.where(since_flash < len(FLASH), FLASH[np.minimum(since_flash, len(FLASH) - 1)], 0)
        jump = z[:, 1] > JUMP_THRESHOLD
        goal = np.where(jump[:, None], GAZE * np.tanh(z[:, 2:4]) ** 3, goal)
        gaze = gaze + 0.75 * (goal - gaze)
        drift = .93 * drift + DRIFT * .12 * z[:, 2:4]  # the eye never quite rests on a point
        out[:, t, 1:3] = gaze + drift
        # Sway: noise through two low-pass stages of about 0.5 and 1 s; the gain brings it to unit variance.
        slow += 0.08 * (z[:, 4:10] - slow)
        slower += 0.045 * (slow - slower)
        breath_speed += 0.004 * z[:, 8] - 0.004 * breath - 0.02 * breath_speed  # a lazy pendulum near 0.25 Hz
        breath = breath + breath_speed
        out[:, t, 4:10] = slower * 9.0 * SWAY
        out[:, t, 5] += .004 * np.clip(breath, -1.5, 1.5)
        out[:, t, 8] += .004 * np.clip(breath, -1.5, 1.5)
    return out
