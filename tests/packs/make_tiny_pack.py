#!/usr/bin/python3
"""Writes tests/packs/tiny, a complete model pack of a few kB, tests/packs/optional, graphs with what a pack may have besides,
tests/packs/broken, graphs that each break one rule, and tests/packs/vectors, what the tiny pack must give, computed here with numpy over the whole clip at once.

Run: /usr/bin/python3 tests/packs/make_tiny_pack.py     (Debian: python3-onnx)
The weights are random with a fixed seed; the graphs are small but real: convolution with a left cache, an int64 state, a mask that
starts at -10000, a recurrent layer, skip maps and an I420 picture of 32 x 32.
"""
import hashlib
import json
import pathlib
import shutil
import struct
import zlib

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
CHUNK, FEATURES, FEATURE_SIZE = 640, 2, 4
KERNEL, DILATION, STRIDE = 10, 40, 320
TAIL = DILATION * (KERNEL - 1) + 1 - STRIDE          # left cache: what the first window of a chunk needs from the chunk before
CONTEXT, NOISE, IDENTITY, HIDDEN, SIDE = 6, 3, 5, 8, 32
EMOTIONS = ["angry", "contempt", "disgusted", "fear", "happy", "sad", "surprised"]
FACE = """browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft cheekSquintRight
eyeBlinkLeft eyeBlinkRight eyeLookDownLeft eyeLookDownRight eyeLookInLeft eyeLookInRight eyeLookOutLeft eyeLookOutRight eyeLookUpLeft
eyeLookUpRight eyeSquintLeft eyeSquintRight eyeWideLeft eyeWideRight jawForward jawLeft jawOpen jawRight mouthClose mouthDimpleLeft
mouthDimpleRight mouthFrownLeft mouthFrownRight mouthFunnel mouthLeft mouthLowerDownLeft mouthLowerDownRight mouthPressLeft
mouthPressRight mouthPucker mouthRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthSmileLeft mouthSmileRight
mouthStretchLeft mouthStretchRight mouthUpperUpLeft mouthUpperUpRight noseSneerLeft noseSneerRight tongueOut""".split()
SPEAKER_STATE = ["energy", "arousal", "valence", "neutral", "happy"]
MOTION = FACE + ["headYaw", "headPitch", "headRoll", "headX", "headY", "headZ"]

rng = np.random.RandomState(7)


def weights(*shape, scale=0.5):
    return (rng.randn(*shape) * scale).astype(np.float32)


W = {
    "conv": weights(FEATURE_SIZE, 1, KERNEL, scale=1.0),
    "h": weights(HIDDEN, HIDDEN, scale=0.4),
    "x": weights(FEATURES * FEATURE_SIZE + len(EMOTIONS) + NOISE, HIDDEN),
    "context": weights(HIDDEN, CONTEXT),
    "noise": weights(NOISE, NOISE),
    "face": weights(CONTEXT, 52),
    "head": weights(CONTEXT, 6, scale=0.2),
    "identity": weights(3, IDENTITY, scale=1.0),
    "frame": weights(58 + CONTEXT + len(EMOTIONS) + NOISE + IDENTITY, 64, scale=0.2),
}


def tensor(name, kind, *shape):
    return helper.make_tensor_value_info(name, kind, ["batch", *shape])


def flt(name, *shape):
    return tensor(name, TensorProto.FLOAT, *shape)


def constant(name, values, dtype=np.int64):
    return numpy_helper.from_array(np.asarray(values, dtype), name)


def model(name, nodes, inputs, outputs, constants, opset=17, extra_opsets=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, constants)
    opsets = [helper.make_opsetid("", opset), *extra_opsets]
    made = helper.make_model(graph, opset_imports=opsets, producer_name="make_tiny_pack", ir_version=8)
    return made


N = helper.make_node


def quantised(nodes, constants):
    """The convolution in bytes: its input and weights go through QuantizeLinear and DequantizeLinear pairs."""
    scale = float(np.abs(W["conv"]).max()) / 127
    kept = [c for c in constants if c.name != "w"]
    bytes_ = [constant("w_q", np.clip(np.round(W["conv"] / scale), -127, 127), np.int8), constant("w_scale", scale, np.float32),
              constant("w_zero", 0, np.int8), constant("x_scale", 2 / 255, np.float32), constant("x_zero", 128, np.uint8)]
    pairs = [N("QuantizeLinear", ["x3", "x_scale", "x_zero"], ["x_q"]), N("DequantizeLinear", ["x_q", "x_scale", "x_zero"], ["x_d"]),
             N("DequantizeLinear", ["w_q", "w_scale", "w_zero"], ["w"])]
    at = next(i for i, node in enumerate(nodes) if node.op_type == "Conv")
    convolution = N("Conv", ["x_d", "w"], ["c"], dilations=[DILATION], strides=[STRIDE])
    return [*nodes[:at], *pairs, convolution, *nodes[at + 1:]], [*kept, *bytes_]


