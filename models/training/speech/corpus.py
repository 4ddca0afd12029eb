"""Makes the synthetic corpus: sound, phones per 20 ms, mouth curves per 40 ms.

    python3 -m speech.corpus [--smoke] [SET ...]        (from models/training; finished sets are kept)

Writes work/speech/<set>.npz: x int16 at 16 kHz, phones uint8 [frames of 320 samples], curves float16 [frames of 640 samples,
CURVES], segments float32 [n, 4] (start, end in seconds, phone, utterance). The hand-labelled sets are cut from EMO-DB
(speech/emodb.py), the self-aligned ones from speechocean762 (speech/align.py).
"""

import glob
import os
import random
import re
import time

import numpy as np

from common.audio import resample
from common.motion import CHUNK, FRAME_RATE, SAMPLE_RATE
from common.mouth import mouth_curves
from common.paths import parser, work
from common.phones import PHONE, VOWELS
from speech import abroad, synthesizers
from speech.splits import TEST_VOICES, VALIDATION_VOICES

HOP = 320
HELD_OUT_SENTENCES = 1500
SMOKE_HOURS = .004
# set: (hours, synthesizer, voices, sentences held out). Held-out variants of espeak-ng go with held-out sentences.
SETS = {
    "espeak": (9.0, "espeak", "train", False),
    "espeak_abroad": (2.0, "espeak", "abroad", False),
    "festival": (1.8, "festival", synthesizers.FESTIVAL_VOICES, False),
    "flite": (1.2, "flite", ("slt",), False),
    "abroad": (2.7, "abroad", tuple(abroad.VOICES), False),
    "val_espeak": (.08, "espeak", "held", True),
    "val_festival": (.08, "festival", synthesizers.FESTIVAL_VOICES, True),
    "val_kal16": (.12, "flite", VALIDATION_VOICES, True),
    "test_espeak": (.1, "espeak", "held", True),
    **{"test_" + voice: (.1, "flite", (voice,), True) for voice in TEST_VOICES},
}


def sentences():
    """Clean English sentences from the fortunes package, shuffled, the held-out ones last."""
    found = set()
    for path in glob.glob("/usr/share/games/fortunes/*"):
        skip = ("art", "ascii", "knghtbrd", "translate", "perl", "disclaimer", "zippy")
        if path.endswith((".dat", ".u8")) or any(k in path for k in skip):
            continue
        for quote in open(path, errors="ignore").read().split("\n%\n"):
            quote = re.sub(r"\s+", " ", re.sub(r"\n\s*--.*", "", quote, flags=re.S))
            for s in re.split(r"(?<=[.!?])\s+", quote):
                s = re.sub(r"[^A-Za-z0-9 ,.'?!;:-]", "", s).strip()
                if 20 < len(s) < 160 and s[0].isupper() and not re.search(r"[A-Z]{4}|\d{4}", s):
                    found.add(s)
    out = sorted(found)
    random.Random(7).shuffle(out)
    return out


def loudness_gains(x, segments):
    """Per segment, 1 for a vowel of the utterance's median loudness, up to 1.35 for stressed, down to 0.7 for weak ones."""
    level = np.zeros(len(segments))
    for k, (start, end, _) in enumerate(segments):
        part = x[int(start * SAMPLE_RATE):max(int(end * SAMPLE_RATE), int(start * SAMPLE_RATE) + 80)]
        level[k] = 10 * np.log10(np.mean(np.square(part, dtype=np.float64)) + 1) if len(part) else 0
    vowels = [k for k, s in enumerate(segments) if s[2] in VOWELS]
    middle = np.median(level[vowels]) if vowels else 0
    return np.clip(1 + 0.035 * (level - middle), 0.7, 1.35)


def frame_phones(segments, frames):
    """Phone index per 320 samples, taken at the middle of the frame; h takes the vowel that follows."""
    out = np.zeros(frames, np.uint8)
    for k, (start, end, phone) in enumerate(segments):
        a, b = (int(np.ceil(v * SAMPLE_RATE / HOP - .5)) for v in (start, end))
        out[max(a, 0):max(b, 0)] = phone
    return out


