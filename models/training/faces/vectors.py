"""Writes the test vectors of the face graphs: python3 vectors.py CHECKPOINT PACK_FOLDER OUT_FOLDER

face_<avatar>.bin: little-endian float32 motion 58, context 256, emotion 7, noise_code 10; face_<avatar>.i420.gz: the
frame torch computes from them and the avatar's portrait, 512 x 512 I420. A graph runtime must agree within 2 of 255.
"""
import gzip
import sys
from pathlib import Path

import numpy as np
import torch

import networks
from frames import portrait


def motion():
    m = np.zeros((1, 58), np.float32)
    for name, value in (("jawOpen", .35), ("mouthUpperUpLeft", .25), ("mouthUpperUpRight", .25), ("mouthSmileLeft", .3), ("mouthSmileRight", .3),
                        ("eyeLookOutLeft", .2), ("eyeLookInRight", .2), ("eyeBlinkLeft", .3), ("eyeBlinkRight", .3), ("browInnerUp", .4),
                        ("headYaw", .09), ("headPitch", -.04), ("headRoll", .05), ("headX", .02)):
        m[0, networks.INDEX[name]] = value
    return m


def write(encoder, decoder, pack, out):
    Path(out).mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(3)
    for picture in sorted(Path(pack).glob("avatars/*/portrait.png")):
        name = picture.parent.name
        told = [motion(), (.3 * rng.standard_normal((1, 256))).astype(np.float32), np.eye(7, dtype=np.float32)[4:5] * .5, rng.standard_normal((1, 10)).astype(np.float32)]
        frame = networks.frames(encoder, decoder, portrait(picture), told)[0]
        (Path(out) / f"face_{name}.bin").write_bytes(np.concatenate(told, 1).astype("<f4").tobytes())
        with open(Path(out) / f"face_{name}.i420.gz", "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as f:
            f.write(frame.tobytes())
    (Path(out) / "face.txt").write_text(__doc__.split("\n\n", 1)[1] + "\nMade by models/training/faces/vectors.py with torch " + torch.__version__ +
                                        " from the checkpoint that the pack's graphs were exported from.\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    write(*networks.load(sys.argv[1]), *sys.argv[2:])
