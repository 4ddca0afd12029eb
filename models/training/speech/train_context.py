"""Trains the context encoder.

    python3 -m speech.train_context idle --minutes 8        noise generator and upper face; needs no voice
    python3 -m speech.train_context features --hours 5      runs the trained speech encoder over spoiled crops
    python3 -m speech.train_context voice --minutes 10      context and mouth on those features
"""

import numpy as np
import torch
import torch.nn.functional as F
from scipy.signal import lfilter
from torch import nn

from common import teacher
from common.motion import APERTURE, ARKIT, EMOTIONS, MOUTH, NOISE, UPPER
from common.mouth import CURVES
from common.paths import parser, work
from speech.context import CODE_SCALE, CONTEXT, EMOTION_RATE, NoiseGenerator, PER_FRAME, UpperFace, VoicePath
from speech.data import Crops
from speech.learn import train
from speech.train import CLOSURE, MIX, curve_loss

CROP_SECONDS = 8
IDLE_FRAMES = 300
FEATURE_NOISE = 0.2  # against learning the cached features by heart
RARE = {"mouthFunnel": 1.5, "mouthPucker": 1.0, "mouthRollLower": 2.0, "mouthShrugUpper": 3.0, "tongueOut": 4.0, "mouthClose": 2.0,
        "jawForward": 4.0}


class Idle(nn.Module):
    def __init__(self):
        super().__init__()
        self.noise, self.upper = NoiseGenerator(), UpperFace()


def random_emotions(rng, *shape):
    """Emotion vectors: a third neutral, most with one emotion, some with two."""
    e = np.zeros((*shape, len(EMOTIONS)), np.float32)
    rows = e.reshape(-1, len(EMOTIONS))
    for row in rows:
        for _ in range(int(rng.choice((0, 1, 1, 2), p=(.3, .3, .25, .15)))):
            row[rng.integers(len(EMOTIONS))] = rng.uniform(0, 1)
    return e


def idle(minutes, rate):
    """Two regressions side by side: noise -> code, and (code, emotion, stress) -> upper face and head."""
    rng = np.random.default_rng(3)
    scale = np.array(CODE_SCALE, np.float32)
    weights = torch.tensor([4.0, 1, 1, 4, 1, 1, 1, 1, 1, 1])

    def loss_of(m):
        noise = rng.standard_normal((24, IDLE_FRAMES, NOISE)).astype(np.float32)
        for channel, threshold in ((0, 2.2), (1, 1.9), (9, 2.4)):  # more events to learn from, most near the threshold
            more = rng.random(noise.shape[:2]) < .02
            noise[..., channel] = np.where(more, rng.normal(threshold, .3, noise.shape[:2]), noise[..., channel])
        wanted = teacher.idle(noise) / scale
        code, _ = m.noise.raw(torch.from_numpy(noise), torch.zeros(24, m.noise.gru.hidden_size))
        off = (code - torch.from_numpy(wanted)) * weights.sqrt()
        first = off.square().mean() + .05 * off.abs().mean()
        pick = rng.integers(0, 24 * IDLE_FRAMES, 1024)
        known = wanted.reshape(-1, NOISE)[pick] + rng.normal(0, .02, (1024, NOISE)).astype(np.float32)
        emotion, curves = random_emotions(rng, 1024), np.zeros((1024, CURVES), np.float32)
        curves[:, -1] = np.maximum(0, rng.uniform(-.5, 1, 1024))
        face = torch.from_numpy(teacher.compose(curves, emotion, known * scale))
        upper, head = m.upper(torch.from_numpy(known), torch.from_numpy(emotion), torch.from_numpy(curves[:, -1:]))
        second = (upper - face[:, UPPER]).abs().mean() + 4 * (head - face[:, teacher.HEAD0:]).abs().mean()
        return first + 10 * second, {"code": first.item(), "upper": second.item()}

    train("idle", Idle(), loss_of, minutes, rate or 4e-3, decay=0.0)


