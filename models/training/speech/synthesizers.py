"""Speech with exact phone times from espeak-ng, festival and flite.

Each generator yields (rate, int16 samples, segments) with segments = [(start s, end s, phone index), ...].
"""

import ctypes as C
import os
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from common.audio import read_wav
from common.phones import DIPHTHONG, PHONE

# Festival and flite names (the CMU set and its additions) to ours.
_CMU = {"pau": "sil", "sil": "sil", "ssil": "sil", "h#": "sil", "brth": "sil", "em": "M", "en": "N", "nx": "N", "el": "L",
        "dx": "D", "hv": "HH", "axr": "ER", "ax": "AX"}
# espeak-ng mnemonics by prefix, longest first; a tuple is split evenly.
_ESPEAK = {
    "aI@": ("AY", "AX"), "aU@": ("AW", "AX"), "aI": "AY", "aU": "AW", "OI": "OY", "eI": "EY", "oU": "OW", "@U": "OW",
    "i@": ("IY", "AX"), "e@": ("EH", "AX"), "U@": ("UH", "AX"), "O@": ("AO", "R"), "o@": ("AO", "R"), "A@": ("AA", "R"),
    "@L": ("AX", "L"), "3": "ER", "@": "AX", "a#": "AX", "aa": "AE", "a": "AE", "A": "AA", "V": "AH", "0": "AA", "Q": "AO",
    "O": "AO", "o": "OW", "E": "EH", "e": "EH", "I": "IH", "i": "IY", "u": "UW", "U": "UH", "y": "UW", "Y": "UH", "W": "UH",
    "ts": ("T", "S"), "pF": ("P", "F"), "dz": ("D", "Z"), "tS": "CH", "dZ": "JH", "S": "SH", "Z": "ZH", "T": "TH", "D": "DH", "p": "P", "b": "B", "m": "M", "f": "F", "v": "V",
    "t": "T", "d": "D", "*": "D", "?": "T", "k": "K", "g": "G", "x": "K", "N": "NG", "n": "N", "l": "L", "L": "L", "r": "R",
    "R": "R", "w": "W", "j": "Y", "h": "HH", "C": "HH", "s": "S", "z": "Z",
}
_STOPS = {PHONE[p] for p in ("P", "B", "T", "D", "K", "G", "CH", "JH")}


def cmu_phone(name):
    """Our name for a CMU-style name (with or without stress digit)."""
    name = re.sub(r"\d", "", name)
    return _CMU.get(name.lower(), name.upper())


def segments_of(times):
    """[(start, end, name)] -> [(start, end, index)]; diphthongs become two halves."""
    out = []
    for start, end, name in times:
        parts = DIPHTHONG.get(name, (name,))
        for k, part in enumerate(parts):
            a, b = start + (end - start) * k / len(parts), start + (end - start) * (k + 1) / len(parts)
            if b > a:
                out.append((a, b, PHONE[part]))
    return out


class _Id(C.Union):
    _fields_ = [("number", C.c_int), ("name", C.c_char_p), ("string", C.c_char * 8)]


class _Event(C.Structure):
    _fields_ = [("type", C.c_int), ("uid", C.c_uint), ("text", C.c_int), ("length", C.c_int), ("ms", C.c_int),
                ("sample", C.c_int), ("user", C.c_void_p), ("id", _Id)]


