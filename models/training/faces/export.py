"""Writes identity_encoder.onnx and frame_decoder.onnx: python3 export.py CHECKPOINT OUT_FOLDER ('-' for untrained networks)"""
import sys
from pathlib import Path

import onnx
import torch

from areas import SIZE
from nets import CONTEXT, EMOTIONS, MOTION, NOISE, SKIPS, FrameDecoder, IdentityEncoder

INPUTS = ("motion", "context", "emotion", "noise_code", "identity")


def write(encoder, decoder, folder):
    folder = Path(folder)
    encoder.eval(), decoder.eval()
    with torch.no_grad():
        portrait = torch.rand(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
        told = [torch.full((2, n), .2) for n in (MOTION, CONTEXT, EMOTIONS, NOISE)]
        save(encoder, (portrait,), folder / "identity_encoder.onnx", ["portrait"], ["identity", *SKIPS])
        save(decoder, (*told, *encoder(portrait)), folder / "frame_decoder.onnx", [*INPUTS, *SKIPS], ["frame"])


def save(net, args, path, inputs, outputs):
    shapes = [list(x.shape[1:]) for x in (lambda y: y if isinstance(y, tuple) else (y,))(net(*args))]
    axes = {name: {0: "batch"} for name in inputs + outputs}
    torch.onnx.export(net, args, str(path), input_names=inputs, output_names=outputs, opset_version=17, dynamic_axes=axes)
    graph = onnx.load(str(path))
    for value, shape in zip(graph.graph.output, shapes):        # the exporter loses some of them; the batch stays symbolic
        for dim, size in zip(list(value.type.tensor_type.shape.dim)[1:], shape):
            dim.dim_value = size
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, str(path))


if __name__ == "__main__":
    encoder, decoder = IdentityEncoder(), FrameDecoder()
    if sys.argv[1] != "-":
        state = torch.load(sys.argv[1], map_location="cpu")
        encoder.load_state_dict(state["encoder"]), decoder.load_state_dict(state["decoder"])
    write(encoder, decoder, sys.argv[2])
    for name in ("identity_encoder", "frame_decoder"):
        print(name, round((Path(sys.argv[2]) / f"{name}.onnx").stat().st_size / 1e6, 2), "MB")
