"""Trains the speech encoder in stages; each can be stopped and started again.

    python3 -m speech.train mel    --minutes 20     transformer on log-mel, phones and mouth curves as targets
    python3 -m speech.train distil --minutes 10     convolutions learn to predict the log-mel
    python3 -m speech.train joint  --minutes 75     both joined, trained end to end on the waveform

`joint --from FILE` starts from the weights of an earlier training, as far as their names and shapes agree.
"""

import time

import numpy as np
import torch
from torch import nn

from common.paths import parser, work
from common.phones import VISEME_OF
from speech.data import Crops
from speech.encoder import ENERGIES, Front, Linear, SpeechEncoder
from speech.heads import CLOSURE, DELAY, Heads
from speech.learn import train
from speech.mel import LogMel, MelEncoder
from speech.objective import BATCH, Loss, MIX
from speech.unlabelled import unlabelled


class Task(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        self.heads = Heads(encoder.transformer.features, encoder.front_size)

    def forward(self, pcm):
        return self.heads(self.encoder(pcm))


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
