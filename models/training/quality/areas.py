"""Where face and mended part lie in the picture, for `./liveavatar perf quality`: writes tests/vectors/quality/areas.json.

    python3 -m quality.areas            (from models/training, after faces/areas.py changed)

"face": where pictures are compared and landmarks followed; "paste": the part that is drawn anew over the warped portrait, on whose border
a seam would show. Both left, top, width, height in pixels of a 512 x 512 picture.
"""

import json
import sys

from common.paths import REPOSITORY, TRAINING

sys.path.insert(0, str(TRAINING / "faces"))  # the face stages import one another by bare names
from areas import FACE, HEAD  # noqa: E402

if __name__ == "__main__":
    out = REPOSITORY / "tests" / "vectors" / "quality" / "areas.json"
    out.write_text(json.dumps({"size": 512, "face": list(FACE), "paste": list(HEAD)}) + "\n")
