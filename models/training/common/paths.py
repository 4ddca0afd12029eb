"""Where things are: source data (--data or LIVEAVATAR_DATA), generated data (work/), the pack."""

import argparse
import os
from pathlib import Path

TRAINING = Path(__file__).resolve().parents[1]
REPOSITORY = TRAINING.parents[1]
# ./liveavatar train --smoke writes elsewhere.
PACK = Path(os.environ.get("LIVEAVATAR_TRAIN_PACK", REPOSITORY / "models" / "presenter"))
VECTORS = Path(os.environ.get("LIVEAVATAR_TRAIN_VECTORS", REPOSITORY / "tests" / "vectors" / "pack"))


def work(*parts):
    """A path under models/training/work (or LIVEAVATAR_WORK), its folder made."""
    path = Path(os.environ.get("LIVEAVATAR_WORK", TRAINING / "work")).joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def parser(description):
    """Argument parser with the --data option every stage shares."""
    p = argparse.ArgumentParser(description=description)
    p.add_argument("--data", type=Path, default=Path(os.environ.get("LIVEAVATAR_DATA", REPOSITORY.parent / "shared")),
                   help="folder with data/ and assets/ (default: LIVEAVATAR_DATA or ../shared)")
    return p
