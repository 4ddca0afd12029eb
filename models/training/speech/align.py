"""Phone times for the real recordings of speechocean762 (train split), by Viterbi with our own encoder.

    python3 -m speech.align [--stage mel]      writes work/speech/real.npz, in the form of the synthetic sets
"""

import csv

import numpy as np
import torch

from common.audio import decode
from common.motion import SAMPLE_RATE
from common.paths import parser, work
from common.phones import DIPHTHONG, PHONE, PHONES
from speech.corpus import HOP, Builder
from speech.synthesizers import cmu_phone
from speech.train import DELAY, Task, half
from speech.encoder import MelEncoder, SpeechEncoder

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
    says = task(torch.from_numpy(pcm))[0].log_softmax(2).numpy()
    return [says[i, DELAY:DELAY + n] for i, n in enumerate(frames)]


def load_task(stage):
    task = Task(MelEncoder() if stage == "mel" else SpeechEncoder())
    task.load_state_dict(torch.load(work("speech", stage + ".pt"))["model"])
    half(task.encoder, False)
    return task.eval()


def main():
    p = parser(__doc__)
    p.add_argument("--stage", default="mel", choices=("mel", "joint"))
    p.add_argument("--split", default="train")
    p.add_argument("--out", default="real")
    a = p.parse_args()
    torch.set_num_threads(1)
    task = load_task(a.stage)
    counts = np.bincount(np.load(work("speech", "espeak.npz"))["phones"], minlength=len(PHONES))
    prior = np.log(counts / counts.sum() + 1e-4)
    out, kept, seen, scores = Builder(), 0, 0, []
    rows = sorted(utterances(a.data, a.split), key=lambda r: len(r[1]))
    for k in range(0, len(rows), 16):
        part = rows[k:k + 16]
        for (row, x), logp in zip(part, posteriors(task, [x for _, x in part])):
            states, optional = states_of(row["phones"])
            seen += 1
            if len(logp) < len(states):
                continue
            path, mean = viterbi(logp - .5 * prior, states, optional)
            plain = np.mean(logp[np.arange(len(path)), states[path]])
            scores.append(plain)
            if plain > WORST:
                out.add(x, segments_of_path(path, states), 0)
                kept += 1
    out.save(work("speech", a.out + ".npz"))
    print(f"aligned {kept} of {seen} utterances, {out.hours:.2f} h; score deciles", np.percentile(scores, [10, 50, 90]).round(2))


if __name__ == "__main__":
    main()
