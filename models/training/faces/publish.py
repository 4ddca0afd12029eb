"""Puts the face networks into the pack: python3 publish.py CHECKPOINT FRAMES_FOLDER PACK_FOLDER VECTORS_FOLDER

Portraits, both graphs, the test vectors and the faces' scores (merged into scores.json).
"""
import json
import shutil
import sys
from pathlib import Path

import export
import score
import vectors
from looks import DISPLAY, SHIPPED


def main(checkpoint, frames, pack, out):
    pack = Path(pack)
    for name in SHIPPED:
        folder = pack / "avatars" / name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(frames) / f"still_{name}.png", folder / "portrait.png")
        (folder / "avatar.json").write_text(json.dumps({"displayName": DISPLAY[name], "made": "MakeHuman assets (CC0), models/training/faces"}, indent=2) + "\n")
    export.write(*score.load(checkpoint), pack)
    vectors.main(checkpoint, pack, out)
    path = pack / "scores.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    known.update(score.main(checkpoint, frames, heard=True))
    path.write_text(json.dumps(known, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
