"""Moves a decoder from the stand-in context to the context encoder's: python3 listen.py CHECKPOINT FRAMES_FOLDER OUT

Ridge regression gives tongue = context @ R + r on the bank; the decoder's first layer had learnt what the stand-in
tongue @ P does, so its context columns become that after R. Training then goes on from there with real contexts.
"""
import sys
from pathlib import Path

import numpy as np
import torch

from frames import context_projection
from nets import CONTEXT, MOTION


def ridge(context, tongue, strength=30.0):
    """(R [256, 3], r [3], correlation per column on the last tenth of the rows, which is not fitted)."""
    x = np.c_[context, np.ones(len(context))].astype(np.float64)
    cut = len(x) * 9 // 10
    gram = x[:cut].T @ x[:cut] + strength * np.eye(x.shape[1])
    solution = np.linalg.solve(gram, x[:cut].T @ tongue[:cut])
    guess = x[cut:] @ solution
    return solution[:-1], solution[-1], [float(np.corrcoef(guess[:, k], tongue[cut:, k])[0, 1]) for k in range(3)]


def main(checkpoint, folder, out):
    bank = np.load(Path(folder) / "bank.npz")
    r, shift, correlation = ridge(bank["context"], bank["tongue"])
    print("tongue from context, held-out correlation (tip up, tip out, back):", np.round(correlation, 3))
    state = torch.load(checkpoint, map_location="cpu")
    weight, bias = state["decoder"]["enter.weight"], state["decoder"]["enter.bias"]
    scale = state["decoder"]["input_scale"][MOTION]
    columns = slice(MOTION, MOTION + CONTEXT)
    of_tongue = weight[:, columns] @ context_projection().T * scale          # [256, 3]: what one unit of tongue does
    weight[:, columns] = of_tongue @ torch.tensor(r.T, dtype=torch.float32) / scale
    bias += of_tongue @ torch.tensor(shift, dtype=torch.float32)
    torch.save(state, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
