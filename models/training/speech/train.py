"""Trains the speech encoder in stages; each can be stopped and started again.

    python3 -m speech.train mel    --minutes 20     transformer on log-mel, phones and mouth curves as targets
    python3 -m speech.train distil --minutes 10     convolutions learn to predict the log-mel
    python3 -m speech.train joint  --minutes 25     both joined, trained end to end on the waveform
"""

import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from common.mouth import CURVES
from common.paths import parser, work
from common.phones import CONTROLS, PHONES, VISEME_OF
from speech.data import Crops
from speech.encoder import ENERGIES, Front, Linear, LogMel, MelEncoder, SpeechEncoder
from speech.learn import train

DELAY = 2  # frames of 20 ms: the look-ahead of 640 samples
MIX = {"espeak": .33, "festival": .22, "flite": .10, "real": .35}
BATCH = 8
CLOSURE, TEETH = len(CONTROLS), len(CONTROLS) + 1


class Heads(nn.Module):
    """What the features must tell during training: the phone of each frame, the mouth curves of each video frame."""

    def __init__(self, size):
        super().__init__()
        self.phones = Linear(size, len(PHONES))
        self.curves = Linear(2 * size, CURVES)

    def forward(self, features):
        pairs = features.reshape(features.shape[0], -1, 2 * features.shape[2])
        return self.phones(features).float(), self.curves(pairs).float()


class Task(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
        self.heads = Heads(encoder.transformer.size)

    def forward(self, pcm):
        return self.heads(self.encoder(pcm))


def curve_loss(out, target):
    """L1 on controls and stress, cross-entropy on lip closure (heavier where lips close) and on lip-to-teeth."""
    plain = [k for k in range(CURVES) if k not in (CLOSURE, TEETH)]
    shape = (out[..., plain] - target[..., plain]).abs().mean()
    close = F.binary_cross_entropy_with_logits(out[..., CLOSURE], target[..., CLOSURE], pos_weight=torch.tensor(2.0))
    teeth = F.binary_cross_entropy_with_logits(out[..., TEETH], target[..., TEETH])
    return shape, close, teeth


def task_loss(crops):
    def loss_of(task):
        pcm, phones, curves = (torch.from_numpy(a) for a in crops.batch(BATCH))
        says, moves = task(pcm)
        says, phones = says[:, DELAY:], phones[:, :-DELAY]
        moves, curves = moves[:, DELAY // 2:], curves[:, :-(DELAY // 2)]
        phone = F.cross_entropy(says.reshape(-1, len(PHONES)), phones.reshape(-1), label_smoothing=.05)
        shape, close, teeth = curve_loss(moves, curves)
        hits = (says.argmax(2) == phones).float().mean()
        return phone + 8 * shape + 3 * close + teeth, {
            "phone": phone.item(), "hits": hits.item(), "shape": shape.item(), "close": close.item()}
    return loss_of


@torch.no_grad()
def quick_scores(task, sets=("test_espeak", "test_festival", "test_awb", "test_rms")):
    """Viseme accuracy and closure precision and recall per frame on clean held-out sets."""
    task.eval()
    out = {}
    for name in sets:
        if not work("speech", name + ".npz").exists():
            continue
        z = np.load(work("speech", name + ".npz"))
        n = min(len(z["curves"]) // 250, 5)
        pcm = torch.from_numpy(z["x"][:n * 160000].astype(np.float32) / 32768).reshape(n, -1)
        visemes = VISEME_OF[z["phones"][:n * 500].reshape(n, -1)][:, :-DELAY]
        closed = z["curves"][:n * 250, CLOSURE].reshape(n, -1)[:, :-1] > .5
        says, moves = task(pcm)
        hits = VISEME_OF[says[:, DELAY:].argmax(2).numpy()] == visemes
        shut = moves[:, 1:, CLOSURE].numpy() > 0
        both = (shut & closed).sum()
        out[name[5:]] = (round(float(hits.mean()), 3), round(float(both / max(1, shut.sum())), 2),
                         round(float(both / closed.sum()), 2))
    return out


def half(encoder, on):
    (encoder.front if isinstance(encoder, SpeechEncoder) else encoder).half = on


def reporting(task):
    half(task.encoder, False)
    scores = quick_scores(task)
    half(task.encoder, True)
    return scores


def mel(minutes, data, rate):
    task = Task(MelEncoder())
    half(task.encoder, True)
    train("mel", task, task_loss(Crops(MIX, data)), minutes, rate or 1.5e-3, reporting)


class Distillation(nn.Module):
    def __init__(self):
        super().__init__()
        self.front, self.mel = Front(), LogMel()
        self.to_mel = Linear(self.front.channels + ENERGIES, LogMel.SIZE)
        self.front.half = True


def distil(minutes, data, rate):
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
        task.load_state_dict(pick)
    return task


def joint(minutes, data, rate):
    task = joined()
    crops = Crops(MIX, data, seed=int(time.time()))  # a run that goes on must not see the same crops again
    train("joint", task, task_loss(crops), minutes, rate or 8e-4, reporting)


if __name__ == "__main__":
    p = parser(__doc__)
    p.add_argument("stage", choices=("mel", "distil", "joint"))
    p.add_argument("--minutes", type=float, required=True)
    p.add_argument("--rate", type=float)
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    {"mel": mel, "distil": distil, "joint": joint}[a.stage](a.minutes, a.data, a.rate)
