"""Writes speech_encoder.onnx and speech_encoder.int8.onnx, and the vectors that tests compare with.

    python3 -m speech.export [--out FOLDER] [--vectors]      needs the stages joint and state

FOLDER is work/speech/export unless given; --vectors renews tests/vectors/pack. Streaming (call by call) is checked against one pass over
the whole recording in torch before anything is written.
"""

from pathlib import Path

import numpy as np
import torch

from common.motion import CHUNK
from common.paths import VECTORS, parser, work
from speech.encoder import MASKED
from speech.graph import write
from speech.quantize import quantize
from speech.service import SpeechService, load_service
from speech.state import EVERY

TOLERANCE = 1e-4
CALLS = 50


def voice_of_test():
    """2 s of held-out voice, [1, samples]."""
    z = np.load(work("speech", "test_awb.npz"))
    return z["x"][40 * CHUNK:(40 + CALLS) * CHUNK].astype(np.float32)[None] / 32768


@torch.no_grad()
def both_ways(service, pcm):
    """The outputs of every call, [1, calls, ...]; fails where features differ from one pass over the whole recording."""
    pcm = torch.from_numpy(pcm)
    whole, state, calls = service.encoder(pcm), list(service.initial_state().values()), []
    for n in range(pcm.shape[1] // CHUNK):
        features, says, *state = service.step(pcm[:, n * CHUNK:(n + 1) * CHUNK], *state)
        calls.append((features, says))
    features, says = (torch.stack([c[k] for c in calls], 1) for k in (0, 1))
    error = (features.flatten(1, 2) - whole).abs().max().item()
    last = torch.tensor([says.shape[1] // EVERY * EVERY - 1])
    mood = service.state.answer(service.state.sums_at(whole, service.state.loudness(pcm), last))
    off = (says[:, last.item()] - mood).abs().max().item()
    print(f"streaming against whole: features {error:.1e}, speaker_state {off:.1e}")
    assert max(error, off) <= TOLERANCE
    return features.numpy(), says.numpy()


def export(service, folder):
    """Writes both graphs into folder."""
    for block in service.encoder.transformer.blocks:
        block.freeze(2)
    folder.mkdir(parents=True, exist_ok=True)
    plain = folder / "speech_encoder.onnx"
    write(service, {"pcm": torch.randn(2, CHUNK) * .1}, service.initial_state(2), SpeechService.OUTPUTS, plain)
    quantize(plain, folder / "speech_encoder.int8.onnx")


def write_vectors(pcm, features, says):
    VECTORS.mkdir(parents=True, exist_ok=True)
    size = features.shape[-1]
    lines = ["Input and expected outputs of speech_encoder.onnx of models/presenter, one call per 40 ms, batch 1.",
             "Made by models/training/speech/export.py with torch: features in one pass over the whole 2 s, speaker_state call by call.",
             f"Raw little-endian float32. Tolerance {TOLERANCE:g} (absolute). States start at 0, state_mask at {MASKED:g}.", "",
             f"pcm.bin            [{CALLS} calls, {CHUNK}]", f"features.bin       [{CALLS} calls, {2 * size}] = 2 x {size} features per call",
             f"speaker_state.bin  [{CALLS} calls, {says.shape[-1]}]"]
    for name, array in (("pcm", pcm), ("features", features), ("speaker_state", says)):
        array.reshape(CALLS, -1).astype("<f4").tofile(VECTORS / (name + ".bin"))
    (VECTORS / "speech_encoder.txt").write_text("\n".join(lines) + "\n")


def export_all(folder=None, vectors=False):
    service, pcm = load_service(), voice_of_test()
    features, says = both_ways(service, pcm)
    export(service, folder or work("speech", "export", "x").parent)
    if vectors:
        write_vectors(pcm, features, says)


if __name__ == "__main__":
    p = parser(__doc__)
    p.add_argument("--out", type=Path)
    p.add_argument("--vectors", action="store_true")
    a = p.parse_args()
    torch.set_num_threads(1)
    export_all(a.out, a.vectors)
