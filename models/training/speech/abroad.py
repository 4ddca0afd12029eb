"""Festival voices of other languages: more throats with exact phone times. They read English letters by their own rules.

Packages festvox-italp16k, festvox-itapc16k, festvox-czech-*, festvox-suopuhe-*, festvox-ru, festvox-ca-ona-hts. Only the mouth matters
here, so a foreign sound takes the nearest phone of common/phones.py that looks the same.
"""

import subprocess
import tempfile
from pathlib import Path

from common.audio import read_wav
from speech.synthesizers import ends, segments_of

_PLAIN = {"a": "AA", "e": "EH", "i": "IY", "o": "AO", "u": "UW", "p": "P", "b": "B", "m": "M", "f": "F", "v": "V", "t": "T", "d": "D",
          "n": "N", "l": "L", "r": "D", "s": "S", "z": "Z", "k": "K", "g": "G", "j": "Y", "h": "HH", "#": "sil", "##": "sil", "_": "sil",
          "pau": "sil"}
_ITALIAN = _PLAIN | {"E": "EH", "O": "AO", "w": "W", "S": "SH", "ts": ("T", "S"), "tS": "CH", "dz": ("D", "Z"), "dZ": "JH", "J": "N",
                     "ng": "NG", "nf": "N", "L": "L"}
_CZECH = _PLAIN | {"c": ("T", "S"), "c~": "CH", "ch": "K", "d~": "D", "dz": ("D", "Z"), "dz~": "JH", "n*": "NG", "n~": "N", "r~": "ZH",
                   "r~*": "SH", "s~": "SH", "t~": "T", "z~": "ZH"}
_FINNISH = _PLAIN | {"y": "UW", "@": "AX", "7": "ER", "&": "AE", "T": "T", "D": "D", "S": "SH", "Z": "ZH", "N": "NG", "L": "L", "w": "W"}
_RUSSIAN = _PLAIN | {"y": "IH", "ae": "AE", "ay": "AX", "ur": "AX", "c": ("T", "S"), "ch": "CH", "zh": "ZH", "h": "K", "sh": "SH",
                     "sch": "SH"}
_CYRILLIC = str.maketrans(dict(zip("abcdefghijklmnopqrstuvwxyz", "абкдефгхийклмнопкрстуввшыз")))
_CATALAN = _PLAIN | {"ax": "AX", "E": "EH", "O": "AO", "J": "N", "L": "L", "S": "SH", "Z": "ZH", "w": "W"}
CATALAN = "upc_ca_ona_hts"
VOICES = {"lp_diphone": _ITALIAN, "pc_diphone": _ITALIAN, "czech_ph": _CZECH, "czech_dita": _CZECH, "czech_machac": _CZECH,
          "czech_krb": _CZECH, "suo_fi_lj_diphone": _FINNISH, "hy_fi_mv_diphone": _FINNISH, "msu_ru_nsh_clunits": _RUSSIAN, CATALAN: _CATALAN}


def installed():
    """The voices that are there."""
    return [v for v in VOICES if list(Path("/usr/share/festival/voices").glob("*/" + v))]


def phones_of(name, table):
    """Our phones for a foreign one: lengths, stress digits and Russian doubled letters (soft or stressed) fall away."""
    for key in (name, name.rstrip(":1"), name[0]):
        if key in table:
            found = table[key]
            return found if isinstance(found, tuple) else (found,)
    raise KeyError(name)


def abroad(rng, sentences, voice):
    """Speaks the sentences with one foreign festival voice in one process; yields (rate, int16, segments)."""
    table = VOICES[voice]
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"(voice_{voice})"]
        for i, text in enumerate(sentences):
            text = text.replace('"', "")
            if table is _RUSSIAN:
                text = text.lower().translate(_CYRILLIC)
            lines.append(f"(Parameter.set 'Duration_Stretch {rng.uniform(.8, 1.25):.2f})")
            lines.append('(set! u (utt.synth (Utterance Text "%s")))(format t "@@ %d\\n")' % (text, i))
            lines.append("(mapcar (lambda (s) (format t \"%s %f\\n\" (item.name s) (item.feat s \"end\")))"
                         f" (utt.relation.items u 'Segment))(utt.save.wave u \"{folder}/{i}.wav\" 'riff)")
        Path(folder, "s.scm").write_text("\n".join(lines))
        out = subprocess.run(["festival", "-b", str(Path(folder, "s.scm"))], capture_output=True, text=True, errors="replace").stdout
        for block in out.split("@@ ")[1:]:
            rows = [row.split() for row in block.strip().split("\n")]
            path = Path(folder, rows[0][0] + ".wav")
            if path.exists():
                rate, x = read_wav(path)
                yield rate, x, segments_of(_timed(rows[1:], table))


def _timed(rows, table):
    """(name, end) rows -> (start, end, our phone), two-part sounds in halves."""
    for start, end, name in ends(rows, str):
        parts = phones_of(name, table)
        step = (end - start) / len(parts)
        for k, part in enumerate(parts):
            yield start + k * step, start + (k + 1) * step, part
