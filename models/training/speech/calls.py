"""Rows of training batches through Opus, by worker processes where the training itself runs on a GPU."""

import multiprocessing
from collections import deque

import numpy as np
import torch

from common.device import DEVICE, put
from speech.opus import OpusCall

AWAY = 24  # groups of rows under way at most
_opus = None


def coded(x, seed):
    """int16 [rows, samples] through one call each."""
    global _opus
    _opus = _opus or OpusCall()
    rng = np.random.default_rng(seed)
    return np.stack([_opus.at_random(row, rng) for row in x])


class Calls:
    """Worker processes. Make it before anything is computed on the GPU: it forks."""

    def __init__(self, workers):
        self._pool = multiprocessing.get_context("fork").Pool(workers)
        self._workers, self._copying, self._away = workers, deque(), deque()

    def close(self):
        self._pool.terminate()

    def exchange(self, heard, labels, rng):
        """Sends copies of the rows off and returns rows of the same shapes that came home, or None while there are none.

        heard [rows, samples] and every tensor of `labels` lie on DEVICE.
        """
        if len(self._copying) + len(self._away) < AWAY:
            sound = (heard * 32767).short()
            host = torch.empty(sound.shape, dtype=sound.dtype, pin_memory=DEVICE.type == "cuda").copy_(sound, non_blocking=True)
            copied = torch.cuda.Event() if DEVICE.type == "cuda" else None
            if copied:
                copied.record()
            self._copying.append((host, copied, [t.clone() for t in labels]))
        while self._copying and (self._copying[0][1] is None or self._copying[0][1].query()):
            host, _, kept = self._copying.popleft()
            parts = np.array_split(host.numpy(), self._workers)
            seeds = rng.integers(2 ** 62, size=len(parts))
            self._away.append((self._pool.starmap_async(coded, [(p, s) for p, s in zip(parts, seeds) if len(p)], chunksize=1), kept))
        if not self._away or not self._away[0][0].ready():
            return None
        result, kept = self._away.popleft()
        return put(np.concatenate(result.get())).float() / 32767, kept
