"""The corpus as a few small files, for training on a machine without synthesizers and codecs.

    python3 -m speech.parcels pack FOLDER      what work/speech holds, into FOLDER/speech_1, speech_2, ... of at most 55 MiB
    python3 -m speech.parcels unpack FOLDER    back into work/speech, from all parcels in FOLDER, by as many processes as there are cores

Sound is Opus; the recordings of people keep the packets they came in, and the aligned utterances are cut out of them again. Test sets stay behind.
"""

import argparse
import lzma
import multiprocessing
import os
import shutil
from pathlib import Path

import numpy as np

from common.motion import CHUNK, SAMPLE_RATE
from common.mouth import CURVES
from common.paths import parser, work
from speech import packets
from speech.align import utterances
from speech.augment import recordings as noises
from speech.unlabelled import files

MOST = 55 << 20  # bytes of a parcel
# Bits per second; the sets listed in HOURS do not travel whole.
RATES = {"espeak": 20e3, "espeak_abroad": 20e3, "festival": 24e3, "flite": 24e3, "abroad": 24e3, "catalan": 24e3, "emodb": 32e3,
         "val_espeak": 40e3, "val_festival": 40e3, "val_kal16": 40e3}
HOURS = {"espeak": 4.5, "espeak_abroad": 1.5}
ALIGNED = ("real", "val_real")
LIBRARY = "libopus.so.0"


def squeezed(a):
    """Any array -> its bytes by LZMA, as uint8."""
    return np.frombuffer(lzma.compress(np.ascontiguousarray(a).tobytes(), preset=2), np.uint8)


def released(a, dtype, *shape):
    return np.frombuffer(lzma.decompress(a.tobytes()), dtype).reshape(-1, *shape)


def labels(z, frames):
    """Labels of the first `frames` video frames of a set as small arrays. Times are kept to a sample, curves to 1/255."""
    s = z["segments"][z["segments"][:, 1] <= frames * CHUNK / SAMPLE_RATE]
    edges = np.rint(s[:, :2].astype(np.float64) * SAMPLE_RATE).astype(np.int64).ravel()
    curves = np.rint(z["curves"][:frames].astype(np.float32).clip(0, 1) * 255).astype(np.uint8)
    return {"edges": squeezed(np.diff(edges, prepend=0).astype(np.int32)), "said": squeezed(s[:, 2].astype(np.uint8)),
            "utterance": squeezed(np.diff(s[:, 3], prepend=0).astype(np.int16)), "phones": squeezed(z["phones"][:2 * frames]),
            "curves": squeezed(np.diff(curves, axis=0, prepend=np.zeros((1, CURVES), np.uint8)).T)}


def labels_back(z):
    """The arrays of a set, from those of `labels`."""
    edges = released(z["edges"], np.int32).cumsum(dtype=np.int64).reshape(-1, 2) / SAMPLE_RATE
    said, utterance = released(z["said"], np.uint8), released(z["utterance"], np.int16).cumsum()
    steps = np.frombuffer(lzma.decompress(z["curves"].tobytes()), np.uint8).reshape(CURVES, -1).T
    return {"segments": np.column_stack([edges, said, utterance]), "phones": released(z["phones"], np.uint8),
            "curves": (steps.cumsum(0, dtype=np.uint8) / np.float32(255)).astype(np.float16)}


