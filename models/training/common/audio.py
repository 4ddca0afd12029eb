"""Sound in and out, by ffmpeg where a codec is needed."""

import subprocess
import wave
from fractions import Fraction

import numpy as np
from scipy.signal import resample_poly

from .motion import SAMPLE_RATE


def decode(path, rate=SAMPLE_RATE):
    """Any sound file -> mono int16 at `rate`."""
    run = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-ar", str(rate), "-ac", "1", "-f", "s16le", "-"],
                         capture_output=True, check=True)
    return np.frombuffer(run.stdout, np.int16).copy()


def through_opus(x, kbits, scratch):
    """int16 at 16 kHz through Opus and back, same length and no delay."""
    write_wav(scratch.with_suffix(".wav"), x)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(scratch.with_suffix(".wav")), "-c:a", "libopus", "-b:a",
                    f"{kbits}k", "-application", "voip", "-compression_level", "3", str(scratch.with_suffix(".opus"))], check=True)
    y = decode(scratch.with_suffix(".opus"))
    for suffix in (".wav", ".opus"):
        scratch.with_suffix(suffix).unlink()
    return np.pad(y, (0, max(0, len(x) - len(y))))[:len(x)]


def read_wav(path):
    """16-bit mono WAV -> (rate, int16)."""
    with wave.open(str(path)) as w:
        return w.getframerate(), np.frombuffer(w.readframes(w.getnframes()), np.int16)


def write_wav(path, x, rate=SAMPLE_RATE):
    with wave.open(str(path), "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(rate)
        w.writeframes(np.asarray(x, np.int16).tobytes())


def resample(x, rate, speed=1.0, to=SAMPLE_RATE):
    """int16 at `rate` -> (float at `to`, played `speed` times faster and higher; factor that times are multiplied by)."""
    r = Fraction(to / (rate * speed)).limit_denominator(400)
    return resample_poly(x.astype(np.float32), r.numerator, r.denominator), float(r) * rate / to
