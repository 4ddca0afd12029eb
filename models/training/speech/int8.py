"""Compares the int8 graph with the fp32 one in ONNX Runtime: how often they say the same viseme, and what each costs.

    ORT_MODULE=.../onnxruntime-node python3 -m speech.int8 [--seconds 60]      needs node; writes work/speech/int8.json
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch

from common.motion import CHUNK, SAMPLE_RATE
from common.paths import parser, work
from common.phones import VISEME_OF
from speech.encoder_io import load_task
from speech.heads import DELAY, DELAYS
from speech.learn import save_json
from speech.state import SIZE

SETS = ("test_awb", "test_rms", "test_emodb")
GRAPHS = ("speech_encoder.onnx", "speech_encoder.int8.onnx")


def run(graph, pcm, folder):
    """Features [frames, size], speaker state [calls, SIZE] and timings of a graph over float32 sound."""
    pcm.astype("<f4").tofile(folder / "pcm")
    script = Path(__file__).with_name("run_graph.js")
    plain = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}  # jemalloc is for torch
    said = subprocess.run(["node", str(script), str(graph), str(folder / "pcm"), str(folder / "out")], capture_output=True, text=True,
                          check=True, env=plain).stdout
    rows = np.fromfile(folder / "out", "<f4").reshape(len(pcm) // CHUNK, -1)
    return rows[:, :-SIZE].reshape(2 * len(rows), -1), rows[:, -SIZE:], json.loads(said)


@torch.no_grad()
def main():
    p = parser(__doc__)
    p.add_argument("--seconds", type=int, default=60, help="of each test set")
    a = p.parse_args()
    torch.set_num_threads(1)
    heads, same, off, mood, times = load_task().heads, [], [], [], {}
    for name in SETS:
        path = work("speech", name + ".npz")
        if not path.exists():
            continue
        pcm = np.load(path)["x"][:a.seconds * SAMPLE_RATE].astype(np.float32) / 32768
        with tempfile.TemporaryDirectory() as folder:
            outs = [run(work("speech", "export", g), pcm, Path(folder)) for g in GRAPHS]
        says = [heads(torch.from_numpy(f)[None])[0][0, :, DELAYS.index(DELAY)].argmax(1).numpy() for f, _, _ in outs]
        same.append(VISEME_OF[says[0]] == VISEME_OF[says[1]])
        off.append((outs[0][0] - outs[1][0]) / outs[0][0].std())
        mood.append(np.abs(outs[0][1] - outs[1][1]))
        times = {g: t for g, (_, _, t) in zip(GRAPHS, outs)}
    scores = {"visemeEqual": np.concatenate(same).mean(), "featureErrorRms": np.concatenate(off).std(),
              "speakerStateErrorMean": np.concatenate(mood).mean(), "msPerCall": times}
    print(scores)
    save_json(work("speech", "int8.json"), scores)


if __name__ == "__main__":
    main()
