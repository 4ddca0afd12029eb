"""Checks a finished pack: its graphs in ONNX Runtime against torch's vectors and int8 twins against their graphs, and the engine.

    python3 -m cli.check graphs [--least-psnr DB]      needs ONNX Runtime for Node (./liveavatar setup)
    python3 -m cli.check engine                        the server loads the pack and renders a sentence
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from PIL import Image

from common.audio import decode, write_wav
from common.paths import PACK, REPOSITORY, VECTORS

ORT = REPOSITORY / "src" / "OnnxRuntime" / "node_modules" / "onnxruntime-node"
VOICE = REPOSITORY / "tests" / "vectors" / "voices" / "human.wav"
SECONDS = 3


def portraits(pack, folder):
    """Writes <avatar>.rgb for each avatar as the identity encoder takes it: planar float32 0..1 [3, height, width]."""
    graph = onnx.load(str(PACK / pack["graphs"]["identityEncoder"]["file"]), load_external_data=False).graph
    _, _, height, width = (d.dim_value for d in graph.input[0].type.tensor_type.shape.dim)
    for avatar in pack["avatars"]:
        image = Image.open(PACK / avatar["portrait"]).convert("RGB")
        image = image if image.size == (width, height) else image.resize((width, height), Image.BOX)
        planes = np.asarray(image, np.float32).transpose(2, 0, 1) / 255
        (folder / (avatar["name"] + ".rgb")).write_bytes(np.ascontiguousarray(planes, "<f4").tobytes())


def graphs(least_psnr):
    if not ORT.exists():
        sys.exit("ONNX Runtime for Node is missing: run ./liveavatar setup.")
    with tempfile.TemporaryDirectory() as held:
        portraits(json.loads((PACK / "pack.json").read_text()), Path(held))
        script = Path(__file__).with_name("check.js")
        return subprocess.run(["node", str(script), str(PACK), str(VECTORS), held, str(least_psnr)],
                              env={**os.environ, "ORT_MODULE": str(ORT), "LD_PRELOAD": ""}).returncode


def engine():
    """`render` goes the whole way: the loader's checks, the engine's own trial run, every frame of a sentence."""
    with tempfile.TemporaryDirectory() as held:
        voice, video = Path(held) / "voice.wav", Path(held) / "clip.webm"
        write_wav(voice, decode(VOICE)[:SECONDS * 16000])
        server = os.environ.get("LIVEAVATAR_SERVER")  # set by ./liveavatar test, which has built it already
        program = [server] if server else [str(REPOSITORY / "liveavatar")]
        run = subprocess.run([*program, "render", str(voice), "-o", str(video), "--pack", str(PACK)], env={**os.environ, "LD_PRELOAD": ""})
        if run.returncode:
            return run.returncode
        print(f"the engine loads the pack and renders {SECONDS} s: {video.stat().st_size / 1024:.0f} KiB")
        return 0


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("what", choices=("graphs", "engine"))
    p.add_argument("--least-psnr", type=float, default=38, help="dB that an int8 decoder keeps to its graph (default 38)")
    chosen = p.parse_args()
    return graphs(chosen.least_psnr) if chosen.what == "graphs" else engine()


if __name__ == "__main__":
    sys.exit(main())