def speech(break_rule=None, variant=None):
    """pcm and three states to features; break_rule names one rule to break, variant something a pack may have besides."""
    nodes = [
        N("Concat", ["state_tail", "pcm"], ["x"], axis=1),
        N("Slice", ["x", "tail_start", "huge", "one"], ["next_state_tail"]),
        N("Unsqueeze", ["x", "one"], ["x3"]),
        N("Conv", ["x3", "w"], ["c"], dilations=[DILATION], strides=[STRIDE]),
        N("Tanh", ["c"], ["t"]),
        N("Transpose", ["t"], ["u"], perm=[0, 2, 1]),
        # the mask opens by one place per chunk; its open share scales the features
        N("Slice", ["state_mask", "one", "huge", "one"], ["mask_kept"]),
        N("Slice", ["pcm", "zero", "one", "one"], ["one_sample"]),
        N("Mul", ["one_sample", "zero_f"], ["mask_new"]),
        N("Concat", ["mask_kept", "mask_new"], ["next_state_mask"], axis=1),
        N("Exp", ["next_state_mask"], ["mask_open"]),
        N("ReduceMean", ["mask_open"], ["share"], axes=[1], keepdims=1),
        N("Unsqueeze", ["share", "one"], ["share3"]),
        N("Mul", ["u", "share3"], ["scaled"]),
        # a clock that every feature hears, so that a lost or repeated chunk shows
        N("Add", ["state_count", "one"], ["next_state_count"]),
        N("Cast", ["state_count"], ["count_f"], to=TensorProto.FLOAT),
        N("Sin", ["count_f"], ["clock"]),
        N("Mul", ["clock", "tenth"], ["clock_small"]),
        N("Unsqueeze", ["clock_small", "one"], ["clock3"]),
        N("Add", ["scaled", "clock3"], ["features"]),
    ]
    inputs = [flt("pcm", CHUNK), flt("state_tail", TAIL), flt("state_mask", 4), tensor("state_count", TensorProto.INT64, 1)]
    outputs = [flt("features", FEATURES, FEATURE_SIZE), flt("next_state_tail", TAIL), flt("next_state_mask", 4),
               tensor("next_state_count", TensorProto.INT64, 1)]
    constants = [numpy_helper.from_array(W["conv"], "w"), constant("one", [1]), constant("zero", [0]), constant("huge", [1 << 30]),
                 constant("tail_start", [CHUNK]), constant("zero_f", 0, np.float32), constant("tenth", 0.1, np.float32)]
    opset, extra = 17, []
    if variant == "int8":
        nodes, constants = quantised(nodes, constants)
    elif variant == "speaker-state":
        # as loud as the loudest sample; the louder, the happier
        nodes += [N("Abs", ["pcm"], ["loud"]), N("ReduceMax", ["loud"], ["peak"], axes=[1], keepdims=1), N("Sub", ["whole", "peak"], ["plain"]),
                  N("Concat", ["peak", "plain", "plain", "plain", "peak"], ["speaker_state"], axis=1)]
        outputs.append(flt("speaker_state", len(SPEAKER_STATE)))
        constants.append(constant("whole", 1, np.float32))
    if break_rule == "wrong-shape":
        outputs[0] = flt("features", FEATURES, FEATURE_SIZE + 1)
    elif break_rule == "wrong-type":
        inputs[0] = tensor("pcm", TensorProto.DOUBLE, CHUNK)
    elif break_rule == "no-next-state":
        del outputs[2]
    elif break_rule == "state-shape":
        outputs[1] = flt("next_state_tail", TAIL + 1)
    elif break_rule == "orphan-next-state":
        nodes.append(N("Identity", ["state_mask"], ["next_state_extra"]))
        outputs.append(flt("next_state_extra", 4))
    elif break_rule == "fixed-batch":
        inputs[0] = helper.make_tensor_value_info("pcm", TensorProto.FLOAT, [1, CHUNK])
    elif break_rule == "missing-output":
        outputs = outputs[1:]
    elif break_rule == "surplus-input":
        inputs.append(flt("speed", 1))
    elif break_rule == "old-opset":
        opset = 16
    elif break_rule == "custom-operator":
        nodes.append(N("Secret", ["u"], ["unused"], domain="com.example"))
        extra = [helper.make_opsetid("com.example", 1)]
    elif break_rule == "external-data":
        w = constants[0]
        w.ClearField("raw_data")
        w.data_location = TensorProto.EXTERNAL
        entry = w.external_data.add()
        entry.key, entry.value = "location", "../../secret.bin"
    elif break_rule == "int8-state-shape":
        nodes.insert(0, N("Slice", ["state_mask", "one", "huge", "one"], ["mask_4"]))
        nodes[nodes.index(next(n for n in nodes if n.output[0] == "mask_kept"))] = N("Identity", ["mask_4"], ["mask_kept"])
        inputs[2], outputs[2] = flt("state_mask", 5), flt("next_state_mask", 5)
    elif break_rule == "int8-state-missing":
        del inputs[3], outputs[3]
        constants.append(constant("state_count", [[0]]))
    elif break_rule == "int8-unknown-operator":
        nodes.append(N("Unheard", ["u"], ["unused"]))
    elif break_rule == "nan":
        # finite on silence, not a number on sound: log of minus the loudness
        nodes[-1] = N("Add", ["scaled", "clock3"], ["clean"])
        nodes += [N("Abs", ["pcm"], ["loud"]), N("ReduceMax", ["loud"], ["peak"], axes=[1], keepdims=1), N("Neg", ["peak"], ["negative"]),
                  N("Sqrt", ["negative"], ["poison"]), N("Unsqueeze", ["poison", "one"], ["poison3"]), N("Add", ["clean", "poison3"], ["features"])]
    elif break_rule == "never-finite":
        nodes[-1] = N("Div", ["scaled", "zero_f"], ["features"])
    elif break_rule == "fails-at-run":
        nodes[-1] = N("Add", ["scaled", "clock3"], ["clean"])
        # the shape in the file says one thing, the run gives another
        nodes += [N("Concat", ["clean", "clean"], ["features"], axis=1)]
        outputs[0] = flt("features", None, FEATURE_SIZE)
    return model("speech", nodes, inputs, outputs, constants, opset, extra)


