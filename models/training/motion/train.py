"""Trains the context encoder; every stage goes on where it stopped.

    python3 -m motion.train idle --minutes 40      noise generator, upper face, predicted head: needs no voice
    python3 -m motion.train voice --minutes 25     context, mouth, closures on the features of motion/crops.py, with an adversary
    python3 -m motion.train voice --minutes 4 --name voice_with
    python3 -m motion.train voice --minutes 4 --name voice_without --no-adversary
                                                   the ablation: both go on from work/motion/voice.pt (motion/score.py scores them)
"""

import torch

from common.device import DEVICE, LARGE
from common.paths import parser
from motion import crops, learn
from motion.idle import Idle, idle_loss
from motion.voice import Voice, voice_loss


BATCH = 128 if LARGE else 32  # rows


def idle(minutes, rate, smoke):
    model = Idle()
    size = dict(batch=2, frames=40) if smoke else {}
    return learn.train("idle", model, idle_loss(3, **size), minutes, rate or 3e-3, half_life=40)


def voice(minutes, rate, smoke, adversary, name):
    data = crops.load()
    model = Voice(data["features"].shape[2]).to(DEVICE)
    learn.warm(model, {k: v for k, v in learn.load("idle")["model"].items() if k.startswith("upper.")})
    if name != "voice" and not learn.load(name):
        learn.save(name, {"model": learn.load("voice")["model"]})
    loss = voice_loss(data, model, batch=2 if smoke else BATCH, frames=60 if smoke else 100, seed=4, adversary=adversary)
    return learn.train(name, model, loss, minutes, rate or 1.5e-3, against=model.critic[0] if adversary else None, decay=.01, half_life=100)


if __name__ == "__main__":
    p = parser(__doc__)
    p.add_argument("stage", choices=("idle", "voice"))
    p.add_argument("--minutes", type=float, default=0)
    p.add_argument("--rate", type=float)
    p.add_argument("--name", default="voice", help="of the checkpoint; another one than voice goes on from it")
    p.add_argument("--no-adversary", action="store_true")
    p.add_argument("--smoke", action="store_true", help="tiny batches, to see in seconds that everything runs")
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    minutes = .1 if a.smoke and not a.minutes else a.minutes
    if a.stage == "idle":
        idle(minutes, a.rate, a.smoke)
    else:
        voice(minutes, a.rate, a.smoke, not a.no_adversary, a.name)
