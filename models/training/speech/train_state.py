"""Trains the speaker-state head on the frozen encoder: acted moods of EMO-DB's training actors, calm reading of speechocean762.

    python3 -m speech.train_state [--smoke]     writes work/speech/state.pt and work/speech/state.json (accuracy on the test actors)

Mood labels: anger, disgust, fear, happiness, sadness and neutral. Boredom has no label of its own and teaches arousal and valence only.
Nobody recorded contempt or surprise: the head never claims them.
"""

import numpy as np
import torch
import torch.nn.functional as F

from common.device import put
from common.motion import CHUNK, SAMPLE_RATE
from common.paths import parser, work
from speech.augment import Spoiler
from speech.calls import coded
from speech.encoder_io import load_task
from speech.emodb import utterances
from speech.learn import save, save_json
from speech.splits import TEST_ACTORS, TRAIN_ACTORS
from speech.state import LABELS, SpeakerState

# EMO-DB's name: label or None, arousal 0..1, valence -1..1 (places on the circumplex, Russell 1980).
MOODS = {"anger": ("angry", .9, -.7), "disgust": ("disgusted", .55, -.7), "fear": ("fear", .8, -.6), "happiness": ("happy", .85, .8),
         "sadness": ("sad", .15, -.6), "neutral": ("neutral", .4, 0.0), "boredom": (None, .15, -.2)}
SECONDS = 4
COPIES = 4  # differently spoiled copies of each recording
BATCH, STEPS, RATE = 48, 600, 2e-3
VOICE_RANGE = 8.0  # natural-log power below the loudest call: 35 dB
EARLIEST = 15  # calls before the mood is asked for


class Recordings:
    """Features [n, frames, size], loudness and voice [n, calls], last call, label (-1: none), arousal and valence of recordings."""

    def __init__(self, task, rows, spoiler, copies):
        self.features, self.loudness, self.voice, self.last, self.label, self.place = [], [], [], [], [], []
        for x, (label, arousal, valence) in rows:
            x = self.cut(x)
            clean = SpeakerState.loudness(torch.from_numpy(x)[None])[0]
            for y in spoiled(spoiler, x, copies) if spoiler else [x]:
                self.add(task, torch.from_numpy(y))
                self.voice.append((clean > clean.max() - VOICE_RANGE).float())
                self.last.append(int(torch.nonzero(self.voice[-1])[-1]))
                self.label.append(LABELS.index(label) if label else -1)
                self.place.append((arousal, valence))
        for name in ("features", "loudness", "voice"):
            setattr(self, name, torch.stack(getattr(self, name)))
        self.last, self.label, self.place = torch.tensor(self.last), torch.tensor(self.label), torch.tensor(self.place)

    @staticmethod
    def cut(x):
        """int16 of any length -> float32 of SECONDS, half of full scale."""
        x = x[:SECONDS * SAMPLE_RATE].astype(np.float32)
        return np.pad(x * (.5 / (np.abs(x).max() + 1)), (0, SECONDS * SAMPLE_RATE - len(x)))

    @torch.no_grad()
    def add(self, task, pcm):
        self.features.append(task.encoder(pcm[None])[0])
        self.loudness.append(SpeakerState.loudness(pcm[None])[0])


def spoiled(spoiler, x, copies):
    """float32 [copies, samples], each otherwise; the last has gone through Opus."""
    y = spoiler.way(spoiler.voice(put(x).expand(copies, -1))).cpu().numpy()
    y[-1] = coded((y[-1:] * 32767).astype(np.int16), spoiler.rng.integers(2 ** 62))[0] / np.float32(32767)
    return y


def loss_of(model, data, pick, weights, rng):
    when = torch.from_numpy(np.array([rng.integers(min(EARLIEST, n - 1), n) for n in data.last[pick].tolist()]))
    logits, _, _ = model.read(model.sums_at(data.features[pick], data.loudness[pick], when))
    moods = logits[:, 2:] - 1e4 * (1 - model.possible)
    mood = F.cross_entropy(moods, data.label[pick].clamp(min=0), weights, reduction="none", label_smoothing=0.0)
    mood = (mood * (data.label[pick] >= 0)).mean()
    place = torch.stack([torch.sigmoid(logits[:, 0]), torch.tanh(logits[:, 1])], 1)
    pairs = data.features[pick].unflatten(1, (-1, 2))
    voice = F.binary_cross_entropy_with_logits(model.voice(pairs)[..., 0], data.voice[pick][..., None].expand(-1, -1, 2))
    return mood + 2 * (place - data.place[pick]).square().mean() + voice


@torch.no_grad()
def measure(model, data):
    """Accuracy at the end of each recording."""
    model.eval()
    answer = model.answer(model.sums_at(data.features, data.loudness, data.last))
    known = data.label >= 0
    said, label = answer[known, 3:].argmax(1), data.label[known]
    each = {LABELS[k]: (said[label == k] == k).float().mean().item() for k in label.unique().tolist()}
    order = [np.argsort(np.argsort(v)) for v in (answer[:, 1].numpy(), data.place[:, 0].numpy())]
    valence = np.corrcoef(answer[:, 2].numpy(), data.place[:, 1].numpy())[0, 1]
    return {"recordings": int(known.sum()), "accuracy": (said == label).float().mean().item(), "balancedAccuracy": np.mean(list(each.values())),
            "chance": 1 / len(each), "arousalRankCorrelation": np.corrcoef(*order)[0, 1], "valenceCorrelation": valence, "recall": each}


def train_state(task, data, smoke=False):
    """Trains and measures the head; writes state.pt and state.json."""
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    rows = {"train": [], "test": []}
    for row, x, _ in utterances(data):
        rows["train" if row["speaker"] in TRAIN_ACTORS else "test"].append((x, MOODS[row["emotion"]]))
    if smoke:
        rows = {k: v[::12] for k, v in rows.items()}
    heard = Recordings(task, rows["train"], Spoiler(data, rng), 1 if smoke else COPIES)
    print(f"{len(heard.label)} spoiled recordings of {TRAIN_ACTORS}", flush=True)
    model = fit(SpeakerState(task.encoder.transformer.features), heard, 20 if smoke else STEPS, rng)
    scores = measure(model, Recordings(task, rows["test"], None, 1)) | {"actors": list(TEST_ACTORS)}
    print({k: round(v, 3) if isinstance(v, float) else v for k, v in scores.items()})
    save(work("speech", "state.pt"), {"model": model.state_dict()})
    save_json(work("speech", "state.json"), scores)


def fit(model, heard, steps, rng):
    counts = torch.bincount(heard.label[heard.label >= 0], minlength=len(LABELS)).float()
    weights = torch.where(counts > 0, counts[counts > 0].mean() / counts.clamp(min=1), torch.zeros(()))
    optimiser = torch.optim.AdamW(model.parameters(), RATE, weight_decay=.1)
    for step in range(steps):
        model.train()
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / steps)
        loss = loss_of(model, heard, torch.from_numpy(rng.integers(0, len(heard.label), BATCH)), weights, rng)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 99:
            print(f"step {step + 1} of {steps}: loss {loss.item():.3f}", flush=True)
    return model.eval()


def main():
    p = parser(__doc__)
    p.add_argument("--smoke", action="store_true", help="few recordings, few steps")
    a = p.parse_args()
    torch.set_num_threads(1)
    train_state(load_task(), a.data, a.smoke)


if __name__ == "__main__":
    main()
