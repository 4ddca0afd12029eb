"""Static int8 form of frame_decoder.onnx: quantise.py's `write` needs the torch decoder and frames to calibrate with.

Convolutions become QLinearConv (a standard operator that ONNX Runtime runs on VNNI) with one scale per output channel;
everything between them stays float32. QLinearConv is written outright, not QuantizeLinear/DequantizeLinear around Conv: that
form left the choice to an optimiser, which took the float kernel wherever a Relu followed (measured: three times slower).
A Relu after a convolution becomes its saturation at 0. Flow, sine layers and the layers that read pixels stay float32:
they are cheap, and a quarter of a pixel or of a phase shows.
"""
import numpy as np
import onnx
import torch
import torch.nn as nn
from onnx import TensorProto, helper, numpy_helper

FLOAT = ("face.flow", "face.texture", "mend.see")      # module paths that stay float32
# Their outputs mix unlike things (luma, chroma, mask). Elsewhere one scale: ONNX Runtime makes QLinearAdd of a sum between bytes.
PER_CHANNEL = ("mend.out", "face.features")


class Ranges:
    """Ranges of every convolution's input (one) and outputs (per channel), over the calibration frames."""

    CLIP = .99995         # share of the values that a range covers: outliers cost everything else its precision

    def __init__(self, decoder):
        self.inputs, self.outputs = {}, {}
        for name, module in decoder.named_modules():
            if isinstance(module, nn.Conv2d):
                module.register_forward_hook(lambda m, x, y, name=name: self._see(name, x[0], y))

    def _see(self, name, x, y):
        some = x.detach().flatten()[::7].numpy()
        low, high = np.quantile(some, [1 - self.CLIP, self.CLIP])
        before = self.inputs.get(name, (0.0, 0.0))
        self.inputs[name] = min(before[0], low, 0.0), max(before[1], high, 1e-6)
        by_channel = y.detach().transpose(0, 1).flatten(1).numpy()
        low, high = np.quantile(by_channel, [1 - self.CLIP, self.CLIP], axis=1)
        before = self.outputs.get(name, (np.zeros(len(low)), np.full(len(low), 1e-6)))
        self.outputs[name] = np.minimum(before[0], low), np.maximum(before[1], high)


