"""Writes a module's `step` as an ONNX graph with explicit state, by the rules of docs/model-pack.md."""

import warnings

import onnx
import torch
from torch import nn

OPSET = 17


class Step(nn.Module):
    """The exported entry point: `step` under the name that torch.onnx calls."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, *arguments):
        return self.model.step(*arguments)


def write(model, example, states, outputs, path):
    """example and states are {name: tensor} of batch 2, so that no batch of 1 is baked in; returns {tensor: dimensions}."""
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
        shapes[value.name] = [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
    for s in states:
        assert shapes[s][0] == "batch", (s, shapes[s])
    print(path.name, f"{path.stat().st_size / 1e6:.1f} MB, {len(graph.graph.node)} nodes, operators:",
          " ".join(sorted({n.op_type for n in graph.graph.node})))
    return shapes
