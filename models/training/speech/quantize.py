"""int8 weights for the matrix products of a graph: activations are quantised on the fly (DynamicQuantizeLinear, MatMulInteger).

Every weight column has its own scale. Products that stay in float32: those with no constant weight (attention), small ones, and the
convolutions on the waveform: in int8 they alone made half of the error of the features, with a loud and a faint sample in one scale.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALLEST = 64 * 64  # weights; below, the overhead eats the gain
SENSITIVE = "/front/"  # in the names of nodes that stay in float32


def columns_to_int8(w):
    """float [rows, columns] -> int8 and scale per column, symmetric within -127..127."""
    scale = np.abs(w).max(0) / 127 + 1e-12
    return np.clip(np.round(w / scale), -127, 127).astype(np.int8), scale.astype(np.float32)


def quantize(source, target):
    """Reads a float graph, writes one whose big constant MatMuls run in int8; returns how many did."""
    model = onnx.load(str(source))
    graph = model.graph
    weights = {i.name: i for i in graph.initializer}
    producers = {o: n for n in graph.node for o in n.output}
    nodes, added, quantised = [], {}, {}

    def weight_of(name):
        """A constant matrix, also behind a Transpose."""
        node = producers.get(name)
        if name in weights:
            return numpy_helper.to_array(weights[name])
        if node is not None and node.op_type == "Transpose" and node.input[0] in weights:
            return numpy_helper.to_array(weights[node.input[0]]).T
        if node is not None and node.op_type == "Constant":
            return numpy_helper.to_array(node.attribute[0].t)
        return None

    for node in graph.node:
        w = weight_of(node.input[1]) if node.op_type == "MatMul" else None
        if w is None or w.ndim != 2 or w.size < SMALLEST or SENSITIVE in node.name:
            nodes.append(node)
            continue
        x, out, base = node.input[0], node.output[0], node.output[0].strip("/").replace("/", "_") + "_q"
        if x not in quantised:
            names = [f"{x.strip('/').replace('/', '_')}_{k}" for k in ("u8", "scale", "zero")]
            nodes.append(helper.make_node("DynamicQuantizeLinear", [x], names))
            quantised[x] = names
        u8, scale, zero = quantised[x]
        w8, columns = columns_to_int8(w)
        added[base + "_w"], added[base + "_s"] = w8, columns
        nodes.append(helper.make_node("MatMulInteger", [u8, base + "_w", zero], [base + "_i"]))
        nodes.append(helper.make_node("Cast", [base + "_i"], [base + "_f"], to=TensorProto.FLOAT))
        nodes.append(helper.make_node("Mul", [scale, base + "_s"], [base + "_m"]))
        nodes.append(helper.make_node("Mul", [base + "_f", base + "_m"], [out]))
    del graph.node[:]
    graph.node.extend(nodes)
    graph.initializer.extend(numpy_helper.from_array(a, n) for n, a in added.items())
    _drop_unused(graph)
    onnx.checker.check_model(model)
    onnx.save(model, str(target))
    count = sum(n.op_type == "MatMulInteger" for n in graph.node)
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB, {count} products in int8")
    return count


def _drop_unused(graph):
    """Removes transposes and weights that nobody reads any more."""
    while True:
        used = {i for n in graph.node for i in n.input} | {o.name for o in graph.output}
        idle = [n for n in graph.node if not any(o in used for o in n.output)]
        if not idle:
            break
        for n in idle:
            graph.node.remove(n)
    kept = [i for i in graph.initializer if i.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