def context():
    nodes = [
        N("Flatten", ["features"], ["flat"], axis=1),
        N("Concat", ["flat", "emotion", "noise"], ["x"], axis=1),
        N("MatMul", ["x", "wx"], ["a"]),
        N("MatMul", ["state_hidden", "wh"], ["b"]),
        N("Add", ["a", "b"], ["ab"]),
        N("Tanh", ["ab"], ["next_state_hidden"]),
        N("MatMul", ["next_state_hidden", "wc"], ["context"]),
        N("MatMul", ["noise", "wn"], ["n"]),
        N("Tanh", ["n"], ["noise_code"]),
        N("MatMul", ["context", "wf"], ["f"]),
        N("Sigmoid", ["f"], ["face"]),
        N("MatMul", ["context", "wp"], ["p"]),
        N("Tanh", ["p"], ["own"]),
        N("Sub", ["pose", "own"], ["way"]),
        N("Mul", ["way", "pose_weight"], ["part"]),
        N("Add", ["own", "part"], ["head"]),
        N("Concat", ["face", "head"], ["motion"], axis=1),
    ]
    inputs = [flt("features", FEATURES, FEATURE_SIZE), flt("emotion", len(EMOTIONS)), flt("pose", 6), flt("pose_weight", 1), flt("noise", NOISE),
              flt("state_hidden", HIDDEN)]
    outputs = [flt("context", CONTEXT), flt("noise_code", NOISE), flt("motion", 58), flt("next_state_hidden", HIDDEN)]
    names = {"wx": "x", "wh": "h", "wc": "context", "wn": "noise", "wf": "face", "wp": "head"}
    return model("context", nodes, inputs, outputs, [numpy_helper.from_array(W[key], name) for name, key in names.items()])


def identity(break_rule=None):
    nodes = [
        N("ReduceMean", ["portrait"], ["mean"], axes=[2, 3], keepdims=0),
        N("MatMul", ["mean", "w"], ["identity"]),
        N("ReduceMean", ["portrait"], ["skip_full"], axes=[1], keepdims=1),
        N("AveragePool", ["portrait"], ["skip_low"], kernel_shape=[4, 4], strides=[4, 4]),
    ]
    low = 9 if break_rule == "skip-shape" else 8
    outputs = [flt("identity", IDENTITY), flt("skip_full", 1, SIDE, SIDE), flt("skip_low", 3, low, low)]
    if break_rule == "skip-surplus":
        nodes.append(N("Identity", ["mean"], ["skip_more"]))
        outputs.append(flt("skip_more", 3))
    return model("identity", nodes, [flt("portrait", 3, SIDE, SIDE)], outputs, [numpy_helper.from_array(W["identity"], "w")])


