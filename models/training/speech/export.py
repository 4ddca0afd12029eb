"""Writes speech_encoder.onnx and context_encoder.onnx of the pack, and the vectors that tests compare with.

    python3 -m speech.export        needs the stages joint, idle and voice (run for however short a time)

Streaming (call by call) is checked against one pass over the whole recording in torch before anything is written.
"""

import json
import warnings

import numpy as np
import onnx
import torch
from torch import nn

from common.audio import read_wav
from common.motion import CHUNK, EMOTIONS, NOISE
from common.paths import PACK, REPOSITORY, parser, work
from speech.align import load_task
from speech.context import CONTEXT, ContextEncoder, PER_FRAME, POSE
from speech.encoder import MASKED, SpeechEncoder

TOLERANCE = 1e-4
OPSET = 17
VECTORS = REPOSITORY / "tests" / "vectors" / "pack"
CALLS = 50


def load_encoder():
    return load_task("joint").encoder


def load_context(feature_size=192):
    """The context encoder put together from the stages idle and voice."""
    model = ContextEncoder(feature_size)
    first, second = (torch.load(work("speech", n + ".pt"))["model"] for n in ("idle", "voice"))
    weights = dict(first)
    weights.update({"voice." + k: v for k, v in second.items()})
    if work("speech", "axes.pt").exists():
        weights.update(torch.load(work("speech", "axes.pt")))
    missing, extra = model.load_state_dict(weights, strict=False)
    assert not extra and set(missing) <= {"limit", "order", "axes", "origin"}, (missing, extra)
    return model.eval()


def inputs_of_test(seed=17):
    """2 s of held-out voice and everything else the context encoder takes, as arrays with a leading batch of 1."""
    z = np.load(work("speech", "test_awb.npz"))
    at = 40 * CHUNK
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 1, CALLS, dtype=np.float32)[:, None]
    emotion = np.zeros((CALLS, len(EMOTIONS)), np.float32)
    emotion[10:, 4] = np.minimum(1, (np.arange(CALLS - 10)) / 10)
    emotion[30:, 0] = .5
    pose = np.concatenate([.3 * np.sin(6 * t), .1 * t, -.1 * t, .02 * t, 0 * t, .05 * t], 1).astype(np.float32)
    weight = np.clip(2 * t - .5, 0, 1).astype(np.float32)
    noise = rng.standard_normal((CALLS, NOISE)).astype(np.float32)
    noise[5, 0] = 3  # a blink
    return {"pcm": z["x"][at:at + CALLS * CHUNK].astype(np.float32)[None] / 32768, "emotion": emotion[None],
            "pose": pose[None], "pose_weight": weight[None], "noise": noise[None]}


@torch.no_grad()
def both_ways(encoder, context, v):
    """Runs the vectors in one pass and call by call; returns the one-pass outputs, fails above TOLERANCE."""
    t = {k: torch.from_numpy(a) for k, a in v.items()}
    features = encoder(t["pcm"])
    whole = context(features, t["emotion"], t["pose"], t["pose_weight"], t["noise"], *context.initial_state().values())[:3]
    state, other, calls = list(encoder.initial_state().values()), list(context.initial_state().values()), []
    for n in range(CALLS):
        f, *state = encoder.step(t["pcm"][:, n * CHUNK:(n + 1) * CHUNK], *state)
        c, k, m, *other = context.step(f, *(t[x][:, n] for x in ContextEncoder.INPUTS[1:]), *other)
        calls.append((f, c[:, None], k[:, None], m[:, None]))
    names = ("features", *ContextEncoder.OUTPUTS)
    out = dict(zip(names, (features, *whole)))
    for i, name in enumerate(names):
        error = (torch.cat([c[i] for c in calls], 1) - out[name]).abs().max().item()
        print(f"streaming against whole, {name}: {error:.1e}")
        assert error <= TOLERANCE, name
    return {k: x.numpy() for k, x in out.items()}


class Step(nn.Module):
    """The exported entry point: `step` under the name that torch.onnx calls."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, *arguments):
        return self.model.step(*arguments)


def write(model, example, states, outputs, path):
    """example and states are {name: tensor} of batch 2, so that no batch of 1 is baked in."""
    inputs = [*example, *states]
    names = [*outputs, *("next_" + s for s in states)]
    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)  # sizes become constants on purpose
    torch.onnx.export(Step(model), (*example.values(), *states.values()), str(path), input_names=inputs, output_names=names,
                      opset_version=OPSET, dynamic_axes={n: {0: "batch"} for n in inputs + names})
    graph = onnx.load(str(path))
    with torch.no_grad():
        results = model.step(*example.values(), *states.values())
    for value, result in zip(graph.graph.output, results):  # state every size but the batch
        for d, size in zip(value.type.tensor_type.shape.dim[1:], result.shape[1:]):
            assert d.dim_param or d.dim_value == size, value.name
            d.dim_value = size
    onnx.checker.check_model(onnx.shape_inference.infer_shapes(graph, strict_mode=True))
    onnx.save(graph, str(path))
    shapes = {}
    for value in (*graph.graph.input, *graph.graph.output):
        dims = [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
        shapes[value.name] = dims
    for s in states:
        assert shapes[s][0] == "batch", (s, shapes[s])
    print(path.name, f"{path.stat().st_size / 1e6:.1f} MB, {len(graph.graph.node)} nodes, operators:",
          " ".join(sorted({n.op_type for n in graph.graph.node})))
    return shapes


def main():
    parser(__doc__).parse_args()
    torch.set_num_threads(1)
    encoder, context = load_encoder(), load_context()
    for block in encoder.transformer.blocks:
        block.freeze(2)
    vectors = inputs_of_test()
    vectors.update(both_ways(encoder, context, vectors))
    PACK.mkdir(parents=True, exist_ok=True)
    size = encoder.transformer.size
    b = 2
    write(encoder, {"pcm": torch.randn(b, CHUNK) * .1}, encoder.initial_state(b), ["features"], PACK / "speech_encoder.onnx")
    example = {"features": torch.randn(b, PER_FRAME, size), "emotion": torch.rand(b, len(EMOTIONS)),
               "pose": torch.randn(b, POSE) * .1, "pose_weight": torch.rand(b, 1), "noise": torch.randn(b, NOISE)}
    write(context, example, context.initial_state(b), ContextEncoder.OUTPUTS, PACK / "context_encoder.onnx")
    VECTORS.mkdir(parents=True, exist_ok=True)
    lines = ["Inputs and expected outputs of models/presenter, one call per video frame, batch 1.",
             "Made by models/training/speech/export.py with torch in one pass over the whole 2 s; raw little-endian float32.",
             f"Tolerance {TOLERANCE:g} (absolute). States start at 0, state_mask at {MASKED:g}.", ""]
    for name, array in vectors.items():
        rows = array.reshape(CALLS, -1).astype("<f4")
        rows.tofile(VECTORS / (name + ".bin"))
        lines.append(f"{name}.bin  [{CALLS} calls, {rows.shape[1]}]"
                     + (f" = {PER_FRAME} x {size} features per call" if name == "features" else ""))
    (VECTORS / "README.txt").write_text("\n".join(lines) + "\n")
    facts = {"featureSize": size, "context": CONTEXT, "noise": NOISE, "initialState": {"state_mask": MASKED}}
    work("speech", "facts.json").write_text(json.dumps(facts))


if __name__ == "__main__":
    main()
