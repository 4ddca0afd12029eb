"""Real speech without labels, for masked prediction: speech-to-intent, and the training recordings of speechocean762."""

import csv

import numpy as np

from common.audio import decode
from common.paths import work


def unlabelled(data, files=None):
    """int16 [samples] at 16 kHz of (the first) files, kept as work/speech/unlabelled.npy; None where the recordings are missing."""
    kept = work("speech", "unlabelled.npy")
    if kept.exists():
        return np.load(kept, mmap_mode="r")
    folder = data / "data" / "speech"
    if not folder.exists():
        return None
    everything = sorted((folder / "speech-to-intent").glob("*.opus"))
    with open(folder / "speechocean762" / "index.tsv", encoding="utf8", newline="") as f:
        train = {r["file"] for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if r["split"] == "train"}
    everything += [folder / "speechocean762" / name for name in sorted(train)]
    np.save(kept, np.concatenate([decode(path) for path in everything[:files]]))
    return np.load(kept, mmap_mode="r")
