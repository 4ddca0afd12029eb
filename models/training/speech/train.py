"""Trains the speech encoder in stages; each can be stopped and started again.

    python3 -m speech.train mel    --minutes 20     transformer on log-mel, phones and mouth curves as targets
    python3 -m speech.train distil --minutes 10     convolutions learn to predict the log-mel
    python3 -m speech.train joint  --minutes 75     both joined, trained end to end on the waveform

`joint --from FILE` starts from the weights of an earlier training, as far as their names and shapes agree.
"""

import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from common.paths import parser, work
from common.phones import PHONE, PHONES, VISEME_OF
from speech.data import Crops
from speech.encoder import ENERGIES, Front, Linear, LogMel, MelEncoder, SpeechEncoder
from speech.heads import CLOSURE, DELAY, Heads, PER_VIDEO, curve_loss, frame_losses, pitch_loss
from speech.learn import train
from speech.masked import Clusters, masked_loss, spans
from speech.pitch import pitch_track
from speech.unlabelled import unlabelled

MIX = {"espeak": .22, "espeak_abroad": .05, "festival": .16, "flite": .10, "abroad": .14, "real": .27, "emodb": .06}
SPOKEN_TRANSCRIPTS = ("real",)  # sets whose phone order is certain and whose times are not: these get the CTC loss
BATCH, HIDDEN_BATCH, PITCH_ROWS = 8, 2, 4
HIDDEN_EVERY = 4  # steps
# The distilled convolutions cost more than the transformer and have less to learn: they learn each second step, and are held to the
# log-mel then, or they forget what the training voices do not need.
FRONT_EVERY = 2
WEIGHTS = {"phone": 1.0, "shape": 8.0, "curve_closure": 2.0, "teeth": 1.0, "closure": 6.0, "letters": .15, "units": .15, "pitch": .3, "mel": .5}


