"""Keeps the axes of the context over a new training, so that frame decoders trained before still understand it.

    python3 -m speech.keep_context FOLDER       FOLDER/speech holds joint.pt, idle.pt, voice.pt (and axes.pt) of before

Ridge regression from the new contexts to the earlier ones on the same sounds; writes work/speech/axes.pt, which the export
puts into the graph.
"""

import os
from pathlib import Path

import numpy as np
import torch

from common.motion import EMOTIONS, NOISE
from common.paths import parser, work
from speech.data import Crops
from speech.export import load_context, load_encoder
from speech.train import MIX

BATCHES, BATCH, SECONDS = 12, 8, 8
RIDGE = 10.0


@torch.no_grad()
def contexts(encoder, context, batches):
    """Contexts [frames, 256] of the recordings, neutral and at rest."""
    out = []
    for pcm in batches:
        features = encoder(torch.from_numpy(pcm))
        b, n = features.shape[0], features.shape[1] // 2
        none = torch.zeros(b, n, max(len(EMOTIONS), NOISE))
        y = context(features, none[..., :len(EMOTIONS)], none[..., :6], none[..., :1], none[..., :NOISE],
                    *context.initial_state(b).values())[0]
        out.append(y.reshape(-1, y.shape[2]).numpy())
    return np.concatenate(out).astype(np.float64)


def main():
    p = parser(__doc__)
    p.add_argument("folder", type=Path)
    a = p.parse_args()
    torch.set_num_threads(1)
    work("speech", "axes.pt").unlink(missing_ok=True)
    crops = Crops({k: v for k, v in MIX.items() if k != "espeak"}, a.data, seed=21, seconds=SECONDS)
    batches = [crops.batch(BATCH)[0] for _ in range(BATCHES)]
    new = contexts(load_encoder(), load_context(), batches)
    here = os.environ.get("LIVEAVATAR_WORK")
    os.environ["LIVEAVATAR_WORK"] = str(a.folder)
    old = contexts(load_encoder(), load_context(), batches)
    del os.environ["LIVEAVATAR_WORK"]
    if here:
        os.environ["LIVEAVATAR_WORK"] = here
    train = np.arange(len(new)) < .85 * len(new)
    x = np.c_[new, np.ones(len(new))]
    w = np.linalg.solve(x[train].T @ x[train] + RIDGE * np.eye(x.shape[1]), x[train].T @ old[train])
    spread = np.square(old[~train] - old[train].mean(0)).sum()
    for name, guess in (("as it is", new), ("on the earlier axes", x @ w)):
        print(f"share of the earlier context explained, {name}: {1 - np.square(old - guess)[~train].sum() / spread:.3f}")
    w = torch.from_numpy(w.astype(np.float32))
    torch.save({"axes": w[:-1], "origin": w[-1]}, work("speech", "axes.pt"))


if __name__ == "__main__":
    main()
