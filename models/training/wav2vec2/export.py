"""Turns a Hugging Face wav2vec2 checkpoint into the speech encoder of a pack (docs/model-pack.md).

    python3 -m wav2vec2.export FOLDER [-o speech_encoder.onnx]      or: ./liveavatar train export-wav2vec2 FOLDER

FOLDER holds config.json and model.safetensors or pytorch_model.bin, as `git clone https://huggingface.co/facebook/wav2vec2-base` makes it.
Before anything is written, the streaming form is run call by call against one masked pass over the same sound.
"""

import argparse
import hashlib
import json
import os
import sys
import warnings
from pathlib import Path

import onnx
import torch

from common.audio import read_wav
from common.motion import CHUNK, SAMPLE_RATE
from common.paths import REPOSITORY, work
from speech.graph import OPSET, Step

from . import CheckpointError, layout, offline, weights
from .encoder import FRAMES, MASKED, Encoder
from .layout import HOP

TOLERANCE = 1e-4  # docs/model-pack.md
LARGEST = 2_000_000_000  # bytes: one protobuf message
VOICE = REPOSITORY / "tests" / "vectors" / "voices" / "human.wav"


def load(folder, ahead=2, window=100, layers=None):
    """The streaming encoder with the checkpoint's weights, or a CheckpointError."""
    found = layout.read(folder)
    if layers and layers > found.num_hidden_layers:
        raise CheckpointError(f"{folder / 'config.json'} has {found.num_hidden_layers} layers: --layers {layers} asks for more.")
    model = Encoder(found, ahead, window, layers)
    size = 4 * sum(p.numel() for p in model.parameters())
    if size > LARGEST:
        raise CheckpointError(f"{folder}: {size / 1e9:.1f} GB of weights do not fit one ONNX file (2 GB): keep fewer layers with --layers.")
    return weights.load(model, folder).prepare()


@torch.no_grad()
def stream(model, pcm):
    """pcm [batch, samples], call by call -> features [batch, frames, size], without the first `ahead`, which came before the sound."""
    state, out = list(model.initial_state(len(pcm)).values()), []
    for n in range(pcm.shape[1] // CHUNK):
        features, *state = model.step(pcm[:, n * CHUNK:(n + 1) * CHUNK], *state)
        out.append(features)
    return torch.cat(out, 1)[:, model.ahead:]


def check(model, pcm):
    """Largest difference between streaming and the masked pass over pcm [batch, samples]."""
    streamed = stream(model, pcm)
    return (streamed - offline.masked(model, pcm)[:, :streamed.shape[1]]).abs().max().item()


def likeness(model, pcm):
    """Mean cosine, over frames, of streamed features with those of the checkpoint as it was trained."""
    streamed = stream(model, pcm)
    shifted = torch.cat([torch.zeros(len(pcm), 80), pcm], 1)  # the 80 samples our frames stand later
    return torch.cosine_similarity(streamed, offline.original(model, shifted)[:, :streamed.shape[1]], 2).mean().item()


def write(model, path):
    """Writes the graph; path appears only when it is complete."""
    state, pcm = model.initial_state(2), torch.randn(2, CHUNK) * .1  # a batch of 2, so that none of 1 is baked in
    inputs, outputs = ["pcm", *state], ["features", *("next_" + s for s in state)]
    part = path.with_suffix(".part")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # sizes become constants on purpose; the graph is checked below and by the tests
        torch.onnx.export(Step(model), (pcm, *state.values()), str(part), input_names=inputs, output_names=outputs,
                          opset_version=OPSET, dynamic_axes={n: {0: "batch"} for n in inputs + outputs})
    graph = onnx.load(str(part))
    shapes = [(2, FRAMES, model.layout.hidden_size)] + [s.shape for s in state.values()]
    for value, shape in zip(graph.graph.output, shapes):  # state every size but the batch
        for dimension, size in zip(value.type.tensor_type.shape.dim[1:], shape[1:]):
            dimension.dim_value = size
    onnx.checker.check_model(graph)
    onnx.save(graph, str(part))
    os.replace(part, path)


def facts(model, path):
    """The lines of pack.json that go with the graph."""
    return {"audio": {"sampleRate": SAMPLE_RATE, "chunkSamples": CHUNK, "lookAheadSamples": model.ahead * HOP,
                      "featuresPerChunk": FRAMES, "featureSize": model.layout.hidden_size},
            "speechEncoder": {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                              "initialState": {"state_mask": MASKED}}}


def arguments():
    p = argparse.ArgumentParser(prog="./liveavatar train export-wav2vec2", description=__doc__.splitlines()[0])
    p.add_argument("folder", type=Path, help="the checkpoint: config.json and model.safetensors or pytorch_model.bin")
    p.add_argument("-o", "--output", type=Path, help="file or folder to write (default: work/wav2vec2/speech_encoder.onnx)")
    p.add_argument("--look-ahead", type=int, choices=(0, 40, 80), default=40, help="ms of sound waited for (default 40)")
    p.add_argument("--window", type=int, default=100, help="frames of 20 ms that are remembered (default 100, 2 s)")
    p.add_argument("--layers", type=int, help="keep only the first transformer layers: cheaper, and often nearer to the sounds")
    chosen = p.parse_args()
    if chosen.window < 1 or (chosen.layers is not None and chosen.layers < 1):
        p.error("--window and --layers are at least 1")
    return chosen


def main():
    chosen = arguments()
    model = load(chosen.folder, chosen.look_ahead // 20, chosen.window, chosen.layers)
    path = chosen.output or work("wav2vec2", "speech_encoder.onnx")
    path = path if path.suffix == ".onnx" else path / "speech_encoder.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    pcm = torch.from_numpy(read_wav(VOICE)[1][:2 * SAMPLE_RATE].copy()).float()[None] / 32768
    error = check(model, pcm)
    scale = max(1.0, stream(model, pcm).abs().max().item())
    print(f"streaming against one masked pass: {error:.1e} (features up to {scale:.1f})")
    if error > TOLERANCE * scale:
        raise CheckpointError(f"{chosen.folder}: streaming differs from the whole recording by {error:.1e}: this checkpoint cannot be streamed in float32.")
    print(f"likeness to the checkpoint as trained (both directions): cosine {likeness(model, pcm):.3f}")
    write(model, path)
    path.with_suffix(".json").write_text(json.dumps(facts(model, path), indent=2) + "\n")
    print(f"wrote {path} ({path.stat().st_size / 1e6:.0f} MB, {len(model.encoder.layers)} layers, {model.layout.hidden_size} features);"
          f" pack.json's lines for it are in {path.with_suffix('.json').name}. The context encoder has to be trained on these features.")


if __name__ == "__main__":
    try:
        main()
    except CheckpointError as problem:
        sys.exit(f"liveavatar train: {problem}")
