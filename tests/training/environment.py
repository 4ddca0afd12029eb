"""Where the tests of the training code find it."""

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
ORT = REPOSITORY / "src" / "OnnxRuntime"
sys.path.insert(0, str(REPOSITORY / "models" / "training"))
