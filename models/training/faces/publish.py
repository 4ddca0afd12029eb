"""Puts the face networks into the pack: python3 publish.py CHECKPOINT FRAMES_FOLDER PACK_FOLDER VECTORS_FOLDER [--articulation FILE]

Portraits, the graphs (float32 and int8), the test vectors, and the pictures for the quality harness (held_out.py). Run it
again whenever the weights of the articulation change: they are folded into the graphs.
"""
import argparse
import json
import shutil
from pathlib import Path

import torch

import export
import held_out
import networks
import quantise
import vectors
from frames import Frames
from looks import DESCRIPTION, DISPLAY, SHIPPED


def portraits(frames, pack, names):
    for name in names:
        folder = pack / "avatars" / name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(frames / f"still_{name}.png", folder / "portrait.png")
        facts = {"displayName": DISPLAY[name], "description": DESCRIPTION[name], "made": "MakeHuman assets (CC0), models/training/faces"}
        (folder / "avatar.json").write_text(json.dumps(facts, indent=2) + "\n")


def main(arguments=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("checkpoint"), p.add_argument("frames", type=Path), p.add_argument("pack", type=Path), p.add_argument("vectors", type=Path)
    p.add_argument("--articulation"), p.add_argument("--quality", type=Path, help="folder for the quality harness's pictures")
    p.add_argument("--rows", type=int, default=24, help="frames of each presenter to calibrate int8 with")
    a = p.parse_args(arguments)
    torch.set_num_threads(1)
    names = [k for k in SHIPPED if any(a.frames.glob(f"chunk_{k}_*.npz"))]
    encoder, decoder = networks.load(a.checkpoint, a.articulation)
    data = Frames(a.frames, names)
    portraits(a.frames, a.pack, names)
    export.write(encoder, decoder, a.pack)
    vectors.write(encoder, decoder, a.pack, a.vectors)
    if a.quality:
        held_out.write(decoder, data, a.quality)
    ranges = quantise.calibrate(encoder, decoder, data, a.rows)
    count = quantise.write(a.pack / "frame_decoder.onnx", a.pack / "frame_decoder.int8.onnx", ranges)
    for graph in ("identity_encoder", "frame_decoder", "frame_decoder.int8"):
        print(graph, f"{(a.pack / f'{graph}.onnx').stat().st_size / 1e6:.2f} MB")
    print(count, "convolutions in int8")


if __name__ == "__main__":
    main()
