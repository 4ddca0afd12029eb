"""EMO-DB with its hand-set phone times, in the form of the synthetic sets: work/speech/emodb.npz and test_emodb.npz.

    python3 -m speech.emodb

Speakers and sentences are parted by speech/splits.py. German sounds take the phone that looks the same.
"""

import csv

import numpy as np

from common.audio import decode
from common.motion import SAMPLE_RATE
from common.paths import parser, work
from common.phones import PHONE
from speech.builder import Builder
from speech.splits import emodb_part

# base symbol (SAMPA) -> ours; what is missing here goes by its viseme. `r` is a uvular in German: no lips, like k.
_BASE = {"p": "P", "b": "B", "m": "M", "B": "B", "f": "F", "v": "V", "V": "V", "t": "T", "d": "D", "4": "D", "D": "DH", "n": "N", "l": "L",
         "L": "L", "s": "S", "z": "Z", "S": "SH", "k": "K", "g": "G", "N": "NG", "x": "K", "X": "K", "C": "Y", "j": "Y", "h": "HH",
         "H": "HH", "?": "HH", "R": "G", "G": "G", "I": "IH", "i": "IY", "e": "EY", "E": "EH", "@": "AX", "a": "AA", "6": "AH", "o": "OW",
         "O": "AO", "9": "AO", "8": "AO", "U": "UH", "u": "UW", "y": "UW", "Y": "UH", "aI": "AY", "aU": "AW", "OY": "OY", ".": "sil",
         "(": "sil"}
_VISEME = {"PP": "P", "FF": "F", "TH": "TH", "DD": "D", "kk": "K", "CH": "SH", "SS": "S", "nn": "N", "RR": "R", "aa": "AA", "E": "EH",
           "O": "AO", "I": "IH", "U": "UH", "sil": "sil", "-": "HH"}
_HALVES = {"AY": ("AA", "IH"), "AW": ("AA", "UH"), "OY": ("AO", "IH"), "EY": ("EH", "IY"), "OW": ("AO", "UH")}
_LONG = {"e": "IH", "o": "AO"}  # German long e and o do not glide


def read(path):
    with open(path, encoding="utf8", newline="") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def segments_of(rows):
    """Label rows of one utterance -> [(start s, end s, phone)]; closure, release and breath of a plosive become one."""
    merged = []
    for r in rows:
        a, b, base = float(r["start_s"]), float(r["end_s"]), r["base"]
        again = merged and merged[-1][2] == base and base in "pbtdkg" and (r["phone"].startswith("!") or "asp" in r["phone"])
        if again:
            merged[-1][1] = b
        elif b > a:
            merged.append([a, b, base, r["viseme"]])
    out = []
    for a, b, base, viseme in merged:
        name = _LONG.get(base) or _BASE.get(base) or _VISEME[viseme]
        parts = _HALVES.get(name, (name,))
        step = (b - a) / len(parts)
        out += [(a + k * step, a + (k + 1) * step, PHONE[p]) for k, p in enumerate(parts)]
    return out


def utterances(data):
    """(index row, int16 samples, label rows) of every utterance; label rows may be empty."""
    folder = data / "data" / "speech" / "emodb"
    labels, sound = {}, {}
    for r in read(folder / "phones.tsv"):
        labels.setdefault(r["utt"], []).append(r)
    for row in read(folder / "index.tsv"):
        if row["file"] not in sound:
            sound = {row["file"]: decode(folder / row["file"])}
        a, b = (int(float(row[k]) * SAMPLE_RATE) for k in ("start_s", "end_s"))
        yield row, sound[row["file"]][a:b], labels.get(row["utt"], [])


def cut(data):
    """Makes both sets, where the recordings are there."""
    if not (data / "data" / "speech" / "emodb").exists():
        print("emodb: the recordings are not there; left out", flush=True)
        return
    sets = {"train": Builder(), "test": Builder()}
    for row, x, labels in utterances(data):
        part = emodb_part(row)
        if part and len(labels) > 5:
            sets[part].add(x, segments_of(labels), 6)
    for part, name in (("train", "emodb"), ("test", "test_emodb")):
        sets[part].save(work("speech", name + ".npz"))
        print(f"{name}: {sets[part].count} utterances, {sets[part].hours * 60:.1f} minutes")


if __name__ == "__main__":
    cut(parser(__doc__).parse_args().data)
