"""The phone classifier that trained with the speech encoder, as numbers for `./liveavatar perf quality`.

    python3 -m quality.head            (from models/training, after the pack is exported)

Writes tests/vectors/quality/viseme_head.bin: little-endian float32 weights [visemes' phones, features], then biases; and
viseme_head.json: the viseme of each output, the delay in features, the hash of the encoder that it belongs to. The shipped graphs
give features and motion, no classes: with these numbers the features' own viseme accuracy is measured in the product's engine.
"""

import hashlib
import json

import numpy as np

from common.paths import PACK, REPOSITORY
from common.phones import VISEME_OF, VISEMES
from speech.align import load_task
from speech.train import DELAY

OUT = REPOSITORY / "tests" / "vectors" / "quality"


def main():
    head = load_task("joint").heads.phones
    weight, bias = (p.detach().float().numpy() for p in (head.weight, head.bias))
    (OUT / "viseme_head.bin").write_bytes(np.concatenate([weight.ravel(), bias]).astype("<f4").tobytes())
    (OUT / "viseme_head.json").write_text(json.dumps({
        "encoder": hashlib.sha256((PACK / "speech_encoder.onnx").read_bytes()).hexdigest(), "features": weight.shape[1],
        "delay": DELAY, "visemes": [VISEMES[v] for v in VISEME_OF]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