def decoder(break_rule=None):
    nodes = [
        N("Concat", ["motion", "context", "emotion", "noise_code", "identity"], ["v"], axis=1),
        N("MatMul", ["v", "w"], ["g"]),
        N("Sigmoid", ["g"], ["s"]),
        N("Reshape", ["s", "shape_low"], ["low"]),
        N("Resize", ["low", "", "scale4"], ["up"], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
        N("Add", ["up", "skip_full"], ["sum"]),
        N("Mul", ["sum", "luma"], ["y0"]),
        N("Add", ["y0", "sixteen"], ["y"]),
        N("Flatten", ["y"], ["y_flat"], axis=1),
        N("Resize", ["skip_low", "", "scale2"], ["colour"], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
        N("Slice", ["colour", "zero", "two", "one"], ["uv"]),
        N("Mul", ["uv", "chroma"], ["uv0"]),
        N("Add", ["uv0", "sixteen"], ["uv1"]),
        N("Flatten", ["uv1"], ["uv_flat"], axis=1),
        N("Concat", ["y_flat", "uv_flat"], ["flat"], axis=1),
        N("Reshape", ["flat", "shape_frame"], ["frame_f"]),
        N("Round", ["frame_f"], ["rounded"]),
        N("Cast", ["rounded"], ["frame"], to=TensorProto.UINT8),
    ]
    inputs = [flt("motion", 58), flt("context", CONTEXT), flt("emotion", len(EMOTIONS)), flt("noise_code", NOISE), flt("identity", IDENTITY),
              flt("skip_full", 1, SIDE, SIDE), flt("skip_low", 3, 8, 8)]
    if break_rule == "skip-missing":
        inputs.append(flt("skip_more", 3))
    constants = [numpy_helper.from_array(W["frame"], "w"), constant("shape_low", [-1, 1, 8, 8]), constant("shape_frame", [-1, SIDE * 3 // 2, SIDE]),
                 constant("scale4", [1, 1, 4, 4], np.float32), constant("scale2", [1, 1, 2, 2], np.float32), constant("luma", 109, np.float32),
                 constant("chroma", 224, np.float32), constant("sixteen", 16, np.float32), constant("zero", [0]), constant("one", [1]), constant("two", [2])]
    return model("decoder", nodes, inputs, [tensor("frame", TensorProto.UINT8, SIDE * 3 // 2, SIDE)], constants)


def portrait(hue):
    """A smooth colour field, height x width x 3 bytes."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / (SIDE - 1)
    return (255 * np.stack([x * hue[0], y * hue[1], (1 - x) * hue[2]], -1)).astype(np.uint8)


def png(image):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + row.tobytes() for row in image)
    header = struct.pack(">IIBBBBB", image.shape[1], image.shape[0], 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def whole_clip(pcm, noise, emotion, pose, pose_weight, image):
    """The tiny pack over a whole recording, in float64 and without any caches: the oracle of the streaming tests."""
    chunks = len(pcm) // CHUNK
    padded = np.concatenate([np.zeros(TAIL), pcm])
    kernel = W["conv"][:, 0].astype(np.float64)
    taps = np.arange(KERNEL) * DILATION
    windows = np.stack([padded[i * STRIDE + taps] for i in range(chunks * FEATURES)])
    features = np.tanh(windows @ kernel.T).reshape(chunks, FEATURES, FEATURE_SIZE)
    opened = np.minimum(np.arange(1, chunks + 1), 4) / 4
    features = features * opened[:, None, None] + 0.1 * np.sin(np.arange(chunks))[:, None, None]
    hidden, motions, contexts, codes = np.zeros(HIDDEN), [], [], []
    for k in range(chunks):
        hidden = np.tanh(np.concatenate([features[k].ravel(), emotion, noise[k]]) @ W["x"] + hidden @ W["h"])
        ctx = hidden @ W["context"]
        own = np.tanh(ctx @ W["head"])
        motions.append(np.concatenate([sigmoid(ctx @ W["face"]), own + pose_weight * (pose - own)]))
        contexts.append(ctx)
        codes.append(np.tanh(noise[k] @ W["noise"]))
    planes = image.astype(np.float64).transpose(2, 0, 1) / 255
    who = planes.mean((1, 2)) @ W["identity"]
    low = planes.reshape(3, 8, 4, 8, 4).mean((2, 4))
    grid = sigmoid(np.concatenate([motions[-1], contexts[-1], emotion, codes[-1], who]) @ W["frame"]).reshape(8, 8)
    luma = (np.kron(grid, np.ones((4, 4))) + planes.mean(0)) * 109 + 16
    chroma = np.kron(low[:2], np.ones((1, 2, 2))) * 224 + 16
    frame = np.concatenate([luma.ravel(), chroma.ravel()])
    return features, np.array(contexts), np.array(motions), frame


def sha(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    for name in ("tiny", "optional", "broken", "vectors"):
        shutil.rmtree(HERE / name, ignore_errors=True)
    tiny = HERE / "tiny"
    tiny.mkdir()
    graphs = {"speechEncoder": ("speech_encoder.onnx", speech()), "contextEncoder": ("context_encoder.onnx", context()),
              "identityEncoder": ("identity_encoder.onnx", identity()), "frameDecoder": ("frame_decoder.onnx", decoder())}
    entries = {}
    for key, (name, made) in graphs.items():
        checker.check_model(made, full_check=True)
        (tiny / name).write_bytes(made.SerializeToString())
        entries[key] = {"file": name, "sha256": sha(tiny / name)}
    entries["speechEncoder"]["initialState"] = {"state_mask": -10000}

    avatars = []
    for name, hue in (("ada", (1, 0.5, 0.2)), ("bob", (0.2, 0.8, 1))):
        path = tiny / "avatars" / name / "portrait.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(png(portrait(hue)))
        avatars.append({"name": name, "portrait": f"avatars/{name}/portrait.png", "sha256": sha(path), "displayName": name.title()})

    (tiny / "pack.json").write_text(json.dumps({
        "format": 1, "name": "tiny", "version": "1", "licence": "CC0-1.0",
        "description": "A pack of random weights for tests, made by make_tiny_pack.py.",
        "audio": {"sampleRate": 16000, "chunkSamples": CHUNK, "lookAheadSamples": 0, "featuresPerChunk": FEATURES, "featureSize": FEATURE_SIZE},
        "video": {"width": SIDE, "height": SIDE, "frameRate": 25},
        "sizes": {"context": CONTEXT, "noise": NOISE, "identity": IDENTITY},
        "emotions": EMOTIONS, "motion": MOTION, "graphs": entries, "portraits": "any", "avatars": avatars}, indent=1) + "\n")

    optional = HERE / "optional"
    optional.mkdir()
    for variant in ("int8", "speaker-state"):
        made = speech(variant=variant)
        checker.check_model(made, full_check=True)
        (optional / f"speech_encoder.{variant}.onnx").write_bytes(made.SerializeToString())

    broken = HERE / "broken"
    broken.mkdir()
    for rule in ("wrong-shape", "wrong-type", "no-next-state", "state-shape", "orphan-next-state", "fixed-batch", "missing-output", "surplus-input",
                 "old-opset", "custom-operator", "external-data", "nan", "never-finite", "fails-at-run",
                 "int8-state-shape", "int8-state-missing", "int8-unknown-operator"):
        (broken / f"speech_encoder.{rule}.onnx").write_bytes(speech(rule).SerializeToString())
    for rule in ("skip-shape", "skip-surplus"):
        (broken / f"identity_encoder.{rule}.onnx").write_bytes(identity(rule).SerializeToString())
    (broken / "frame_decoder.skip-missing.onnx").write_bytes(decoder("skip-missing").SerializeToString())

    vectors = HERE / "vectors"
    vectors.mkdir()
    chunks = 12
    draw = np.random.RandomState(11)
    pcm = np.clip(np.cumsum(draw.randn(chunks * CHUNK)) * 0.02, -1, 1).astype(np.float32)
    noise = draw.randn(chunks, NOISE).astype(np.float32)
    emotion = draw.rand(len(EMOTIONS)).astype(np.float32)
    pose = (draw.randn(6) * 0.2).astype(np.float32)
    features, contexts, motions, frame = whole_clip(pcm, noise, emotion, pose, 0.25, portrait((1, 0.5, 0.2)))
    for name, values in {"pcm": pcm, "noise": noise, "emotion": emotion, "pose": pose, "pose_weight": np.array([0.25]), "context": contexts,
                         "motion": motions, "frame": frame}.items():
        (vectors / f"{name}.f32").write_bytes(np.asarray(values, "<f4").tobytes())


if __name__ == "__main__":
    main()
