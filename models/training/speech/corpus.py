"""Makes the synthetic corpus: sound, phones per 20 ms, mouth curves per 40 ms.

    python3 -m speech.corpus [--smoke] [SET ...]        (from models/training; finished sets are kept)

Writes work/speech/<set>.npz: x int16 at 16 kHz, phones uint8 [frames of 320 samples], curves float16 [frames of 640 samples,
CURVES], segments float32 [n, 4] (start, end in seconds, phone, utterance). The hand-labelled sets are cut from EMO-DB
(speech/emodb.py), the self-aligned ones from speechocean762 (speech/align.py).
"""

import glob
import random
import re
import time

import numpy as np

from common.audio import resample
from common.paths import parser, work
from speech import abroad, emodb, synthesizers
from speech.builder import Builder
from speech.splits import TEST_VOICES, VALIDATION_VOICES

HELD_OUT_SENTENCES = 1500
SMOKE_HOURS = .004
# set: (hours, synthesizer, voices, sentences held out). Held-out variants of espeak-ng go with held-out sentences.
SETS = {
    "espeak": (9.0, "espeak", "train", False),
    "espeak_abroad": (2.0, "espeak", "abroad", False),
    "festival": (1.8, "festival", synthesizers.FESTIVAL_VOICES, False),
    "flite": (1.2, "flite", ("slt",), False),
    "abroad": (2.7, "abroad", [v for v in abroad.installed() if v != abroad.CATALAN], False),
    "catalan": (.3, "abroad", [v for v in abroad.installed() if v == abroad.CATALAN], False),
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


def utterances(kind, voices, texts, rng, at_once=20):
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
            for item in speak(rng, list(rng.choice(texts, at_once)), voice):
                yield *item, rng.uniform(.95, 1.05) if kind == "flite" else rng.uniform(.88, 1.15)


def make(name, smoke):
    hours, kind, voices, held_out = SETS[name]
    hours = SMOKE_HOURS if smoke else hours
    if not voices:
        print(f"{name}: no voice of it is installed (models/training/README.md); left out", flush=True)
        return
    texts = sentences()
    texts = texts[-HELD_OUT_SENTENCES:] if held_out else texts[:-HELD_OUT_SENTENCES]
    rng = np.random.default_rng(sum(name.encode()))
    began, said, out = time.time(), time.time(), Builder()
    for rate, x, segments, speed in utterances(kind, voices, texts, rng, 2 if smoke else 20):
        if len(x) < rate // 2:
            continue
        y, ratio = resample(x, rate, speed)
        out.add(y, [(a * ratio, b * ratio, p) for a, b, p in segments], int(rng.choice([0, 0, 3, 6, 12, 25])))
        if time.time() - said > 30:
            said = time.time()
            print(f"{name}: {out.hours:.2f} of {hours} h, {max(0, (said - began) * (hours / out.hours - 1)):.0f} s left", flush=True)
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
    if not work("speech", "test_emodb.npz").exists():
        emodb.cut(a.data)
