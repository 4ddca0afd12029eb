"""Writes context_encoder.onnx, and the vectors that tests compare with.

    python3 -m motion.export [--out FOLDER] [--vectors]     needs the stages idle, voice and calibrate, and the speech encoder

FOLDER is the pack unless given; --vectors renews tests/vectors/pack, the speech encoder's pcm and features included.
Streaming (call by call) is checked against one pass over the whole 2 s before anything is written. Also writes
work/motion/articulation.pt, the linear map from the context to the tongue, and keeps the weights in checkpoints/motion.
"""

from pathlib import Path

import numpy as np
import torch

from common.motion import EMOTIONS, NOISE
from common.paths import PACK, TRAINING, VECTORS, parser, work
from motion import learn
from motion.context import ContextEncoder
from motion.nets import ARTICULATION, CONTEXT, PER_FRAME, POSE
from motion.perform import load_context

TOLERANCE = 1e-4
KEPT = TRAINING / "checkpoints" / "motion"
CALLS = 50


def steering(seed=17):
    """Everything but sound that the context encoder takes, for CALLS calls: [1, CALLS, n] each."""
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 1, CALLS, dtype=np.float32)[:, None]
    emotion = np.zeros((CALLS, len(EMOTIONS)), np.float32)
    emotion[10:, 4] = np.minimum(1, (np.arange(CALLS - 10)) / 10)
    emotion[30:, 0] = .5
    pose = np.concatenate([.3 * np.sin(6 * t), .1 * t, -.1 * t, .02 * t, 0 * t, .05 * t], 1).astype(np.float32)
    weight = np.clip(2 * t - .5, 0, 1).astype(np.float32)
    noise = rng.standard_normal((CALLS, NOISE)).astype(np.float32)
    noise[5, 0] = 3  # a blink
    return {"emotion": emotion[None], "pose": pose[None], "pose_weight": weight[None], "noise": noise[None]}


@torch.no_grad()
def both_ways(context, inputs):
    """Outputs of one pass over all calls, {name: [1, CALLS, n]}; fails where call by call differs by more than TOLERANCE."""
    t = {k: torch.from_numpy(a) for k, a in inputs.items()}
    whole = context(*(t[k] for k in ContextEncoder.INPUTS), *context.initial_state().values())[:3]
    state, calls = list(context.initial_state().values()), []
    for n in range(CALLS):
        f = t["features"][:, PER_FRAME * n:PER_FRAME * (n + 1)]
        *y, = context.step(f, *(t[k][:, n] for k in ContextEncoder.INPUTS[1:]), *state)
        calls.append(y[:3])
        state = y[3:]
    for i, name in enumerate(ContextEncoder.OUTPUTS):
        error = (torch.stack([c[i] for c in calls], 1) - whole[i]).abs().max().item()
        print(f"streaming against whole, {name}: {error:.1e}")
        assert error <= TOLERANCE, name
    return {name: y.numpy() for name, y in zip(ContextEncoder.OUTPUTS, whole)}


def example(size, batch=2):
    return {"features": torch.randn(batch, PER_FRAME, size), "emotion": torch.rand(batch, len(EMOTIONS)), "pose": torch.randn(batch, POSE) * .1,
            "pose_weight": torch.rand(batch, 1), "noise": torch.randn(batch, NOISE)}


def write_vectors(arrays):
    VECTORS.mkdir(parents=True, exist_ok=True)
    lines = ["Inputs and expected outputs of context_encoder.onnx of models/presenter, one call per video frame, batch 1.",
             "Made by models/training/motion/export.py with torch in one pass over the whole 2 s; raw little-endian float32.",
             f"Tolerance {TOLERANCE:g} (absolute). States start at 0. `features` are those of the speech encoder's vectors.", ""]
    for name, array in arrays.items():
        rows = array.reshape(CALLS, -1).astype("<f4")
        rows.tofile(VECTORS / (name + ".bin"))
        lines.append(f"{name}.bin  [{CALLS} calls, {rows.shape[1]}]")
    (VECTORS / "context_encoder.txt").write_text("\n".join(lines) + "\n")


def keep():
    """Weights alone, half the size of the training's checkpoints, for whoever goes on from here."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in ("idle", "voice", "limits"):
        saved = learn.load(name)
        torch.save({"model": saved["model"]} if "model" in saved else saved, KEPT / (name + ".pt"))


def main():
    p = parser(__doc__)
    p.add_argument("--out", type=Path, default=PACK)
    p.add_argument("--vectors", action="store_true")
    p.add_argument("--keep", action="store_true", help="renew checkpoints/motion")
    a = p.parse_args()
    torch.set_num_threads(1)
    from speech.export import voice_of_test
    from speech.encoder_io import load_encoder
    from speech.graph import write
    context, encoder, pcm = load_context(), load_encoder(), voice_of_test()
    with torch.no_grad():
        features = encoder(torch.from_numpy(pcm)).numpy()
    inputs = {"features": features} | steering()
    outputs = both_ways(context, inputs)
    a.out.mkdir(parents=True, exist_ok=True)
    write(context, example(context.feature_size), context.initial_state(2), ContextEncoder.OUTPUTS, a.out / "context_encoder.onnx")
    torch.save({"weight": torch.eye(ARTICULATION, CONTEXT), "bias": torch.zeros(ARTICULATION)}, work("motion", "articulation.pt"))
    if a.vectors:
        write_vectors({"pcm": pcm} | inputs | outputs)
    if a.keep:
        keep()


if __name__ == "__main__":
    main()
