"""Scores the exported models' torch twins on voices they never heard; writes its part of models/presenter/scores.json.

    python3 -m speech.evaluate          synthesizer voices awb and rms (flite), EMO-DB (human, hand-labelled), idle motion

Closure: a predicted closure is a run of frames with the lips together (lip_aperture below CLOSED) while the voice speaks.
Chance is the recall for the same labels moved by a random 0.2 to 0.8 s.
"""

import csv
import json

import numpy as np
import torch

from common.audio import decode
from common.motion import CHUNK, EMOTIONS, FRAME_RATE, INDEX, MOUTH, NOISE, SAMPLE_RATE, lip_aperture
from common.paths import PACK, parser, work
from common.phones import LABIAL, PHONE, VISEME_OF, VOWELS
from common import teacher
from speech.align import load_task
from speech.export import load_context
from speech.train import DELAY

CLOSED = 0.03
NEAR = 0.060  # seconds


def encode(encoder, pcm):
    """Features of a long recording, in blocks of 5 s with carried state: attention over all of it would not fit."""
    state, out = list(encoder.initial_state().values()), []
    for k in range(0, pcm.shape[1], 125 * CHUNK):
        y, *state = encoder.step(pcm[:, k:k + 125 * CHUNK], *state)
        out.append(y)
    return torch.cat(out, 1)


@torch.no_grad()
def perform(task, context, x, emotion=None, seed=1):
    """int16 voice -> (motion [frames, 58] in step with the sound, viseme per 20 ms)."""
    frames = len(x) // CHUNK
    x = np.concatenate([x[:frames * CHUNK], np.zeros(CHUNK, np.int16)]).astype(np.float32) / 32768
    features = encode(task.encoder, torch.from_numpy(x)[None])
    n = frames + 1
    e = torch.zeros(1, n, len(EMOTIONS)) if emotion is None else torch.as_tensor(emotion, dtype=torch.float32).expand(1, n, -1)
    noise = torch.from_numpy(np.random.default_rng(seed).standard_normal((1, n, NOISE)).astype(np.float32))
    motion = context(features, e, torch.zeros(1, n, 6), torch.zeros(1, n, 1), noise, *context.initial_state().values())[2]
    says = task.heads.phones(features)[0].argmax(1).numpy()
    return motion[0, 1:].numpy(), VISEME_OF[says[DELAY:]]


def runs(mask):
    """Start and end (exclusive) of each run of True."""
    edges = np.flatnonzero(np.diff(np.r_[0, mask.astype(int), 0]))
    return list(zip(edges[::2], edges[1::2]))


class Closures:
    """Counts closures found, missed and invented."""

    def __init__(self):
        self.events = self.found = self.chance = self.predicted = self.false = 0
        self.rng = np.random.default_rng(0)

    def add(self, aperture, labels, silences):
        """labels: [(start s, end s)] with the lips together; silences: the same without voice."""
        at = (np.arange(len(aperture)) + .5) / FRAME_RATE
        shut = aperture < CLOSED

        def hit(a, b):
            return shut[(at > a - NEAR) & (at < b + NEAR)].any()

        for a, b in labels:
            move = self.rng.uniform(.2, .8) * self.rng.choice((-1, 1))
            self.events += 1
            self.found += hit(a, b)
            self.chance += hit(a + move, b + move)
        for i, j in runs(shut):
            a, b = i / FRAME_RATE, j / FRAME_RATE
            quiet = any(b > s - .1 and a < e + .1 for s, e in silences)
            if not quiet:
                self.predicted += 1
                self.false += not any(b > s - NEAR and a < e + NEAR for s, e in labels)

    def scores(self, prefix):
        return {prefix + "closureRecall": self.found / max(1, self.events), prefix + "closureChance": self.chance / max(1, self.events),
                prefix + "closurePrecision": 1 - self.false / max(1, self.predicted)}


def lag_ms(a, b, reach=5):
    """Milliseconds by which curve a comes after curve b (25 per second), by the parabola through the best correlation."""
    c = []
    for k in range(-reach, reach + 1):
        x, y = a[reach + k:len(a) - reach + k], b[reach:len(b) - reach]
        c.append(np.corrcoef(x, y)[0, 1])
    k = int(np.clip(np.argmax(c), 1, 2 * reach - 1))
    bend = c[k - 1] - 2 * c[k] + c[k + 1]
    return 40 * (k - reach + .5 * (c[k - 1] - c[k + 1]) / bend), c[k]


