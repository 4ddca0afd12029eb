"""How a training goes: quick numbers on voices held back (never the tests)."""

import numpy as np
import torch

from common.device import LARGE, put
from common.paths import work
from common.phones import VISEME_OF
from speech.closures import VALIDATION, choose, closures_of
from speech.heads import DELAY, DELAYS

PIECE = 10  # seconds
PIECES = 1000 if LARGE else 8  # of a set, at most
NOISE_DB = 10


def noisy(pcm):
    """White noise NOISE_DB below the level of each piece."""
    return pcm + torch.randn_like(pcm) * pcm.square().mean(1, keepdim=True).sqrt() * 10 ** (-NOISE_DB / 20)


@torch.no_grad()
def quick_scores(task):
    """{set: (share of frames with the right viseme, closures found, closures right)} at the look-ahead that ships, clean and noisy.

    The thresholds of closures are the best for each set: for comparing two moments of a training, not for a report.
    """
    task.eval()
    out = {}
    for name in VALIDATION:
        if not work("speech", name + ".npz").exists():
            continue
        z = np.load(work("speech", name + ".npz"))
        n = min(len(z["x"]) // (PIECE * 16000), PIECES)
        pcm = put(z["x"][:n * PIECE * 16000].astype(np.float32) / 32768).reshape(n, -1)
        visemes = VISEME_OF[z["phones"][:n * PIECE * 50].reshape(n, -1)][:, :-DELAY]
        segments = z["segments"][z["segments"][:, 1] < n * PIECE]
        for key, heard in ((name[4:], pcm), (name[4:] + "+noise", noisy(pcm)))[:2 if LARGE else 1]:
            says, _, shuts = task(heard)
            hits = VISEME_OF[says[:, DELAY:, DELAYS.index(DELAY)].argmax(2).cpu().numpy()] == visemes
            logits = np.roll(shuts[:, :, DELAYS.index(DELAY)].cpu().numpy(), -DELAY, 1).ravel()
            _, _, recall, precision = choose([logits], [closures_of(segments)], highs=np.arange(-2, 3.1, .5), gaps=(1,))
            out[key] = tuple(round(float(v), 3) for v in (hits.mean(), recall, precision))
    return out