class Quantiser:
    def __init__(self, graph, ranges):
        self.graph, self.ranges = graph, ranges
        self.weights = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        self.users = {}
        for node in graph.node:
            for name in node.input:
                self.users.setdefault(name, []).append(node)
        self.nodes, self.quantised, self.dropped = [], {}, set()

    def constant(self, name, value):
        self.graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def byte_form(self, tensor, name, low, high):
        """(quantised tensor, scale name, zero name) of a float tensor; made once per tensor."""
        if tensor not in self.quantised:
            scale = (high - low) / 255
            made = tensor + "_q", self.constant(tensor + "_s", np.float32(scale)), self.constant(tensor + "_z", np.uint8(round(-low / scale)))
            self.nodes.append(helper.make_node("QuantizeLinear", [tensor, *made[1:]], [made[0]], name + "/Quantize"))
            self.quantised[tensor] = made
        return self.quantised[tensor]

    def convolution(self, node, module):
        weight, bias = self.weights[node.input[1]], self.weights[node.input[2]]
        users = self.users[node.output[0]]
        relu = users[0] if len(users) == 1 and users[0].op_type == "Relu" else None
        result = relu.output[0] if relu else node.output[0]
        if relu:
            self.dropped.add(relu.name)
        x, scale_name, zero = self.byte_form(node.input[0], node.name, *self.ranges.inputs[module])
        x_scale = float(self._initializer(scale_name))
        w_scale = np.abs(weight).reshape(len(weight), -1).max(1) / 127 + 1e-12
        low, high = lows, highs = self.ranges.outputs[module]
        per_channel = module in PER_CHANNEL
        follows = self._only_convolution(result)
        if follows:                       # the next convolution reads the bytes as they are: one scale for all channels
            low, high = (0.0 if relu else self.ranges.inputs[follows][0]), self.ranges.inputs[follows][1]
        else:
            low, high = (0.0 if relu else low.min()), high.max()
        if not per_channel:
            y_scale, y_zero = np.full(len(weight), (high - low) / 255), round(-low / ((high - low) / 255))
        elif relu:
            y_scale, y_zero = np.maximum(highs, 1e-6) / 255, 0
        else:
            y_scale, y_zero = np.maximum(highs, -lows) / 127, 128
        p = node.name
        names = [self.constant(p + "/w", np.clip(np.rint(weight / w_scale[:, None, None, None]), -127, 127).astype(np.int8)),
                 # y scales differ by channel, QLinearConv takes one: the ratio goes into the weights' scales instead
                 self.constant(p + "/ws", (w_scale / (y_scale if per_channel else 1)).astype(np.float32)),
                 self.constant(p + "/wz", np.zeros(len(weight), np.int8)),
                 self.constant(p + "/ys", np.float32(1 if per_channel else y_scale[0])), self.constant(p + "/yz", np.uint8(y_zero)),
                 self.constant(p + "/b", np.rint(bias / (x_scale * w_scale)).astype(np.int32))]
        made = p + "/bytes"
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        self.nodes.append(helper.make_node("QLinearConv", [x, scale_name, zero, *names], [made], p + "/int8", **attributes))
        if follows:
            self.quantised[result] = made, names[3], names[4]
        else:
            scales, axis = names[3:5], {}
            if per_channel:
                scales = [self.constant(p + "/s", y_scale.astype(np.float32)), self.constant(p + "/z", np.full(len(weight), y_zero, np.uint8))]
                axis = {"axis": 1}
            self.nodes.append(helper.make_node("DequantizeLinear", [made, *scales], [result], p + "/Dequantize", **axis))

    def _initializer(self, name):
        return next(numpy_helper.to_array(i) for i in self.graph.initializer if i.name == name)

    def _only_convolution(self, tensor):
        """Module path of the quantised convolution that alone reads a tensor, or None."""
        users = self.users.get(tensor, [])
        return path(users[0]) if len(users) == 1 and wanted(users[0], self.ranges) else None

    def run(self):
        for node in list(self.graph.node):
            if node.name in self.dropped:
                continue
            if wanted(node, self.ranges):
                self.convolution(node, path(node))
            else:
                self.nodes.append(node)
        used = {name for node in self.nodes for name in node.input}
        keep = [i for i in self.graph.initializer if i.name in used]
        del self.graph.node[:], self.graph.initializer[:]
        self.graph.node.extend(self.nodes), self.graph.initializer.extend(keep)


def path(node):
    """torch's path of the module that the exporter named a node after: /face/block8/a/Conv -> face.block8.a"""
    return node.name[1:].rsplit("/", 1)[0].replace("/", ".")


def wanted(node, ranges):
    return node.op_type == "Conv" and path(node) in ranges.inputs and not path(node).startswith(FLOAT)


def write(source, target, ranges):
    """Reads frame_decoder.onnx, writes its int8 form; returns how many convolutions were quantised."""
    model = onnx.load(str(source))
    Quantiser(model.graph, ranges).run()
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(target))
    return sum(n.op_type == "QLinearConv" for n in model.graph.node)


@torch.no_grad()
def calibrate(encoder, decoder, data, rows=8):
    """Ranges over `rows` training frames of each look, whole pictures as the graph sees them."""
    ranges, rng = Ranges(decoder), np.random.default_rng(1)
    for k, look in enumerate(data.looks):
        skips = encoder(data.portraits[k:k + 1])
        for _ in range(rows if data.train[look] else 0):
            chunk, row = data.pick(rng, look)
            told = [torch.from_numpy(np.array(chunk[n][row:row + 1])).float() for n in ("motion", "tongue", "emotion")]
            decoder.draw(*told, torch.zeros(1, 10), *skips)
    return ranges