@torch.no_grad()
def features(hours, data):
    """Caches features (float16) and curves of spoiled crops: work/speech/features.npz."""
    from speech.align import load_task
    task, crops = load_task("joint"), Crops(MIX, data, seed=9, seconds=CROP_SECONDS)
    rows, curves = [], []
    task.encoder.front.half = True
    for k in range(int(hours * 3600 / CROP_SECONDS / 8)):
        pcm, _, c = crops.batch(8)
        rows.append(task.encoder(torch.from_numpy(pcm)).half().numpy())
        curves.append(c.astype(np.float16))
    np.savez(work("speech", "features.npz"), features=np.concatenate(rows), curves=np.concatenate(curves))


def voice_loss(data, size, frames, seed):
    rng = np.random.default_rng(seed)
    feats, curves = data["features"], data["curves"]
    lips = torch.from_numpy(APERTURE[MOUTH])
    # An absolute error alone leaves channels that are mostly at rest there; the square pulls them to their mean.
    rarely = torch.tensor([RARE.get(ARKIT[i], 0.2) for i in MOUTH])
    still = np.zeros(teacher.IDLE, np.float32)

    def loss_of(m):
        pick, begin = rng.integers(0, len(feats), size), rng.integers(0, curves.shape[1] - frames, size)
        f = torch.from_numpy(np.stack([feats[i, PER_FRAME * k:PER_FRAME * (k + frames)] for i, k in zip(pick, begin)]).astype(np.float32))
        f = f + FEATURE_NOISE * torch.randn_like(f)
        c = np.stack([curves[i, k:k + frames] for i, k in zip(pick, begin)]).astype(np.float32)
        emotion = np.stack([teacher.random_emotion(rng, frames) for _ in range(size)])
        emotion = lfilter([EMOTION_RATE], [1, EMOTION_RATE - 1], emotion, axis=1).astype(np.float32)
        # Call n hears chunk n and speaks for chunk n - 1; emotion acts at once.
        past = np.concatenate([np.zeros_like(c[:, :1]), c[:, :-1]], 1)
        wanted = torch.from_numpy(teacher.compose(past, emotion, np.broadcast_to(still, (*past.shape[:2], teacher.IDLE))))[..., MOUTH]
        past = torch.from_numpy(past)
        cache = torch.zeros(size, 2, PER_FRAME * f.shape[2])
        _, says, mouth, _, _ = m(f, torch.from_numpy(emotion), cache, torch.zeros(size, 2, CONTEXT))
        shape, close, teeth = curve_loss(says, past)
        gap, want_gap = mouth @ lips, wanted @ lips
        closed = past[..., CLOSURE]
        aperture = ((gap - want_gap).abs() * (1 + 5 * closed)).mean()
        motion = ((mouth - wanted).abs() * (1 + 2 * closed[..., None])).mean()
        rare = ((mouth - wanted).square() * rarely).mean()
        speed = ((mouth[:, 1:] - mouth[:, :-1]) - (wanted[:, 1:] - wanted[:, :-1])).abs().mean()
        loss = 10 * motion + 20 * rare + 4 * aperture + 4 * speed + 2 * shape + .3 * close + .2 * teeth
        return loss, {"motion": motion.item(), "aperture": aperture.item(), "rare": rare.item(), "speed": speed.item(), "close": close.item()}

    return loss_of


def voice(minutes, rate):
    data = np.load(work("speech", "features.npz"))
    data = {k: data[k] for k in data}
    model = VoicePath(data["features"].shape[2])
    train("voice", model, voice_loss(data, 32, 100, 4), minutes, rate or 1.5e-3)


if __name__ == "__main__":
    p = parser(__doc__)
    p.add_argument("stage", choices=("idle", "features", "voice"))
    p.add_argument("--minutes", type=float, default=0)
    p.add_argument("--hours", type=float, default=5)
    p.add_argument("--rate", type=float)
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if a.stage == "features":
        features(a.hours, a.data)
    else:
        {"idle": idle, "voice": voice}[a.stage](a.minutes, a.rate)