def synthetic(task, context, name):
    """Scores on one labelled set: visemes, closures, aperture against the teacher and against vowel height, stillness."""
    z = np.load(work("speech", name + ".npz"))
    motion, visemes = perform(task, context, z["x"])
    aperture = lip_aperture(motion)
    curves = z["curves"].astype(np.float32)
    rest = np.zeros((len(curves), teacher.IDLE), np.float32)
    target = lip_aperture(teacher.compose(curves, np.zeros((len(curves), len(EMOTIONS)), np.float32), rest))
    segments = [(a, b, int(p)) for a, b, p, _ in z["segments"]]
    labels = [(a, max(a + LABIAL[p] * (b - a), a + .035)) for a, b, p in segments if p in LABIAL]
    silences = [(a, b) for a, b, p in segments if p == PHONE["sil"]]
    closures = Closures()
    closures.add(aperture, labels, silences + _gaps(segments, len(curves) / FRAME_RATE))
    n = min(len(visemes), len(z["phones"]))
    truth = VISEME_OF[z["phones"][:n]]
    vowels = np.isin(z["phones"][:n], VOWELS)
    heights = {}
    for label, names in (("low", "AA AE"), ("mid", "EH AH AO"), ("high", "IY IH UW UH")):
        ids = [PHONE[p] for p in names.split()]
        heights[label] = float(np.mean([aperture[min(int((a + b) / 2 * FRAME_RATE), len(aperture) - 1)]
                                        for a, b, p in segments if p in ids]))
    lag, r = lag_ms(aperture, target)
    p = name[5:] + "."
    scores = {p + "visemeAccuracy": float((visemes[:n] == truth).mean()),
              p + "vowelAccuracy": float((np.isin(visemes[:n], VISEME_OF[VOWELS]) == np.isin(truth, VISEME_OF[VOWELS])).mean()),
              p + "apertureCorrelation": float(np.corrcoef(aperture, target)[0, 1]), p + "lagMs": float(lag),
              p + "lagCorrelation": float(r), p + "apertureError": float(np.abs(aperture - target).mean()),
              p + "vowelShare": float(vowels.mean())}
    scores.update({p + "aperture." + k: v for k, v in heights.items()})
    scores.update(closures.scores(p))
    return scores, (motion, segments)


def _gaps(segments, end):
    """Stretches without any label (padding between utterances)."""
    out, last = [], 0.0
    for a, b, _ in segments:
        if a - last > .02:
            out.append((last, a))
        last = b
    return out + [(last, end)]


