"""Writes identity_encoder.onnx and frame_decoder.onnx: python3 export.py CHECKPOINT OUT_FOLDER"""
import sys
from pathlib import Path

import onnx
import torch

from nets import CONTEXT, EMOTIONS, IDENTITY, MOTION, NOISE, SIZE, SKIPS, FrameDecoder, IdentityEncoder

INPUTS = ("motion", "context", "emotion", "noise_code", "identity")


def example(encoder, batch=2):
    """Inputs of the decoder for a random portrait."""
    torch.manual_seed(0)
    maps = encoder(torch.rand(batch, 3, SIZE, SIZE))
    sizes = dict(motion=MOTION, context=CONTEXT, emotion=EMOTIONS, noise_code=NOISE)
    return [torch.rand(batch, n) * .3 for n in sizes.values()] + [m.detach() for m in maps]


def write(encoder, decoder, folder):
    folder = Path(folder)
    encoder.eval(), decoder.eval()
    with torch.no_grad():
        save(encoder, (torch.rand(2, 3, SIZE, SIZE),), folder / "identity_encoder.onnx", ["portrait"], ["identity", *SKIPS])
        save(decoder, tuple(example(encoder)), folder / "frame_decoder.onnx", [*INPUTS, *SKIPS], ["frame"])


def save(net, args, path, inputs, outputs):
    axes = {name: {0: "batch"} for name in inputs + outputs}
    torch.onnx.export(net, args, str(path), input_names=inputs, output_names=outputs, opset_version=17, dynamic_axes=axes)
    graph = onnx.load(str(path))
    for value, shape in zip(graph.graph.output, output_shapes(outputs)):
        for i, size in enumerate(shape):
            value.type.tensor_type.shape.dim[i + 1].dim_value = size
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, str(path))


def output_shapes(names):
    from nets import C4, C8, C16, GH, GW
    from region import HEIGHT, WIDTH
    known = {"identity": (IDENTITY,), "frame": (SIZE * 3 // 2, SIZE), "skip_still": (SIZE * 3 // 2, SIZE), "skip_y": (1, HEIGHT, WIDTH),
             "skip_uv": (2, HEIGHT // 2, WIDTH // 2), "skip_16": (C16, GH // 4, GW // 4), "skip_8": (C8, GH // 2, GW // 2), "skip_4": (C4, GH, GW)}
    return [known[n] for n in names]


if __name__ == "__main__":
    encoder, decoder = IdentityEncoder(), FrameDecoder()
    if sys.argv[1] != "-":
        state = torch.load(sys.argv[1], map_location="cpu")
        encoder.load_state_dict(state["encoder"])
        decoder.load_state_dict(state["decoder"])
    write(encoder, decoder, sys.argv[2])
    for name in ("identity_encoder", "frame_decoder"):
        print(name, round((Path(sys.argv[2]) / f"{name}.onnx").stat().st_size / 1e6, 2), "MB")