class Task(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        self.heads = Heads(encoder.transformer.features, encoder.front_size)

    def forward(self, pcm):
        return self.heads(self.encoder(pcm))


def letters_loss(logits, phones):
    """CTC on the order of the phones of each row; logits [rows, frames, PHONES], phones int64 [rows, frames]."""
    said = logits.log_softmax(2).transpose(0, 1)
    orders = []
    for row in phones:
        order = torch.unique_consecutive(row)
        orders.append(order[order != PHONE["sil"]])
    sizes = torch.tensor([len(o) for o in orders])
    return F.ctc_loss(said, torch.cat(orders), torch.full((len(orders),), said.shape[0]), sizes, blank=PHONE["sil"], zero_infinity=True)


class Loss:
    """All losses of one step: frames and CTC on labelled crops, masked prediction on unlabelled ones."""

    def __init__(self, data, seed, speech=None):
        self.crops = Crops(MIX, data, seed)
        self.step, self.speech, self.mel = 0, speech, LogMel()
        if speech is not None:
            self.rng = np.random.default_rng(seed + 1)
            self.clusters = Clusters(speech, np.random.default_rng(0))

    def unlabelled_rows(self):
        """(clean, spoiled) [HIDDEN_BATCH, samples]."""
        n = self.crops.samples
        clean = np.stack([self.speech[i:i + n] for i in self.rng.integers(0, len(self.speech) - n, HIDDEN_BATCH)])
        clean = clean.astype(np.float32) / 32768
        return clean, np.stack([self.crops.spoiler.way(x) for x in clean])

    def __call__(self, task):
        pcm, phones, curves, closure, names = self.crops.draw(BATCH)
        phones, curves, closure = (torch.from_numpy(a) for a in (phones, curves, closure))
        pcm, mask = torch.from_numpy(pcm), None
        self.step += 1
        hides = self.speech is not None and self.step % HIDDEN_EVERY == 0
        if hides:
            clean, spoiled = (torch.from_numpy(a) for a in self.unlabelled_rows())
            pcm = torch.cat([pcm, spoiled])
            mask = torch.zeros(len(pcm), phones.shape[1], dtype=torch.bool)
            mask[BATCH:] = spans(self.rng, HIDDEN_BATCH, phones.shape[1])
        learns = self.step % FRONT_EVERY == 0
        with torch.set_grad_enabled(learns):
            sound = task.encoder.front(pcm)[0]
        features = task.encoder.above(sound, mask)
        losses, hits = frame_losses(task.heads(features[:BATCH]), phones, curves, closure)
        spoken = [k for k, name in enumerate(names) if name in SPOKEN_TRANSCRIPTS and phones[k].any()]
        if spoken:
            losses["letters"] = letters_loss(task.heads.letters(features[spoken]).float(), phones[spoken])
        voiced, pitch = (torch.from_numpy(np.stack(a)) for a in zip(*map(pitch_track, self.crops.last_clean[:PITCH_ROWS])))
        losses["pitch"] = pitch_loss(task.heads.pitch(features[:PITCH_ROWS]).float(), voiced, pitch)
        if learns and isinstance(task.encoder, SpeechEncoder):
            losses["mel"] = (task.heads.mel(sound[:PITCH_ROWS]).float() - self.mel(pcm[:PITCH_ROWS])).abs().mean()
        if hides:
            losses["units"] = masked_loss(task.heads.units(features[BATCH:]).float(), self.clusters.of(clean), mask[BATCH:])
        total = sum(WEIGHTS[k] * v for k, v in losses.items())
        return total, {"hits": hits.item(), **{k: float(v) for k, v in losses.items()}}


@torch.no_grad()
def quick_scores(task, sets=("val_espeak", "val_festival", "val_kal16")):
    """Viseme accuracy, closure precision and recall per frame on clean held-out sets that are not the test sets."""
    task.eval()
    out = {}
    for name in sets:
        if not work("speech", name + ".npz").exists():
            continue
        z = np.load(work("speech", name + ".npz"))
        n = min(len(z["curves"]) // 250, 8)
        pcm = torch.from_numpy(z["x"][:n * 160000].astype(np.float32) / 32768).reshape(n, -1)
        visemes = VISEME_OF[z["phones"][:n * 500].reshape(n, -1)][:, :-DELAY]
        closed = z["curves"][:n * 250, CLOSURE].reshape(n, -1)[:, :-1] > .5
        says, moves, _ = task(pcm)
        hits = VISEME_OF[says[:, DELAY:, 1].argmax(2).numpy()] == visemes
        shut = moves[:, 1:, 1, CLOSURE].numpy() > 0
        both = (shut & closed).sum()
        out[name[4:]] = (round(float(hits.mean()), 3), round(float(both / max(1, shut.sum())), 2), round(float(both / closed.sum()), 2))
    return out


def half(encoder, on):
    """Activations in bfloat16 for training; in float32 for everything else."""
    (encoder.front if isinstance(encoder, SpeechEncoder) else encoder).half = on


def reporting(kind):
    """A report on smoothed weights, by a twin of the task."""
    twin = Task(kind())

    def report(weights):
        twin.load_state_dict(weights)
        return quick_scores(twin)
    return report


def mel(minutes, data, rate=None):
    task = Task(MelEncoder())
    half(task.encoder, True)
    train("mel", task, Loss(data, 0), minutes, rate or 1.5e-3, reporting(MelEncoder))


class Distillation(nn.Module):
    def __init__(self):
        super().__init__()
        self.front, self.mel = Front(), LogMel()
        self.to_mel = Linear(self.front.channels + ENERGIES, LogMel.SIZE)
        self.front.half = True


def distil(minutes, data, rate=None):
    model, crops = Distillation(), Crops(MIX, data, seed=1)

    def loss_of(m):
        pcm = torch.from_numpy(crops.batch(BATCH)[0])
        wanted = m.mel(pcm)
        loss = (m.to_mel(m.front(pcm)[0].float()) - wanted).abs().mean()
        return loss, {"mel": loss.item(), "spread": wanted.std().item()}

    train("distil", model, loss_of, minutes, rate or 2e-3)


def joined():
    """The waveform encoder put together from the two first stages."""
    task = Task(SpeechEncoder())
    if work("speech", "mel.pt").exists() and work("speech", "distil.pt").exists():
        first, second = (torch.load(work("speech", n + ".pt"))["model"] for n in ("mel", "distil"))
        pick = {k: v for k, v in first.items() if k.startswith(("encoder.transformer.", "heads."))}
        pick.update({"encoder." + k: v for k, v in second.items() if k.startswith("front.")})
        w, b = first["encoder.project.weight"], first["encoder.project.bias"]
        pick["encoder.project.weight"] = w @ second["to_mel.weight"]
        pick["encoder.project.bias"] = w @ second["to_mel.bias"] + b
        pick["heads.mel.weight"], pick["heads.mel.bias"] = second["to_mel.weight"], second["to_mel.bias"]
        fits = task.state_dict()
        task.load_state_dict({k: v for k, v in pick.items() if v.shape == fits[k].shape}, strict=False)
    return task


def joint(minutes, data, rate=None, start=None, pause=None, files=None):
    task = joined()
    if start:
        known, here = torch.load(start)["model"], task.state_dict()
        task.load_state_dict({k: v for k, v in known.items() if k in here and v.shape == here[k].shape}, strict=False)
    half(task.encoder, True)
    # A run that goes on must not see the same crops again.
    train("joint", task, Loss(data, int(time.time()), unlabelled(data, files)), minutes, rate or 1e-3, reporting(SpeechEncoder), pause)


if __name__ == "__main__":
    p = parser(__doc__)
    p.add_argument("stage", choices=("mel", "distil", "joint"))
    p.add_argument("--minutes", type=float, required=True)
    p.add_argument("--rate", type=float)
    p.add_argument("--from", dest="start")
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if a.stage == "joint":
        joint(a.minutes, a.data, a.rate, a.start)
    else:
        {"mel": mel, "distil": distil}[a.stage](a.minutes, a.data, a.rate)
