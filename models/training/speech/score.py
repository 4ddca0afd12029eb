"""Scores the encoder alone, by its training heads, on voices it never heard: work/speech/scores.json.

    python3 -m speech.score

Per test set and look-ahead (0, 40, 80 ms): share of 20 ms frames with the right viseme, lip closures found and right within 60 ms with
the thresholds of speech/closures.py, the same at 40 ms under noise at 10 dB, and for the recorded people the chance level. Test sets:
test_awb and test_rms (flite, synthesizer and speakers unseen), test_espeak (unseen variants and sentences of a seen synthesizer),
test_emodb (human, hand-labelled; actors and sentences both unseen, speech/splits.py).
"""

import json

import numpy as np
import torch

from common.paths import parser, work
from common.phones import PHONE, VISEME_OF, VISEMES
from speech.closures import NEAR, closures_of, count, decide, listen, scores
from speech.encoder_io import load_task
from speech.heads import DELAY, DELAYS
from speech.learn import save_json

SETS = ("test_awb", "test_rms", "test_espeak", "test_emodb")
SHAPELESS = {"test_emodb": [PHONE["HH"]]}  # frames that take the shape of their neighbours in the hand labels
NOISE_DB = 10


def noisy(x, rng):
    """int16 with white noise NOISE_DB below the level of the voice (its loudest half)."""
    frames = x[:len(x) // 320 * 320].reshape(-1, 320).astype(np.float64)
    power = np.square(frames).mean(1)
    level = np.sqrt(np.mean(power[power > np.median(power)]))
    return np.clip(x + rng.standard_normal(len(x)) * level * 10 ** (-NOISE_DB / 20), -32768, 32767).astype(np.int16)


def likeliest_viseme(logits):
    """The viseme with the greatest sum of its phones' probabilities; logits [frames, phones]."""
    p = np.exp(logits - logits.max(1, keepdims=True))
    return np.stack([p[:, VISEME_OF == v].sum(1) for v in range(len(VISEMES))], 1).argmax(1)


def measure(task, x, z, thresholds, name):
    """{look-ahead in ms: numbers} of one recording against its labels."""
    says, shuts = listen(task, x)
    closed, quiet = closures_of(z["segments"])
    rng = np.random.default_rng(0)
    moved = closed + (rng.uniform(.2, .8, len(closed)) * rng.choice((-1, 1), len(closed)))[:, None]
    n = min(len(says), len(z["phones"]))
    judged = ~np.isin(z["phones"][:n], SHAPELESS.get(name, []))
    out = {}
    for k, delay in enumerate(DELAYS):
        t = thresholds[str(delay * 20)]
        found = decide(shuts[:, k], t["high"], t["low"])
        recall, precision = scores(count(found, closed, quiet))
        right = likeliest_viseme(says[:n, k]) == VISEME_OF[z["phones"][:n]]
        out[str(delay * 20)] = {"visemeAccuracy": right[judged].mean(), "closureRecall": recall, "closurePrecision": precision,
                                "closureChance": scores(count(found, moved, quiet))[0], "closures": len(closed)}
    return out


def score_all():
    """Every test set that is there, into work/speech/scores.json."""
    task, thresholds = load_task(), json.loads(work("speech", "closures.json").read_text())
    out, rng = {"nearMs": NEAR * 1000, "thresholds": thresholds, "sets": {}}, np.random.default_rng(1)
    for name in SETS:
        if not work("speech", name + ".npz").exists():
            continue
        z = np.load(work("speech", name + ".npz"))
        x = z["x"]
        clean, spoiled = measure(task, x, z, thresholds, name), measure(task, noisy(x, rng), z, thresholds, name)
        out["sets"][name] = clean | {f"{DELAY * 20}, noise {NOISE_DB} dB": spoiled[str(DELAY * 20)]}
        for key, row in out["sets"][name].items():
            print(name, key, {k: round(float(v), 3) for k, v in row.items()}, flush=True)
    mood = work("speech", "state.json")
    if mood.exists():
        out["speakerState"] = json.loads(mood.read_text())
    save_json(work("speech", "scores.json"), out)


if __name__ == "__main__":
    parser(__doc__).parse_args()
    torch.set_num_threads(1)
    score_all()
