"""Masked prediction on unlabelled speech (wav2vec 2.0 and HuBERT, Hsu et al. 2021): spans of the front end's output are replaced
by a learned vector, and the transformer tells which of 100 sound clusters they were."""

import numpy as np
import torch
import torch.nn.functional as F

from common.device import DEVICE, put
from common.motion import SAMPLE_RATE
from speech.heads import DELAY, UNITS
from speech.mel import LogMel

START, SPAN = .06, (3, 9)  # share of frames where a span starts; its length in frames


class Clusters:
    """K-means of log-mel frames: the hidden units. Found once from the speech itself, so nothing needs to be stored."""

    def __init__(self, speech, rng, rounds=12):
        """speech int16 [samples]."""
        self.mel = LogMel().to(DEVICE)
        picks = rng.integers(0, len(speech) - SAMPLE_RATE, 150)
        x = put(np.stack([speech[i:i + SAMPLE_RATE] for i in picks]).astype(np.float32) / 32768)
        rows = self.mel(x)[:, 2:].reshape(-1, LogMel.SIZE)
        self.centres = rows[put(rng.permutation(len(rows))[:UNITS])]
        for _ in range(rounds):
            own = torch.cdist(rows, self.centres).argmin(1)
            for k in range(UNITS):
                if (own == k).any():
                    self.centres[k] = rows[own == k].mean(0)

    def of(self, pcm):
        """Unit of each frame, int64 [batch, frames]."""
        return torch.cdist(self.mel(pcm), self.centres[None]).argmin(2)


def spans(rng, batch, frames):
    """bool [batch, frames], True inside masked spans."""
    out = np.zeros((batch, frames + SPAN[1]), bool)
    for b, t in zip(*np.nonzero(rng.random((batch, frames)) < START)):
        out[b, t:t + rng.integers(*SPAN)] = True
    return put(out[:, :frames])


def masked_loss(logits, units, mask):
    """Cross-entropy on masked frames only; logits [batch, frames, UNITS] come DELAY frames after their sound."""
    said, wanted, where = logits[:, DELAY:], units[:, :-DELAY], mask[:, :-DELAY]
    return (F.cross_entropy(said.transpose(1, 2), wanted, reduction="none") * where).sum() / (where.sum() + 1e-6)
