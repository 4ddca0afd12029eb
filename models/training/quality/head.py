"""The phone classifiers that trained with the speech encoder, as numbers for `./liveavatar perf quality`.

    python3 -m quality.head            (from models/training, after the pack is exported)

Writes tests/vectors/quality/viseme_head.bin: little-endian float32, per look-ahead weights [phones, features], then biases [phones]; and
viseme_head.json: the viseme of each output, the delays in features of 20 ms, the hash of the encoder that they belong to. The shipped
graphs give features and motion, no classes: with these numbers the features' own viseme accuracy is measured in the product's engine.
"""

import hashlib
import json

import numpy as np

from common.paths import PACK, REPOSITORY
from common.phones import PHONES, VISEME_OF, VISEMES
from speech.encoder_io import load_task
from speech.heads import DELAY, DELAYS

OUT = REPOSITORY / "tests" / "vectors" / "quality"


def main():
    layer = load_task().heads.phones
    weight = layer.weight.detach().float().numpy().reshape(len(DELAYS), len(PHONES), -1)
    bias = layer.bias.detach().float().numpy().reshape(len(DELAYS), len(PHONES))
    (OUT / "viseme_head.bin").write_bytes(np.concatenate([np.r_[w.ravel(), b] for w, b in zip(weight, bias)]).astype("<f4").tobytes())
    (OUT / "viseme_head.json").write_text(json.dumps({
        "encoder": hashlib.sha256((PACK / "speech_encoder.onnx").read_bytes()).hexdigest(), "features": weight.shape[2],
        "delay": DELAY, "delays": DELAYS, "visemes": [VISEMES[v] for v in VISEME_OF]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
