"""The environment training runs in: where its folders are and what makes torch fast here."""

import os
import re
import subprocess
from pathlib import Path

TRAINING = Path(__file__).resolve().parents[1]
REPOSITORY = TRAINING.parents[1]
# Two packages decide the speed: OpenBLAS (30 times the reference BLAS) and jemalloc (nearly twice malloc, which gives
# large tensors back to the system each time). One thread: two gain nothing on shared cores.
FAST = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1"}


def library(name):
    listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
    found = re.search(rf"{re.escape(name)} .*=> (\S+)", listed)
    return found and found[1]


def slow():
    """A sentence if matrix products would be slow, else None."""
    blas = os.path.realpath(library("libblas.so.3") or "")
    return None if "openblas" in blas else ("matrix products are slow: OpenBLAS is not the BLAS in use "
                                            "(sudo update-alternatives --config libblas.so.3-x86_64-linux-gnu).")


class Folders:
    """Where a run reads and writes. Smoke mode has folders of its own and never touches models/presenter."""

    def __init__(self, data=None, smoke=False):
        self.data = Path(data or os.environ.get("LIVEAVATAR_DATA", REPOSITORY.parent / "shared")).resolve()
        self.work = Path(os.environ.get("LIVEAVATAR_WORK", TRAINING / "work"))
        self.pack, self.vectors = REPOSITORY / "models" / "presenter", REPOSITORY / "tests" / "vectors" / "pack"
        if smoke:
            self.work = self.work / "smoke"
            self.pack, self.vectors = self.work / "presenter", self.work / "vectors"
        self.logs = self.work / "logs"

    def environment(self, renders=False):
        """Environment variables of a step; one that renders keeps malloc, since under jemalloc Mesa grows by 3 MB a picture."""
        found = {**FAST, **os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(TRAINING), "LIVEAVATAR_DATA": str(self.data), "LIVEAVATAR_WORK": str(self.work),
                 "LIVEAVATAR_TRAIN_PACK": str(self.pack), "LIVEAVATAR_TRAIN_VECTORS": str(self.vectors)}
        found.setdefault("MAKEHUMAN_KIT", str(self.data / "assets" / "makehuman"))
        found.setdefault("FACES_LIGHT", str(self.work / "faces" / "light"))
        jemalloc = library("libjemalloc.so.2")
        if jemalloc and not renders:
            found.setdefault("LD_PRELOAD", jemalloc)
        return found

    def fill(self, argument):
        return argument.format(work=self.work, pack=self.pack, vectors=self.vectors)
