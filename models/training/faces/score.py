"""Scores a checkpoint on held-out frames: python3 score.py CHECKPOINT FRAMES_FOLDER [OUT.json] [--pack PACK] [--sheet SHEET.png]

--pack: a folder with the exported graphs, to measure int8 against float32 in ONNX Runtime (node draw.js; needs ORT_MODULE).
All numbers are of luma. Face: 224 x 256 pixels around the nose, mouth: 96 x 72, both where the head is in that frame.
"""
import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch

import networks
from areas import HEAD
from frames import Frames, where
from judge import FACE_BOX, middle
from looks import LOOKS, SHIPPED
from metrics import box, gradient, planes, psnr, ssim
from region import to_rgb

MOUTH_BOX = 96, 72


def compare(frame, held, row, marks):
    """Scores of one drawn frame against the teacher's."""
    y, truth, flow = planes(frame)[0], held["y"][row], held["flow"][row]
    face, mouth = box(where(flow, middle(marks)), *FACE_BOX), box(where(flow, marks["mouth"]), *MOUTH_BOX)
    head = slice(HEAD.top, HEAD.top + HEAD.height), slice(HEAD.left, HEAD.left + HEAD.width)
    return {"facePsnr": psnr(y[face], truth[face]), "faceSsim": ssim(y[face], truth[face]), "sharpness": gradient(y[face]) / gradient(truth[face]),
            "mouthPsnr": psnr(y[mouth], truth[mouth]), "mouthSsim": ssim(y[mouth], truth[mouth]), "mouthSharpness": gradient(y[mouth]) / gradient(truth[mouth]),
            "framePsnr": psnr(y, truth), "frameSsim": ssim(y, truth), "headPsnr": psnr(y[head], truth[head]), "seam": seam(y) - seam(truth)}


def seam(y):
    """How much steeper the picture is across HEAD's border than beside it, in levels of luma per pixel."""
    y = y.astype(float)
    left, right, bottom = HEAD.left, HEAD.left + HEAD.width, HEAD.top + HEAD.height
    rows, columns = slice(HEAD.top, bottom), slice(left, right)
    step = lambda k: np.concatenate([np.abs(y[rows, left + k] - y[rows, left + k - 1]), np.abs(y[rows, right + k] - y[rows, right + k - 1]),
                                     np.abs(y[bottom + k, columns] - y[bottom + k - 1, columns])]).mean()
    return step(0) - (step(-2) + step(2)) / 2


@torch.no_grad()
def identities(encoder, data, drawn):
    """Distances in the identity encoder's space: of drawn frames to their own portrait, and between portraits."""
    own, others = [], []
    codes = {k: encoder.maps(data.portraits[i:i + 1])[0] for i, k in enumerate(data.looks)}
    for look, pictures in drawn.items():
        for frame in pictures:
            rgb = torch.from_numpy(to_rgb(*planes(frame))).permute(2, 0, 1)[None] / 255.0
            own.append(float((encoder.maps(rgb)[0] - codes[look]).norm()))
        others += [float((codes[look] - codes[k]).norm()) for k in drawn if k != look]
    return {"identityWithin": float(np.mean(own)), "identityWithinWorst": max(own), "identityBetween": min(others, default=0.0)}


def with_runtime(pack, graph, portrait, told):
    """Frames [n, 768, 512] as ONNX Runtime draws them."""
    with tempfile.TemporaryDirectory() as t:
        t = Path(t)
        (t / "rgb").write_bytes((portrait * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous().numpy().tobytes())
        (t / "in").write_bytes(np.concatenate(told, 1).astype("<f4").tobytes())
        subprocess.run(["node", Path(__file__).with_name("draw.js"), pack, graph, t / "rgb", t / "in", t / "out"], check=True)
        return np.frombuffer((t / "out").read_bytes(), np.uint8).reshape(-1, 768, 512)


def int8_against_float(pack, decoder, data, looks, rows=8):
    scores, truth = [], []
    for look in looks:
        held = {k: v[:rows] for k, v in data.held_out[look].items()}
        told, portrait = networks.inputs(decoder, held), data.portraits[data.looks.index(look)]
        plain, small = (with_runtime(pack, g, portrait, told) for g in ("frame_decoder.onnx", "frame_decoder.int8.onnx"))
        scores += [psnr(a, b) for a, b in zip(small, plain)]
        truth += [compare(a, held, r, data.marks[look])["facePsnr"] for r, a in enumerate(small)]
    return {"int8Psnr": float(np.mean(scores)), "int8PsnrWorst": float(min(scores)), "int8FacePsnr": float(np.mean(truth))}


def main(arguments=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("checkpoint"), p.add_argument("frames"), p.add_argument("out", nargs="?")
    p.add_argument("--pack"), p.add_argument("--sheet"), p.add_argument("--articulation"), p.add_argument("--rows", type=int, default=20)
    a = p.parse_args(arguments)
    torch.set_num_threads(1)
    encoder, decoder = networks.load(a.checkpoint, a.articulation)
    folder = Path(a.frames)
    data = Frames(folder, [k for k in LOOKS if k in SHIPPED and any(folder.glob(f"chunk_{k}_001.npz"))])
    if not data.looks:
        raise SystemExit(f"score: no presenter has a chunk 1 in {folder}, which is what is held out")
    report, drawn, pictures = {}, {}, {}
    for i, look in enumerate(data.looks):
        held = {k: v[:a.rows] for k, v in data.held_out[look].items()}
        drawn[look] = networks.frames(encoder, decoder, data.portraits[i], networks.inputs(decoder, held))
        scores = [compare(frame, held, r, data.marks[look]) for r, frame in enumerate(drawn[look])]
        report[look] = {k: round(float(np.mean([s[k] for s in scores])), 4) for k in scores[0]}
        print(look, report[look], flush=True)
        for r in range(0, len(drawn[look]), 4):
            both = [to_rgb(held["y"][r], held["u"][r], held["v"][r]), to_rgb(*planes(drawn[look][r]))]
            pictures[f"{look} {r}"] = np.concatenate(both, 0)
    report["all"] = {k: round(float(np.mean([report[x][k] for x in data.looks])), 4) for k in report[data.looks[0]]}
    report["all"].update({k: round(v, 4) for k, v in identities(encoder, data, drawn).items()})
    if a.pack:
        report["all"].update({k: round(v, 3) for k, v in int8_against_float(a.pack, decoder, data, data.looks).items()})
    print("all", report["all"])
    if a.sheet:
        from sheet import grid  # needs the MakeHuman kit
        grid(pictures, 5).save(a.sheet)
    if a.out:
        path = Path(a.out)
        path.with_suffix(".tmp").write_text(json.dumps(report, indent=2) + "\n")
        path.with_suffix(".tmp").rename(path)
    return report


if __name__ == "__main__":
    main()
