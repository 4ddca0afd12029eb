"""Statistics of the teacher's motion on the held-out voices: tests/vectors/quality/teacher.json and teacher_<voice>.f32.

    python3 -m quality.teacher            (from models/training, after quality.voices)

The pack's motion is measured against these: how far lips travel, how hard they and the head jerk. teacher_<voice>.f32 is the
teacher's lip aperture, little-endian float32, one number per video frame.
"""

import csv
import json

import numpy as np

from common import teacher
from common.audio import decode
from common.motion import APERTURE, ARKIT, CHUNK, EMOTIONS, FRAME_RATE, MOTION, MOUTH, UPPER, lip_aperture
from common.paths import REPOSITORY
from common.phones import PHONE
from motion.closures import CLOSED, NEAR
from speech.builder import loudness_gains
from speech.splits import TEST_VOICES

OUT = REPOSITORY / "tests" / "vectors" / "quality"
HEAD = list(range(len(ARKIT), len(MOTION)))


def performance(voice, seed=1):
    """The teacher's motion [frames, 58] for one labelled voice."""
    rows = csv.DictReader(open(OUT / "voices" / f"{voice}.tsv"), delimiter="\t")
    segments = [(float(r["start_s"]), float(r["end_s"]), PHONE[r["phone"]]) for r in rows]
    x = decode(OUT / "voices" / f"{voice}.opus")
    emotion = np.zeros((len(x) // CHUNK, len(EMOTIONS)), np.float32)
    return teacher.perform(segments, loudness_gains(x.astype(np.float32), segments), emotion, np.random.default_rng(seed))


def jerk(x):
    """Root mean square of the third difference over all channels, times rate cubed."""
    return float(np.sqrt(np.mean(np.square(np.diff(x.astype(np.float64), 3, axis=0)))) * FRAME_RATE ** 3)


def numbers(motion):
    speed = np.diff(motion.astype(np.float64), axis=0) * FRAME_RATE
    return {"mouthJerk": jerk(motion[:, MOUTH]), "headJerk": jerk(motion[:, HEAD]), "mouthVariance": float(motion[:, MOUTH].var(0).sum()),
            "upperVariance": float(motion[:, UPPER].var(0).sum()), "headVariance": float(motion[:, HEAD].var(0).sum()),
            "mouthSpeed": float(np.sqrt(np.mean(speed[:, MOUTH] ** 2))), "apertureDeviation": float(lip_aperture(motion).std())}


def main():
    voices = {}
    for voice in TEST_VOICES:
        motion = performance(voice)
        voices[voice] = {k: round(v, 5) for k, v in numbers(motion).items()}
        (OUT / f"teacher_{voice}.f32").write_bytes(lip_aperture(motion).astype("<f4").tobytes())
    out = {"closedAperture": CLOSED, "nearSeconds": NEAR, "aperture": {n: round(float(APERTURE[i]), 4) for i, n in enumerate(MOTION) if APERTURE[i]},
           "mouth": [MOTION[i] for i in MOUTH], "voices": voices}
    (OUT / "teacher.json").write_text(json.dumps(out, indent=1) + "\n")
    print(json.dumps(voices, indent=1))


if __name__ == "__main__":
    main()
