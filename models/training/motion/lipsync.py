"""How well the mouth follows the voice: closures, opening against vowel height, timing, liveliness of motion, stillness in silence."""

import numpy as np
from scipy.stats import spearmanr

from common import teacher
from common.idle import IDLE
from common.motion import EMOTIONS, FRAME_RATE, MOUTH, SAMPLE_RATE, lip_aperture
from common.phones import VOWELS
from motion.closures import Closures, labels_of
from motion.nets import STRESS
from motion.perform import features_of, noisy, perform
from quality.labels import HEIGHT

SETTLED = 1.0  # seconds after the voice has ended


def segments_of(z):
    return [(float(a), float(b), int(p)) for a, b, p in z["segments"][:, :3]]


def curves_of(z, frames):
    """Labelled mouth curves of a set, for as many frames as its motion has."""
    c = z["curves"][:frames].astype(np.float32)
    return np.pad(c, ((0, frames - len(c)), (0, 0)))


def teacher_motion(z, frames):
    """What the teacher does on the labels of a set, neutral and at rest but for the voice."""
    curves = curves_of(z, frames)
    signals = teacher.voice_signals(teacher.speaking(segments_of(z), frames), curves[:, STRESS])
    return teacher.compose(curves, np.zeros((frames, len(EMOTIONS)), np.float32), np.zeros((frames, IDLE), np.float32), signals)


def lag_ms(a, b, reach=5):
    """Milliseconds by which curve a comes after curve b (25 per second), by the parabola through the best correlation."""
    c = []
    for k in range(-reach, reach + 1):
        x, y = a[reach + k:len(a) - reach + k], b[reach:len(b) - reach]
        c.append(np.corrcoef(x, y)[0, 1])
    k = int(np.clip(np.argmax(c), 1, 2 * reach - 1))
    bend = c[k - 1] - 2 * c[k] + c[k + 1]
    return 40 * (k - reach + .5 * (c[k - 1] - c[k + 1]) / bend), c[k]


def vowel_heights(aperture, segments):
    """(aperture in the middle of each vowel, how open the vowel is)."""
    rows = [(aperture[min(int((a + b) / 2 * FRAME_RATE), len(aperture) - 1)], HEIGHT[p]) for a, b, p in segments if p in HEIGHT]
    return np.array(rows).T


def jerk(motion):
    """Root mean square of the third difference over all channels, as quality/teacher.py takes it."""
    return np.sqrt(np.square(np.diff(motion, 3, axis=0)).mean())


def follow(motion, z):
    """Scores of one labelled set."""
    segments, aperture = segments_of(z), lip_aperture(motion)
    wanted = teacher_motion(z, len(motion))
    closures = Closures()
    closures.add(aperture, *labels_of(segments, len(motion)))
    gap, height = vowel_heights(aperture, segments)
    lag, r = lag_ms(aperture, lip_aperture(wanted))
    _, height_lag = height_curve_lag(aperture, segments)
    spread = lambda m: m[:, MOUTH].var(0).sum()
    return closures.scores() | {
        "apertureHeightRank": spearmanr(gap, height)[0], "apertureCorrelation": np.corrcoef(aperture, lip_aperture(wanted))[0, 1],
        "apertureError": np.abs(aperture - lip_aperture(wanted)).mean(), "lagMs": lag, "lagCorrelation": r, "vowelLagMs": height_lag,
        "mouthVarianceRatio": spread(motion) / spread(wanted), "apertureDeviationRatio": aperture.std() / lip_aperture(wanted).std(),
        "mouthJerkRatio": jerk(motion[:, MOUTH]) / jerk(wanted[:, MOUTH])}


def height_curve_lag(aperture, segments):
    """(correlation, lag) of the aperture against a curve that is 1 in vowels and 0 elsewhere."""
    opening = np.zeros(len(aperture))
    for a, b, p in segments:
        if p in VOWELS:
            opening[int(a * FRAME_RATE + .5):int(b * FRAME_RATE + .5)] = 1
    lag, r = lag_ms(aperture, opening)
    return r, lag


def stillness(encoder, context, x):
    """Lips after a voice has ended, against the lips in speech: deviation of the aperture in silence over that in speech.

    x int16: some seconds of clean voice. Followed by silence; by noise 10 dB below the voice, all along; by music; by NaN turned to 0.
    """
    rng, n = np.random.default_rng(5), 10 * SAMPLE_RATE
    voice, rest = x[:n], np.zeros(n, np.int16)
    t = np.arange(n) / SAMPLE_RATE
    tones = sum(np.sin(2 * np.pi * f * t) for f in (220, 277.2, 329.6)) * (1 - (t % .5)) * 2500
    drop = rng.standard_normal(n) * 3000 * (rng.random(n // 160).repeat(160) > .5)
    sounds = {"silence": np.r_[voice, rest], "noise10dB": noisy(np.r_[voice, rest]), "music": np.r_[voice, tones.astype(np.int16)],
              "brokenNoise": np.r_[voice, np.clip(drop, -32768, 32767).astype(np.int16)]}
    out = {}
    for name, sound in sounds.items():
        aperture = lip_aperture(perform(context, features_of(encoder, sound))[0])
        half = len(aperture) // 2
        after = aperture[half + int(SETTLED * FRAME_RATE):]
        out[name + ".deviationShare"] = after.std() / aperture[:half].std()
        out[name + ".largest"] = np.abs(after).max()
    return out
