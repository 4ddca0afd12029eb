"""Trains the speech encoder in stages; each can be stopped and started again.

    python3 -m speech.train mel    --minutes 20     transformer on log-mel, phones and mouth curves as targets
    python3 -m speech.train distil --minutes 10     convolutions learn to predict the log-mel
    python3 -m speech.train joint  --minutes 75     both joined, trained end to end on the waveform

`joint --from FILE` starts from the weights of an earlier training, as far as their names and shapes agree. With a GPU, a step takes more rows
(speech/objective.py) and the convolutions always learn.
"""

import time

import torch
from torch import nn

from common.device import DEVICE, LARGE
from common.paths import parser, work
from speech.data import Crops
from speech.encoder import ENERGIES, Front, Linear, SpeechEncoder
from speech.heads import Heads
from speech.learn import train
from speech.mel import LogMel, MelEncoder
from speech.objective import BATCH, Loss, MIX
from speech.unlabelled import unlabelled
from speech.watch import quick_scores

RATE = 2e-3 if LARGE else 1e-3  # of the joint training


class Task(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        self.heads = Heads(encoder.transformer.features, encoder.front_size)

    def forward(self, pcm):
        return self.heads(self.encoder(pcm))


def half(encoder, on):
    """Activations in bfloat16 for training; in float32 for everything else."""
    (encoder.front if isinstance(encoder, SpeechEncoder) else encoder).half = on


def reporting(kind, loss):
    """A report on smoothed weights, by a twin of the task."""
    twin = Task(kind()).to(DEVICE)

    def report(weights):
        twin.load_state_dict(weights)
        return f"{loss.hours:.1f} h heard", quick_scores(twin)
    return report


def mel(minutes, data, rate=None):
    loss, task = Loss(data, 0), Task(MelEncoder()).to(DEVICE)
    half(task.encoder, True)
    train("mel", task, loss, minutes, rate or 1.5e-3, reporting(MelEncoder, loss))
    loss.close()


class Distillation(nn.Module):
    def __init__(self):
        super().__init__()
        self.front, self.mel = Front(), LogMel()
        self.to_mel = Linear(self.front.channels + ENERGIES, LogMel.SIZE)
        self.front.half = True


def distil(minutes, data, rate=None):
    model, crops = Distillation().to(DEVICE), Crops(MIX, data, seed=1)

    def loss_of(m):
        pcm = crops.draw(BATCH).heard
        wanted = m.mel(pcm)
        loss = (m.to_mel(m.front(pcm)[0].float()) - wanted).abs().mean()
        return loss, {"mel": loss, "spread": wanted.std()}

    train("distil", model, loss_of, minutes, rate or 2e-3)


def joined():
    """The waveform encoder put together from the two first stages."""
    task = Task(SpeechEncoder())
    if work("speech", "mel.pt").exists() and work("speech", "distil.pt").exists():
        first, second = (torch.load(work("speech", n + ".pt"), map_location="cpu")["model"] for n in ("mel", "distil"))
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
        known, here = torch.load(start, map_location="cpu")["model"], task.state_dict()
        task.load_state_dict({k: v for k, v in known.items() if k in here and v.shape == here[k].shape}, strict=False)
    # A run that goes on must not see the same crops again. The loss forks workers, so it comes before the GPU's first work.
    loss = Loss(data, int(time.time()), unlabelled(data, files))
    task.to(DEVICE)
    half(task.encoder, True)
    train("joint", task, loss, minutes, rate or RATE, reporting(SpeechEncoder, loss), pause)
    loss.close()


if __name__ == "__main__":
    p = parser(__doc__)
    p.add_argument("stage", choices=("mel", "distil", "joint"))
    p.add_argument("--minutes", type=float, required=True)
    p.add_argument("--rate", type=float)
    p.add_argument("--from", dest="start")
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("high")
    torch.manual_seed(0)
    if a.stage == "joint":
        joint(a.minutes, a.data, a.rate, a.start)
    else:
        {"mel": mel, "distil": distil}[a.stage](a.minutes, a.data, a.rate)
