"""Real speech without labels, for masked prediction: speech-to-intent, and the training recordings of speechocean762."""

import csv

import numpy as np

from common.audio import decode
from common.paths import work


def files(data):
    """Its recordings, in the order in which they follow each other."""
    folder = data / "data" / "speech"
    with open(folder / "speechocean762" / "index.tsv", encoding="utf8", newline="") as f:
        train = {r["file"] for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if r["split"] == "train"}
    return [*sorted((folder / "speech-to-intent").glob("*.opus")), *(folder / "speechocean762" / name for name in sorted(train))]


def unlabelled(data, count=None):
    """int16 [samples] at 16 kHz of (the first) recordings, kept as work/speech/unlabelled.npy; None where they are missing."""
    kept = work("speech", "unlabelled.npy")
    if kept.exists():
        return np.load(kept, mmap_mode="r")
    if not (data / "data" / "speech").exists():
        return None
    np.save(kept, np.concatenate([decode(path) for path in files(data)[:count]]))
    return np.load(kept, mmap_mode="r")
