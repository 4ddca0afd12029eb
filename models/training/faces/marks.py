"""Where mouth and eyes are in each look's rest picture, for the loss: python3 marks.py FRAMES_FOLDER LOOK ..."""
import json
import sys
from pathlib import Path

import numpy as np

from render import Renderer


def marks(renderer):
    """Mouth and eyes as (x, y) in -1..1 of the whole picture, y down."""
    renderer.head.pose({}, np.zeros(6))

    def place(points):
        q = renderer.camera @ np.r_[points, 1]
        return [float(q[0] / q[3]), float(-q[1] / q[3])]
    teeth, eyes = renderer.part("teeth"), renderer.part("eyes")
    front = teeth[teeth[:, 2] > teeth[:, 2].max() - .15]
    left = eyes[:, 0] > 0
    return {"mouth": place(front.mean(0)), "eyes": [place(eyes[m].mean(0) + (0, 0, .12)) for m in (left, ~left)]}


if __name__ == "__main__":
    path = Path(sys.argv[1]) / "marks.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    known.update({look: marks(Renderer(look)) for look in sys.argv[2:]})
    path.write_text(json.dumps(known, indent=1))
    print(known)
