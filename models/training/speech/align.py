"""Phone times for the real recordings of speechocean762 (train split), by Viterbi with our own encoder.

    python3 -m speech.align [--stage mel]      writes work/speech/real.npz and val_real.npz, in the form of the synthetic sets

The speakers of val_real are kept out of training (speech/splits.py).
"""

import csv
import itertools
import time

import numpy as np
import torch

from common.audio import decode
from common.motion import SAMPLE_RATE
from common.paths import parser, work
from common.phones import DIPHTHONG, PHONE, PHONES
from speech.builder import HOP, Builder
from speech.encoder_io import load_task
from speech.heads import DELAY, DELAYS
from speech.splits import validation_speakers
from speech.synthesizers import cmu_phone

SILENCE = PHONE["sil"]
WORST = -2.3  # mean log posterior per frame below which an alignment is thrown away


def utterances(data, split, wanted=lambda row: True):
    """(utterance row, int16 samples) of every transcribed recording of a split that `wanted` accepts."""
    folder = data / "data" / "speech" / "speechocean762"
    with open(folder / "index.tsv", encoding="utf8", newline="") as f:
        rows = [r for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)
                if r["split"] == split and r["phones"] and wanted(r)]
    for file in sorted({r["file"] for r in rows}):
        x = decode(folder / file)
        for r in (r for r in rows if r["file"] == file):
            yield r, x[int(float(r["start_s"]) * SAMPLE_RATE):int(float(r["end_s"]) * SAMPLE_RATE)]


def states_of(phones):
    """'W IY0 | K AO0 L' -> phone indices with silence (optional, marked True) around the words."""
    states, optional = [SILENCE], [True]
    for word in phones.split("|"):
        for name in word.split():
            for part in DIPHTHONG.get(cmu_phone(name), (cmu_phone(name),)):
                states.append(PHONE[part])
                optional.append(False)
        states.append(SILENCE)
        optional.append(True)
    return np.array(states), np.array(optional)


def viterbi(scores, states, optional):
    """Best path: (state per frame, mean score). scores [frames, phones]."""
    emit = scores[:, states]
    frames, count = emit.shape
    best = np.full(count, -1e9)
    best[:2] = emit[0, :2]
    skip = np.zeros(count, bool)
    skip[2:] = optional[1:-1]
    back = np.zeros((frames, count), np.int8)
    for t in range(1, frames):
        options = np.stack([best, np.r_[-1e9, best[:-1]], np.where(skip, np.r_[-1e9, -1e9, best[:-2]], -1e9)])
        back[t] = options.argmax(0)
        best = options.max(0) + emit[t]
    state = count - 1 if best[-1] > best[-2] else count - 2
    mean, path = best[state] / frames, np.zeros(frames, int)
    for t in range(frames - 1, -1, -1):
        path[t] = state
        state -= back[t, state]
    return path, mean


def segments_of_path(path, states):
    """State per frame -> [(start s, end s, phone)]."""
    edges = np.flatnonzero(np.diff(path)) + 1
    bounds = np.r_[0, edges, len(path)]
    return [(a * HOP / SAMPLE_RATE, b * HOP / SAMPLE_RATE, int(states[path[a]])) for a, b in zip(bounds[:-1], bounds[1:])]


@torch.no_grad()
def posteriors(task, batch):
    """Log posteriors [frames, phones] of each of the int16 recordings, with the look-ahead taken off."""
    frames = [-(-len(x) // 640) * 2 for x in batch]
    pcm = np.zeros((len(batch), (max(frames) + DELAY) * HOP), np.float32)
    for i, x in enumerate(batch):
        pcm[i, :len(x)] = x / (np.abs(x).max() + 1.0) * 0.5
    says = task(torch.from_numpy(pcm))[0][:, :, DELAYS.index(DELAY)].log_softmax(2).numpy()
    return [says[i, DELAY:DELAY + n] for i, n in enumerate(frames)]


def align(says, rows, prior, sets, worst=WORST):
    """Aligns (row, samples) pairs by says(recordings) -> log posteriors and adds what fits to sets[row["speaker"]]; mean scores."""
    rows, scores = sorted(rows, key=lambda r: len(r[1])), []
    began = time.time()
    for k in range(0, len(rows), 16):
        part = rows[k:k + 16]
        for (row, x), logp in zip(part, says([x for _, x in part])):
            states, optional = states_of(row["phones"])
            if len(logp) < len(states):
                continue
            path, _ = viterbi(logp - .5 * prior, states, optional)
            scores.append(np.mean(logp[np.arange(len(path)), states[path]]))
            if scores[-1] > worst:
                sets[row["speaker"]].add(x, segments_of_path(path, states), 0)
        if k % 320 == 0 and k:
            print(f"aligned {k} of {len(rows)}, {(time.time() - began) * (len(rows) / k - 1):.0f} s left", flush=True)
    return scores


def prior_of(name="espeak"):
    counts = np.bincount(np.load(work("speech", name + ".npz"))["phones"], minlength=len(PHONES))
    return np.log(counts / counts.sum() + 1e-4)


def align_all(says, data, prior, limit=None):
    """Aligns the train split with says(recordings) -> log posteriors and saves the two sets. A limited run keeps every recording."""
    rows = list(itertools.islice(utterances(data, "train"), limit))
    kept, held = Builder(), validation_speakers(r["speaker"] for r, _ in rows)
    back = Builder()
    scores = align(says, rows, prior, {r["speaker"]: back if r["speaker"] in held else kept for r, _ in rows},
                   WORST if limit is None else -np.inf)
    for name, out in (("real", kept), ("val_real", back)):
        out.save(work("speech", name + ".npz"))
        print(f"{name}: {out.count} utterances, {out.hours:.2f} h")
    print(f"of {len(rows)} utterances; deciles of the mean score", np.percentile(scores, [10, 50, 90]).round(2))


def realign(stage, data, smoke=False):
    """Aligns with the model of a stage, `mel` or `joint`."""
    task = load_task(stage)
    align_all(lambda batch: posteriors(task, batch), data, prior_of(), 80 if smoke else None)


def main():
    p = parser(__doc__)
    p.add_argument("--stage", default="mel", choices=("mel", "joint"))
    p.add_argument("--smoke", action="store_true", help="a handful of recordings")
    a = p.parse_args()
    torch.set_num_threads(1)
    realign(a.stage, a.data, a.smoke)


if __name__ == "__main__":
    main()
