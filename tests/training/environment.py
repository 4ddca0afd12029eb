"""Where the tests of the training code find it."""

import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
ORT = REPOSITORY / "src" / "OnnxRuntime"
SERVER = Path(os.environ.get("LIVEAVATAR_SERVER", REPOSITORY / "src/LiveAvatar.Server/bin/Release/net10.0/LiveAvatar.Server"))
sys.path.insert(0, str(REPOSITORY / "models" / "training"))
