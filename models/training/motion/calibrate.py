"""Calibrates the probabilities of speaking and of closed lips, and chooses the thresholds of their decisions on validation voices.

    python3 -m motion.calibrate [--voice voice]      writes work/motion/limits.pt, which the graph carries

Validation sets are held back from training and are no test sets (speech/splits.py).
"""

import numpy as np
import torch

from common.paths import parser, work
from common.teacher import speaking
from motion import learn
from motion.closures import Closures, labels_of
from motion.lipsync import curves_of, segments_of
from motion.nets import CLOSURE, CONTEXT, PER_FRAME
from motion.perform import Recordings, load_context, noisy
from motion.voice import SHUT

SETS = ("val_kal16", "val_espeak", "val_festival", "val_real")
RECALL, PRECISION = .95, .90  # what is wanted; the thresholds serve the one that is further off
HIGHS = np.arange(.15, .90, .05)
LOWS = (.3, .5, .7)  # as shares of the upper threshold
HEARD, LOST = .001, .03  # shares of silent frames taken for speech, and of spoken frames taken for silence


def platt(logits, truth):
    """scale, shift so that sigmoid(scale * logit + shift) is the share of true frames (Platt 1999), by Newton's method."""
    x, w = np.stack([logits, np.ones_like(logits)], 1).astype(np.float64), np.array([1.0, 0.0])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        h = (x * (p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2)
        w = w - np.linalg.solve(h, x.T @ (p - truth))
    return w.astype(np.float32)


@torch.no_grad()
def logits_of(context, features):
    """(closure logits, speaking logits) in step with the sound: [frames] each."""
    state = torch.zeros(1, 2, PER_FRAME * features.shape[2]), torch.zeros(1, 2, CONTEXT)
    y, heard, _, _ = context.voice.listen(features, *state)
    _, closure, speaks = context.voice.read(y, heard)
    return closure[0, 1:, 0].numpy(), speaks[0, 1:, 0].numpy()


def speech_limits(p, truth):
    """Upper threshold: as low as keeps false alarms in silence under HEARD; lower: as high as loses under LOST of speech."""
    high = float(np.clip(np.quantile(p[truth == 0], 1 - HEARD), .3, .9))
    low = float(np.clip(np.quantile(p[truth > 0], LOST), .05, high * .6))
    return [high, low]


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


def main():
    q = parser(__doc__)
    q.add_argument("--voice", default="voice")
    voice = q.parse_args().voice
    torch.set_num_threads(1)
    from speech.encoder_io import load_encoder
    name = "limits" if voice == "voice" else "limits_" + voice
    work("motion", name + ".pt").unlink(missing_ok=True)
    recordings, context, rows = Recordings(load_encoder()), load_context(voice), []
    for s in SETS:
        if not work("speech", s + ".npz").exists():
            continue
        for key, spoil in (("", None), ("noise", noisy)):
            z, features = recordings(s, spoil, key)
            closure, speaks = logits_of(context, features)
            segments, n = segments_of(z), len(closure)
            rows.append((s, key, features, closure, speaks, curves_of(z, n)[:, CLOSURE] > SHUT, speaking(segments, n), labels_of(segments, n)))
    found = {}
    for part, k, truth, only in (("lips", 3, 5, ("",)), ("gate", 4, 6, ("", "noise"))):
        pick = [r for r in rows if r[1] in only]
        found[part + ".scale"] = torch.from_numpy(platt(*(np.concatenate([r[i] for r in pick]) for i in (k, truth))))
    p = np.concatenate([1 / (1 + np.exp(-(found["gate.scale"][0].item() * r[4] + found["gate.scale"][1].item()))) for r in rows])
    found["gate.limits"] = torch.tensor(speech_limits(p, np.concatenate([r[6] for r in rows])))
    scale, shift = found["lips.scale"].tolist()
    clean = [r for r in rows if r[1] == ""]
    high, low, each = choose([(1 / (1 + np.exp(-(scale * r[3] + shift))), r[7]) for r in clean])
    found["lips.limits"] = torch.tensor([high, low])
    learn.save(name, found)
    print({k: [round(x, 3) for x in v.tolist()] for k, v in found.items()})
    print("closure recall and precision on validation:", dict(zip([r[0] for r in clean], each)))


if __name__ == "__main__":
    main()
