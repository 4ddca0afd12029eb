"""What is read from the features in training, and by the scores: phones, mouth curves and lip closure at three look-aheads."""

import functools

import torch
import torch.nn.functional as F
from torch import nn

from common.mouth import CURVES
from common.phones import CONTROLS, PHONES
from speech.encoder import Linear
from speech.mel import LogMel

DELAYS = (0, 2, 4)  # frames of 20 ms that a label stays behind the sound: look-ahead 0, 40 and 80 ms
DELAY = 2  # the one that ships
CLOSURE, TEETH = len(CONTROLS), len(CONTROLS) + 1
UNITS = 100  # clusters of the masked prediction (speech/masked.py)
NEAR = 3  # frames of 20 ms by which a decided closure may be early or late
PER_VIDEO = 2  # frames of 20 ms in a video frame
# A false closure on these weighs twice: most of them fall there.
HARD = ("N", "T", "K", "G", "D", "NG")


class ClosureHead(nn.Module):
    """Lips together or not, per 20 ms and look-ahead, from the present features and the four frames before them."""

    TAPS = 5

    def __init__(self, size, hidden=64):
        super().__init__()
        self.first, self.second = Linear(self.TAPS * size, hidden), Linear(hidden, len(DELAYS))

    def forward(self, features):
        x, n = F.pad(features, (0, 0, self.TAPS - 1, 0)), features.shape[1]
        return self.second(F.gelu(self.first(torch.cat([x[:, k:k + n] for k in range(self.TAPS)], 2))))


class Heads(nn.Module):
    """Every output is float32 and carries a dimension of look-aheads before the last. `front` is the size of the convolutions' output."""

    def __init__(self, size, front):
        super().__init__()
        self.mel = Linear(front, LogMel.SIZE)
        self.phones = Linear(size, len(DELAYS) * len(PHONES))
        self.curves = Linear(PER_VIDEO * size, len(DELAYS) * CURVES)
        self.closure = ClosureHead(size)
        self.letters = Linear(size, len(PHONES))  # connectionist temporal classification; silence serves as the blank
        self.units = Linear(size, UNITS)
        self.pitch = Linear(size, 2)  # voiced or not, log2(f0 / 150 Hz)

    def forward(self, features):
        """features [batch, frames, size] -> phones [.., frames, 3, PHONES], curves [.., frames / 2, 3, CURVES], closure [.., frames, 3]."""
        b, n, size = features.shape
        pairs = features.reshape(b, n // PER_VIDEO, PER_VIDEO * size)
        return (self.phones(features).float().reshape(b, n, len(DELAYS), -1),
                self.curves(pairs).float().reshape(b, n // PER_VIDEO, len(DELAYS), -1), self.closure(features).float())


@functools.lru_cache(None)
def hard_on(device):
    return torch.tensor([1.0 if p in HARD else 0.0 for p in PHONES], device=device)


def frame_losses(outputs, phones, curves, closure):
    """{name: loss} summed over the look-aheads, each against labels moved by its delay; hits of the shipped look-ahead."""
    says, moves, shuts = outputs
    loss = dict.fromkeys(("phone", "shape", "curve_closure", "teeth", "closure"), 0.0)
    for k, delay in enumerate(DELAYS):
        share = .5 if delay == DELAY else .25
        keep, video = phones.shape[1] - delay, curves.shape[1] - delay // PER_VIDEO
        said, label = says[:, delay:, k], phones[:, :keep]
        loss["phone"] += share * F.cross_entropy(said.flatten(0, 1), label.flatten(), label_smoothing=.05)
        shape, shut, teeth = curve_loss(moves[:, delay // PER_VIDEO:, k], curves[:, :video])
        loss["shape"] += share * shape
        loss["curve_closure"] += share * shut
        loss["teeth"] += share * teeth
        loss["closure"] += share * closure_loss(shuts[:, delay:, k], closure[:, :keep], hard_on(label.device)[label])
        if delay == DELAY:
            hits = (said.argmax(2) == label).float().mean()
    return loss, hits


def pitch_loss(out, voiced, pitch):
    """out [batch, frames, 2], DELAY behind the sound; voiced bool and pitch float [batch, frames]."""
    out, voiced, pitch = out[:, DELAY:], voiced[:, :-DELAY], pitch[:, :-DELAY]
    off = (out[..., 1] - pitch).abs().clamp(max=1)
    return F.binary_cross_entropy_with_logits(out[..., 0], voiced.float()) + 2 * (off * voiced).mean()


def curve_loss(out, target):
    """L1 on controls and stress, cross-entropy on lip closure (heavier where lips close) and on lip-to-teeth."""
    plain = [k for k in range(CURVES) if k not in (CLOSURE, TEETH)]
    shape = (out[..., plain] - target[..., plain]).abs().mean()
    close = F.binary_cross_entropy_with_logits(out[..., CLOSURE], target[..., CLOSURE], pos_weight=target.new_full((), 2.0))
    teeth = F.binary_cross_entropy_with_logits(out[..., TEETH], target[..., TEETH])
    return shape, close, teeth


def closure_loss(logits, target, hard, positive=2.0, exact=.2):
    """Loss of a closure decision that may come NEAR frames early or late; logits and target [batch, frames].

    p, b and m can often be told from t, d, n only by what follows their release, after the look-ahead has passed. So a closed frame asks for
    one sure frame soon, frames near a closure are not held against it, frames far from one are, by 1 + hard, and `exact` weighs the
    frame-by-frame loss that keeps it in place.
    """
    def highest(x, before, after):
        return F.max_pool1d(F.pad(x, (before, after), value=-1e4)[:, None], before + after + 1, 1)[:, 0]

    far = (1 - highest(target, NEAR, NEAR).clamp(min=0)) * (1 + hard)
    event = (focal(highest(logits, 1, 2 * NEAR), torch.ones_like(target)) * target * positive + focal(logits, torch.zeros_like(target)) * far).mean()
    return event + exact * (focal(logits, target) * (1 + (positive - 1) * target)).mean()


def focal(logits, target):
    """Cross-entropy per frame that looks away from what is sure already (Lin et al. 2017, exponent 1)."""
    off = (torch.sigmoid(logits) - target).abs().detach()
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none") * (.1 + off)
