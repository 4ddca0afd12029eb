"""Decides lip closures (p, b, m) from the closure head and counts how many were right.

    python3 -m speech.closures      chooses thresholds on the validation sets and keeps them in work/speech/closures.json

A closure begins where the head's probability passes `high` and lasts while it stays above `low`. The thresholds are chosen on voices
that are neither trained on nor in a test: flite kal16, espeak-ng variants and speechocean762 speakers held back (speech/splits.py).
"""

import json

import numpy as np
import torch

from common.motion import SAMPLE_RATE
from common.paths import parser, work
from common.phones import LABIAL, PHONE
from speech.encoder_io import load_task
from speech.heads import DELAYS

STEP = .02  # seconds
NEAR = .060
VALIDATION = ("val_kal16", "val_espeak", "val_festival", "val_real")
BLOCK = 5 * SAMPLE_RATE
QUIET_NEAR = .1  # seconds; lips closed beside a silence are at rest, not a false closure
WANTED_RECALL, WANTED_PRECISION = .95, .90


@torch.no_grad()
def listen(task, x):
    """int16 recording -> phones, closure: logits [frames, 3, PHONES] and [frames, 3], each look-ahead taken off."""
    late = DELAYS[-1]
    frames = len(x) // 640 * 2
    pcm = np.concatenate([x[:frames * 320], np.zeros(late * 320, np.int16)]).astype(np.float32)[None] / 32768
    state, features = list(task.encoder.initial_state().values()), []
    for k in range(0, pcm.shape[1], BLOCK):
        y, *state = task.encoder.step(torch.from_numpy(pcm[:, k:k + BLOCK]), *state)
        features.append(y)
    says, _, shuts = task.heads(torch.cat(features, 1))
    return tuple(np.stack([a[0, d:d + frames, k].numpy() for k, d in enumerate(DELAYS)], 1) for a in (says, shuts))


def decide(logits, high, low):
    """Closure logits [frames] -> [n, 2] start and end in seconds, by hysteresis; thresholds are logits too."""
    edges = np.flatnonzero(np.diff(np.r_[0, (logits > low).astype(np.int8), 0]))
    runs = edges.reshape(-1, 2)
    if len(runs):
        highest = np.maximum.reduceat(np.r_[logits, -np.inf], runs.ravel())[::2]
        runs = runs[highest > high]
    return runs * STEP


def closures_of(segments):
    """(closures, silences) as [(start s, end s)] from rows (start, end, phone, ...); what no row covers is silence."""
    rows = sorted((float(r[0]), float(r[1]), int(r[2])) for r in segments)
    closed = [(a, max(a + LABIAL[p] * (b - a), a + .035)) for a, b, p in rows if p in LABIAL]
    quiet, last = [(a, b) for a, b, p in rows if p == PHONE["sil"]], 0.0
    for a, b, _ in rows:
        if a - last > .02:
            quiet.append((last, a))
        last = max(last, b)
    return np.array(closed).reshape(-1, 2), np.array(sorted(quiet) + [(last, last + 1e6)])


def meet(these, those, near):
    """For each row (start, end) of these, whether a row of those comes within `near` seconds; rows of those in order and apart."""
    if not len(those):
        return np.zeros(len(these), bool)
    k = np.searchsorted(those[:, 1], these[:, 0] - near)
    return (k < len(those)) & (those[np.minimum(k, len(those) - 1), 0] < these[:, 1] + near)


def count(found, closed, quiet):
    """[labels, labels found, decided, decided and right] within NEAR; what is decided beside a silence is not counted."""
    found, closed, quiet = (np.array(s, float).reshape(-1, 2) for s in (found, closed, quiet))
    judged = found[~meet(found, quiet, QUIET_NEAR)]
    return np.array([len(closed), meet(closed, found, NEAR).sum(), len(judged), meet(judged, closed, NEAR).sum()])


def scores(counts):
    """Recall and precision."""
    labels, hits, decided, right = counts
    return hits / max(1, labels), right / max(1, decided)


def choose(logits, labels, highs=np.arange(-3, 4.1, .25), gaps=(.5, 1, 1.5, 2, 3)):
    """The thresholds whose worse number, recall or precision, comes nearest to what is wanted of it; (high, low, recall, precision).

    logits: one array per validation set, labels: (closed, quiet) per set; every set counts alike.
    """
    best = None
    for high in highs:
        for gap in gaps:
            r, p = np.mean([scores(count(decide(x, high, high - gap), *l)) for x, l in zip(logits, labels)], 0)
            value = min(r / WANTED_RECALL, p / WANTED_PRECISION, 1), r + p
            if best is None or value > best[0]:
                best = (value, float(high), float(high - gap), float(r), float(p))
    return best[1:]


def choose_all():
    """Thresholds for each look-ahead, into work/speech/closures.json."""
    task, heard, labels = load_task(), [], []
    for name in VALIDATION:
        if work("speech", name + ".npz").exists():
            z = np.load(work("speech", name + ".npz"))
            heard.append(listen(task, z["x"])[1])
            labels.append(closures_of(z["segments"]))
    out = {}
    for k, delay in enumerate(DELAYS):
        high, low, recall, precision = choose([h[:, k] for h in heard], labels)
        out[str(delay * 20)] = {"high": high, "low": low, "validationRecall": recall, "validationPrecision": precision}
        print(f"look-ahead {delay * 20} ms: thresholds {high}, {low}: recall {recall:.3f}, precision {precision:.3f} on {VALIDATION}")
    work("speech", "closures.json").write_text(json.dumps(out, indent=1))


if __name__ == "__main__":
    parser(__doc__).parse_args()
    torch.set_num_threads(1)
    choose_all()