def places(name, data):
    """Where the utterances of an aligned set lie in the unlabelled speech: int64 [utterances, 3] of first sample, samples, video frames."""
    z = np.load(work("speech", name + ".npz"))
    segments, x = z["segments"], z["x"]
    first = np.r_[True, np.diff(segments[:, 3]) > 0]
    starts = np.rint(segments[first, 0].astype(np.float64) * SAMPLE_RATE / CHUNK).astype(np.int64) * CHUNK
    stops = np.r_[starts[1:], len(x)]
    ours = {x[a:b].tobytes(): k for k, (a, b) in enumerate(zip(starts, stops))}
    offsets, at = {}, 0
    for path in files(data):
        offsets[path.name] = at
        at += packets.of_ogg(path)[2]
    out = np.zeros((len(starts), 3), np.int64)
    for row, y in utterances(data, "train"):
        k = ours.get(placed(y, -(-len(y) // CHUNK)).tobytes())
        if k is not None:
            out[k] = offsets[row["file"]] + int(float(row["start_s"]) * SAMPLE_RATE), len(y), -(-len(y) // CHUNK)
    assert out[:, 1].all(), f"{name}: {int((out[:, 1] == 0).sum())} utterances are not in the recordings"
    return out


def placed(y, frames):
    """An utterance as the builder puts it into a set (speech/builder.py)."""
    x = np.zeros(frames * CHUNK, np.float32)
    x[:len(y)] = y * (.7 * 32767 / (np.abs(y).max() + 1e-6))
    return x.astype(np.int16)


def pack(folder, data, only=None):
    """One file per set, left alone where it is there already; then the parcels."""
    held = work("speech", "packed", "x").parent
    todo = {**{n: lambda n=n: _synthetic(n) for n in RATES}, **{n: lambda n=n: _aligned(n, data) for n in ALIGNED},
            "unlabelled": lambda: packets.arrays([packets.of_ogg(p) for p in files(data)]), "noise": lambda: _noise(data)}
    for name, make in todo.items():
        path = held / (name + ".npz")
        if path.exists() or (name in (*RATES, *ALIGNED) and not work("speech", name + ".npz").exists()) or (only and name not in only):
            continue
        np.savez(path.with_suffix(".part.npz"), **make())
        os.replace(path.with_suffix(".part.npz"), path)
        print(f"{name}: {path.stat().st_size / 2 ** 20:.1f} MiB", flush=True)
    if not only:
        for name in ("joint.pt",):
            shutil.copy(work("speech", name), held / name)
        shutil.copy(_library(), held / LIBRARY)
        _bins(held, folder)


def _synthetic(name):
    z = np.load(work("speech", name + ".npz"))
    frames = min(len(z["x"]) // CHUNK, int(HOURS.get(name, 1e3) * 3600 * SAMPLE_RATE / CHUNK))
    return packets.arrays(packets.coded(z["x"][:frames * CHUNK], RATES[name])) | labels(z, frames)


def _aligned(name, data):
    z = np.load(work("speech", name + ".npz"))
    return {"places": places(name, data)} | labels(z, len(z["x"]) // CHUNK)


def _noise(data):
    kitchen, rooms, share = noises(data)
    return packets.arrays(packets.coded(kitchen, 40e3)) | {"rooms": squeezed(rooms), "room": np.array(rooms.shape), "share": share}


def _library():
    from ctypes.util import find_library
    return next(p for p in (Path(d, find_library("opus")) for d in ("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib")) if p.exists())


def _bins(held, folder):
    """Copies the files, largest first, into the first parcel with room for them; older parcels go."""
    for old in folder.glob("speech_*"):
        shutil.rmtree(old)
    room = []
    for path in sorted((p for p in held.iterdir() if ".part" not in p.name), key=lambda p: -p.stat().st_size):
        size = path.stat().st_size
        k = next((k for k, left in enumerate(room) if left >= size), len(room))
        if k == len(room):
            room.append(MOST)
        room[k] -= size
        place = folder / f"speech_{k + 1}"
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place / path.name)
    for k, left in enumerate(room):
        print(f"speech_{k + 1}: {(MOST - left) / 2 ** 20:.1f} MiB")


def unpack(folder):
    """All parcels of the folder into work/speech."""
    found = {p.name: p for p in folder.glob("speech_*/*")}
    if LIBRARY in found:
        os.environ["LIBOPUS"] = str(found[LIBRARY].resolve())
    if "joint.pt" in found:
        shutil.copy(found["joint.pt"], work("speech", "joint.pt"))
    sets = {p.stem: np.load(p) for n, p in found.items() if n.endswith(".npz")}
    with multiprocessing.get_context("fork").Pool() as pool:
        sound = {n: pool.imap(packets.heard, packets.recordings(z), chunksize=2) for n, z in sets.items() if "bytes" in z}
        sound = {n: np.concatenate(list(parts)) for n, parts in sound.items()}
    for name, z in sets.items():
        if name == "unlabelled":
            np.save(work("speech", "unlabelled.npy"), sound[name])
        elif name == "noise":
            np.savez(work("speech", "noise.npz"), kitchen=sound[name], rooms=released(z["rooms"], np.int16).reshape(z["room"]), share=z["share"])
        else:
            x = sound[name] if name in sound else np.concatenate([placed(sound["unlabelled"][a:a + n], f) for a, n, f in z["places"]])
            np.savez(work("speech", name + ".npz"), x=x, **labels_back(z))
            print(f"{name}: {len(x) / SAMPLE_RATE / 3600:.2f} h", flush=True)


def main():
    p = parser(__doc__)
    p.formatter_class = argparse.RawDescriptionHelpFormatter
    p.add_argument("what", choices=("pack", "unpack"))
    p.add_argument("folder", type=Path)
    p.add_argument("--only", nargs="*", help="packs these sets and makes no parcels yet")
    a = p.parse_args()
    pack(a.folder, a.data, a.only) if a.what == "pack" else unpack(a.folder)


if __name__ == "__main__":
    main()
