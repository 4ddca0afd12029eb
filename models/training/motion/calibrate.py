"""Calibrates the probabilities of speaking and of closed lips, and chooses the thresholds of their decisions on validation voices.

    python3 -m motion.calibrate [--voice voice]      writes work/motion/limits.pt, which the graph carries

Validation sets are held back from training and are no test sets (speech/splits.py).
"""

import numpy as np
import torch

from common.motion import FRAME_RATE, SAMPLE_RATE
from common.paths import parser, work
from common.teacher import speaking
from motion import learn
from motion.closures import Closures, labels_of
from motion.crops import no_voice
from motion.lipsync import curves_of, segments_of
from motion.nets import CLOSURE, CONTEXT, PER_FRAME, STRESS
from motion.perform import Recordings, features_of, load_context, noisy
from motion.voice import SHUT

SETS = ("val_kal16", "val_espeak", "val_festival", "val_real")
NOISY = ("val_kal16",)  # heard again in noise, for the gate
RECALL, PRECISION = .95, .90  # what is wanted; the thresholds serve the one that is further off
HIGHS = np.arange(.15, .90, .05)
LOWS = (.3, .5, .7)  # as shares of the upper threshold; lower ones find no more and keep lips shut 7 ms longer
HEARD, LOST = .001, .05  # shares of silent frames that reach further, and of spoken frames that stay below
OPENS = .25  # the earlier the mouth may open, the sooner an answer is seen: half-way costs 10 ms more
MOST_GAIN = 2.5
MINUTES = 4  # of each set
EDGE = 8  # frames beside speech that are not judged as silence: labels are not that sharp


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def platt(logits, truth):
    """scale, shift so that sigmoid(scale * logit + shift) is the share of true frames (Platt 1999), by Newton's method."""
    x, w = np.stack([logits, np.ones_like(logits)], 1).astype(np.float64), np.array([1.0, 0.0])
    for _ in range(30):
        p = sigmoid(x @ w)
        h = (x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2)
        w = w - np.linalg.solve(h, x.T @ (p - truth))
    return w.astype(np.float32)


@torch.no_grad()
def logits_of(context, features):
    """(closure logits, speaking logits, stress) in step with the sound: [frames] each."""
    state = torch.zeros(1, 2, PER_FRAME * features.shape[2]), torch.zeros(1, 2, CONTEXT)
    curves, speaks = context.voice.read(context.voice.listen(features, *state)[0])
    return context.ear(features, state[0])[0, 1:, 0].numpy(), speaks[0, 1:, 0].numpy(), torch.sigmoid(curves[0, 1:, STRESS]).numpy()


def speech_limits(p, truth):
    """Upper threshold: OPENS of the way from what silence reaches to what nearly all of speech reaches; the lower one well below it."""
    near = np.convolve(truth, np.ones(2 * EDGE + 1), "same") > 0
    silent, spoken = np.quantile(p[~near], 1 - HEARD), np.quantile(p[truth > 0], LOST)
    high = float(np.clip(silent + OPENS * (spoken - silent), .2, .9))
    return [high, .6 * high]


def decided(p, high, low):
    """Hysteresis of many pairs of thresholds at once: p [frames], high, low [pairs] -> bool [frames, pairs], as motion.lips decides."""
    out, now = np.zeros((len(p), len(high)), bool), np.zeros(len(high), bool)
    for t, x in enumerate(p):
        out[t] = now = (x > high) | (now & (x > low))
    return out


def choose(sets):
    """(high, low, [(recall, precision) per set]) from [(probability [frames], (closures, silences))]; every set counts alike."""
    high, low = (g.ravel() for g in np.meshgrid(HIGHS, LOWS))
    low = low * high
    each = np.zeros((len(sets), len(high), 2))
    for row, (p, labels) in zip(each, sets):
        for k, shut in enumerate(decided(p, high, low).T):
            count = Closures()
            count.add(np.where(shut, 0.0, 1.0), *labels)
            row[k] = count.recall, count.precision
    r, q = each.mean(0).T
    worst = np.minimum(np.minimum(r / RECALL, q / PRECISION), 1)
    best = int(np.lexsort((r + q, worst))[-1])
    return float(high[best]), float(low[best]), each[:, best].round(3).tolist()


class Heard:
    """A validation sound as the voice path hears it: logits, and what is true, per video frame."""

    def __init__(self, name, context, features, z=None):
        self.name, (self.closure, self.speaks, self.stress) = name, logits_of(context, features)
        n = len(self.closure)
        segments = [s for s in segments_of(z) if s[1] * FRAME_RATE < n] if z else []
        self.stressed = curves_of(z, n)[:, STRESS] if z else np.zeros(n, np.float32)
        self.shut = curves_of(z, n)[:, CLOSURE] > SHUT if z else np.zeros(n, bool)
        self.spoken, self.labels = speaking(segments, n), labels_of(segments, n)


def first(x):
    return x[:MINUTES * 60 * SAMPLE_RATE]


def listen(context, recordings):
    """(clean labelled sounds, the same in noise, sounds without a voice)."""
    names = [s for s in SETS if work("speech", s + ".npz").exists()]
    clean = [Heard(s, context, features, z) for s in names for z, features in [recordings(s, first, "first")]]
    noise = [Heard(s, context, features, z) for s in names if s in NOISY for z, features in [recordings(s, lambda x: noisy(first(x)), "noise")]]
    rng = np.random.default_rng(77)
    quiet = [np.zeros(5 * SAMPLE_RATE, np.float32)] + [no_voice(rng, 5 * SAMPLE_RATE) for _ in range(24)]
    still = Heard("no voice", context, features_of(recordings.encoder, np.rint(np.concatenate(quiet) * 32767).astype(np.int16)))
    return clean, noise, [still]


def main():
    q = parser(__doc__)
    q.add_argument("--voice", default="voice")
    voice = q.parse_args().voice
    torch.set_num_threads(1)
    from speech.encoder_io import load_encoder
    name = "limits" if voice == "voice" else "limits_" + voice
    work("motion", name + ".pt").unlink(missing_ok=True)
    clean, noise, still = listen(load_context(voice), Recordings(load_encoder()))
    all_of = lambda heard, what: np.concatenate([getattr(h, what) for h in heard])
    found = {}
    lips = platt(all_of(clean, "closure"), all_of(clean, "shut"))
    gate = platt(all_of(clean + noise + still, "speaks"), all_of(clean + noise + still, "spoken"))
    p = sigmoid(gate[0] * all_of(clean + noise + still, "speaks") + gate[1])
    found["gate.limits"] = torch.tensor(speech_limits(p, all_of(clean + noise + still, "spoken")))
    high, low, each = choose([(sigmoid(lips[0] * h.closure + lips[1]), h.labels) for h in clean])
    gain = np.clip(all_of(clean, "stressed").std() / all_of(clean, "stress").std(), 1, MOST_GAIN)
    found.update({"gate.stress_gain": torch.tensor(float(gain)), "gate.scale": torch.from_numpy(gate), "lips.scale": torch.from_numpy(lips), "lips.limits": torch.tensor([high, low])})
    learn.save(name, found)
    print({k: [round(float(x), 3) for x in v.flatten()] for k, v in found.items()})
    print("closure recall and precision on validation:", dict(zip([h.name for h in clean], each)))


if __name__ == "__main__":
    main()