class Espeak:
    """espeak-ng by its C library: phoneme events give the first sample of every phone."""

    ACCENTS = "en en-us en-us en-us en-gb-scotland en-gb-x-rp en-gb-x-gbclan en-gb-x-gbcwmd en-029 en-us-nyc".split()
    ABROAD = "de nl it es fi cs".split()
    _UNSUITABLE = "robosoft robot whisper demonic croak fast storm tweaky anxious uni".split()
    PHONEME_EVENT = 7

    def __init__(self):
        self._lib = C.CDLL("libespeak-ng.so.1")
        self.rate = self._lib.espeak_Initialize(2, 0, None, 1)  # synchronous, no playback; phoneme events
        self._blocks, self._events = [], []
        callback = C.CFUNCTYPE(C.c_int, C.POINTER(C.c_short), C.c_int, C.POINTER(_Event))
        self._callback = callback(self._receive)
        self._lib.espeak_SetSynthCallback(self._callback)
        base = Path(next(p for p in ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/share")
                         if Path(p, "espeak-ng-data").is_dir()), "espeak-ng-data")
        self.variants = sorted(v for v in os.listdir(base / "voices" / "!v")
                               if " " not in v and not any(u in v.lower() for u in self._UNSUITABLE))

    def _receive(self, samples, count, events):
        if count > 0:
            self._blocks.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
        i = 0
        while events[i].type:
            if events[i].type == self.PHONEME_EVENT:
                name = bytes(events[i].id.string).split(b"\0")[0].decode("utf8", "replace")
                self._events.append((events[i].sample, name))
            i += 1
        return 0

    def speak(self, text, voice, pitch=50, spread=50, words_per_minute=175):
        """One utterance -> (rate, int16, segments)."""
        self._blocks.clear()
        self._events.clear()
        if self._lib.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"espeak-ng has no voice {voice}")
        for parameter, value in ((1, words_per_minute), (3, pitch), (4, spread)):
            self._lib.espeak_SetParameter(parameter, value, 0)
        data = text.encode()
        self._lib.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1, None, None)
        x = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)
        times = []
        for k, (sample, name) in enumerate(self._events):
            end = self._events[k + 1][0] if k + 1 < len(self._events) else len(x)
            times += self._phones(sample / self.rate, end / self.rate, name)
        return self.rate, x, self._pull_stops(x, segments_of(times))

    @staticmethod
    def _phones(start, end, name):
        if not name or name[0] in "_|'":
            return [(start, end, "sil")]
        for length in (3, 2, 1):
            found = _ESPEAK.get(name[:length])
            if found:
                parts = found if isinstance(found, tuple) else (found,)
                step = (end - start) / len(parts)
                return [(start + k * step, start + (k + 1) * step, p) for k, p in enumerate(parts)]
        return [(start, end, "AX")]

    def _pull_stops(self, x, segments):
        """espeak-ng puts the silent closure of a stop before the stop's event: pull the start back over it, up to 90 ms."""
        out = [list(s) for s in segments]
        step = int(.005 * self.rate)
        for k in range(1, len(out)):
            if out[k][2] not in _STOPS or out[k - 1][2] == PHONE["sil"]:
                continue
            j = int(out[k][0] * self.rate)
            limit = max(int((out[k - 1][0] + .02) * self.rate), j - int(.09 * self.rate))
            while j - step > limit and np.abs(x[j - step:j]).max() < 120:
                j -= step
            out[k][0] = out[k - 1][1] = j / self.rate
        return [tuple(s) for s in out if s[1] > s[0]]


FESTIVAL_VOICES = ("cmu_us_slt_arctic_hts", "ked_diphone", "kal_diphone")


def festival(rng, sentences, voice):
    """Speaks the sentences with one festival voice in one process, at random speed and pitch."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"(voice_{voice})"]
        for i, text in enumerate(sentences):
            lines.append(f"(Parameter.set 'Duration_Stretch {rng.uniform(.85, 1.3):.2f})")
            if voice != "cmu_us_slt_arctic_hts":
                lines.append(f"(set! int_lr_params '((target_f0_mean {rng.integers(85, 200)}) (target_f0_std "
                             f"{rng.integers(8, 25)}) (model_f0_mean 170) (model_f0_std 34)))")
            lines.append('(set! u (utt.synth (Utterance Text "%s")))(format t "@@ %d\\n")' % (text.replace('"', ""), i))
            lines.append("(mapcar (lambda (s) (format t \"%s %f\\n\" (item.name s) (item.feat s \"end\")))"
                         f" (utt.relation.items u 'Segment))(utt.save.wave u \"{folder}/{i}.wav\" 'riff)")
        script = Path(folder, "s.scm")
        script.write_text("\n".join(lines))
        out = subprocess.run(["festival", "-b", str(script)], capture_output=True, text=True).stdout
        for block in out.split("@@ ")[1:]:
            rows = block.strip().split("\n")
            path = Path(folder, rows[0].strip() + ".wav")
            if path.exists():
                rate, x = read_wav(path)
                yield rate, x, segments_of(ends(row.split() for row in rows[1:]))


def flite(rng, sentences, voice):
    """Speaks the sentences with one flite voice, at random speed."""
    with tempfile.TemporaryDirectory() as folder:
        for text in sentences:
            path = Path(folder, "u.wav")
            stretch = f"duration_stretch={rng.uniform(.85, 1.25):.2f}"
            out = subprocess.run(["flite", "-voice", voice, "--setf", stretch, "-psdur", "-o", str(path), "-t", text + " "],
                                 capture_output=True, text=True).stdout
            rate, x = read_wav(path)
            yield rate, x, segments_of(ends(re.findall(r"(\S+):([0-9.]+)", out)))


def ends(rows, rename=cmu_phone):
    """(name, end) rows -> (start, end, our name)."""
    start, out = 0.0, []
    for row in rows:
        if len(row) == 2:
            out.append((start, float(row[1]), rename(row[0])))
            start = float(row[1])
    return out