def human(task, context, data):
    """EMO-DB: closures and aperture against hand-labelled phones, all ten actors (none was trained on)."""
    folder = data / "data" / "speech" / "emodb"
    rows = list(csv.DictReader(open(folder / "index.tsv", encoding="utf8", newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))
    phones = {}
    for r in csv.DictReader(open(folder / "phones.tsv", encoding="utf8", newline=""), delimiter="\t", quoting=csv.QUOTE_NONE):
        phones.setdefault(r["utt"], []).append(r)
    sound = {}
    count = {"neutral": Closures(), "acted": Closures()}
    by_viseme, lags = {}, []
    for row in rows:
        if row["file"] not in sound:
            sound = {row["file"]: decode(folder / row["file"])}
        kind = "neutral" if row["emotion"] == "neutral" else "acted"
        labels_of = phones.get(row["utt"], [])
        if len(labels_of) < 5:
            continue
        x = sound[row["file"]][int(float(row["start_s"]) * SAMPLE_RATE):int(float(row["end_s"]) * SAMPLE_RATE)]
        motion, _ = perform(task, context, np.clip(x * (.5 * 32767 / (np.abs(x).max() + 1)), -32768, 32767).astype(np.int16))
        aperture = lip_aperture(motion)
        labels, silences, opening = [], [(0, float(labels_of[0]["start_s"]))], np.zeros(len(aperture))
        for r in labels_of:
            a, b = float(r["start_s"]), float(r["end_s"])
            if r["viseme"] == "PP" and not r["phone"].startswith("!") and "asp" not in r["phone"]:
                labels.append((a, b))
            if r["viseme"] == "sil":
                silences.append((a, b))
            middle = int((a + b) / 2 * FRAME_RATE)
            if middle < len(aperture):
                by_viseme.setdefault(r["viseme"], []).append(aperture[middle])
            opening[int(a * FRAME_RATE + .5):int(b * FRAME_RATE + .5)] = r["viseme"] in ("aa", "E", "O", "I", "U")
        silences.append((float(labels_of[-1]["end_s"]), len(x) / SAMPLE_RATE))
        count[kind].add(aperture, labels, silences)
        if kind == "neutral" and opening.std() > 0 and len(opening) > 20:
            lags.append(lag_ms(aperture, opening))
    scores = {}
    for kind, closures in count.items():
        scores.update(closures.scores(f"emodb.{kind}."))
    lags = np.array(lags)
    scores["emodb.neutral.vowelLagMs"] = float(np.median(lags[:, 0]))
    scores["emodb.neutral.vowelCorrelation"] = float(np.mean(lags[:, 1]))
    for v in ("PP", "FF", "aa", "I", "U"):
        scores["emodb.aperture." + v] = float(np.mean(by_viseme[v]))
    return scores


def stillness(task, context):
    """Mouth in 10 s without voice: digital silence, and noise at -60 and -45 dBFS."""
    rng, out = np.random.default_rng(5), {}
    for name, level in (("silence", 0), ("noise60", 1e-3), ("noise45", 5.6e-3)):
        x = (rng.standard_normal(10 * SAMPLE_RATE) * level * 32767).astype(np.int16)
        motion, _ = perform(task, context, x)
        mouth = motion[10:][:, MOUTH]
        out[f"{name}.mouthSpeed"] = float(np.abs(np.diff(mouth, axis=0)).max())
        out[f"{name}.aperture"] = float(lip_aperture(motion)[10:].max())
    return out


def liveliness(task, context):
    """Idle motion over 120 s of silence from two seeds, and how the emotions show."""
    quiet = np.zeros(120 * SAMPLE_RATE, np.int16)
    a, _ = perform(task, context, quiet, seed=1)
    b, _ = perform(task, context, quiet, seed=2)
    lids = a[:, INDEX["eyeBlinkLeft"]]
    out = {"idle.blinksPerSecond": len(runs(lids > .7)) / 120, "idle.blinkPeak": float(lids.max()),
           "idle.yawSd": float(a[250:, INDEX["headYaw"]].std()), "idle.seedDifference": float(np.abs(a - b)[250:, teacher.HEAD0:].mean())}
    for i, (name, channel) in enumerate(zip(EMOTIONS, ("browDownLeft", "mouthDimpleRight", "noseSneerLeft", "eyeWideLeft",
                                                         "mouthSmileLeft", "mouthFrownLeft", "browOuterUpLeft"))):
        e = np.zeros(len(EMOTIONS), np.float32)
        e[i] = 1
        out["emotion." + name] = float(np.median(perform(task, context, quiet[:SAMPLE_RATE * 4], e)[0][50:, INDEX[channel]]))
    return out


def main():
    p = parser(__doc__)
    p.add_argument("--no-human", action="store_true")
    a = p.parse_args()
    torch.set_num_threads(1)
    task, context = load_task("joint"), load_context()
    scores = {}
    for name in ("test_awb", "test_rms"):
        scores.update(synthetic(task, context, name)[0])
    scores.update(stillness(task, context))
    scores.update(liveliness(task, context))
    if not a.no_human:
        scores.update(human(task, context, a.data))
    scores = {"speech." + k: round(v, 4) for k, v in scores.items()}
    print(json.dumps(scores, indent=1))
    PACK.mkdir(parents=True, exist_ok=True)
    path = PACK / "scores.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    known = {k: v for k, v in known.items() if not k.startswith("speech.")}
    path.write_text(json.dumps(known | scores, indent=1) + "\n")


if __name__ == "__main__":
    main()