class Builder:
    """Collects utterances, each padded to whole video frames, and saves the set."""

    def __init__(self):
        self.x, self.phones, self.curves, self.segments, self.samples, self.count = [], [], [], [], 0, 0

    def add(self, x, segments, gap):
        """x float or int16 at 16 kHz; gap in video frames of digital silence after it."""
        frames = -(-len(x) // CHUNK) + gap
        y = np.zeros(frames * CHUNK, np.float32)
        y[:len(x)] = x * (0.7 * 32767 / (np.abs(x).max() + 1e-6))
        gains = loudness_gains(y, segments)
        self.x.append(y.astype(np.int16))
        self.phones.append(frame_phones(segments, frames * 2))
        self.curves.append(mouth_curves(segments, frames, gains).astype(np.float16))
        start = self.samples / SAMPLE_RATE
        self.segments += [(a + start, b + start, p, self.count) for a, b, p in segments]
        self.samples += len(y)
        self.count += 1

    @property
    def hours(self):
        return self.samples / SAMPLE_RATE / 3600

    def save(self, path):
        if not self.x:
            raise SystemExit(f"{path.name}: no utterance came out")
        np.savez(path.with_suffix(".part.npz"), x=np.concatenate(self.x), phones=np.concatenate(self.phones),
                 curves=np.concatenate(self.curves), segments=np.array(self.segments, np.float32))
        os.replace(path.with_suffix(".part.npz"), path)


def utterances(kind, voices, texts, rng):
    """Endless (rate, samples, segments, speed) of one synthesizer."""
    if kind == "espeak":
        engine = synthesizers.Espeak()
        accents = engine.ABROAD if voices == "abroad" else engine.ACCENTS
        variants = engine.variants[::12] if voices == "held" else [v for k, v in enumerate(engine.variants) if k % 12] + [""] * 3
        while True:
            variant = rng.choice(variants)
            yield *engine.speak(rng.choice(texts), rng.choice(accents) + ("+" + variant if variant else ""), int(rng.integers(15, 90)),
                                int(rng.integers(20, 90)), int(rng.integers(120, 240))), rng.uniform(.88, 1.15)
    speak = abroad.abroad if kind == "abroad" else getattr(synthesizers, kind)
    while True:
        for voice in voices:
            for item in speak(rng, list(rng.choice(texts, 20)), voice):
                yield *item, rng.uniform(.95, 1.05) if kind == "flite" else rng.uniform(.88, 1.15)


def make(name, smoke):
    hours, kind, voices, held_out = SETS[name]
    hours = SMOKE_HOURS if smoke else hours
    texts = sentences()
    texts = texts[-HELD_OUT_SENTENCES:] if held_out else texts[:-HELD_OUT_SENTENCES]
    rng = np.random.default_rng(sum(name.encode()))
    began, said, out = time.time(), time.time(), Builder()
    for rate, x, segments, speed in utterances(kind, voices, texts, rng):
        if len(x) < rate // 2:
            continue
        y, ratio = resample(x, rate, speed)
        out.add(y, [(a * ratio, b * ratio, p) for a, b, p in segments], int(rng.choice([0, 0, 3, 6, 12, 25])))
        if time.time() - said > 30:
            said = time.time()
            print(f"{name}: {out.hours:.2f} of {hours} h, {(said - began) * (hours / out.hours - 1):.0f} s left", flush=True)
        if out.hours >= hours:
            break
    out.save(work("speech", name + ".npz"))
    print(f"{name}: {out.hours:.2f} h, {out.count} utterances, {out.hours * 3600 / (time.time() - began):.0f} x real time",
          flush=True)


if __name__ == "__main__":
    arguments = parser(__doc__)
    arguments.add_argument("sets", nargs="*", default=list(SETS))
    arguments.add_argument("--smoke", action="store_true", help="seconds instead of hours")
    a = arguments.parse_args()
    for name in a.sets:
        if not work("speech", name + ".npz").exists():
            make(name, a.smoke)
