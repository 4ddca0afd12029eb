"""Makes the held-out voices of `./liveavatar perf quality`: tests/vectors/quality/voices/*.opus with labels and index.tsv.

    python3 -m quality.voices            (from models/training; takes about 20 s)

flite awb and rms speak sentences that the corpus holds out: neither voice nor sentence was trained on. EMO-DB: speakers and
sentences that training leaves out (speech/splits.py), with phone times set by hand. speechocean762: speakers of the authors' test split.
"""

import csv
import shutil
import subprocess

import numpy as np

from common.audio import decode, resample, write_wav
from common.motion import CHUNK, SAMPLE_RATE
from common.paths import REPOSITORY, parser, work
from quality import labels
from speech.corpus import HELD_OUT_SENTENCES, sentences
from speech.splits import TEST_VOICES, emodb_part
from speech.synthesizers import flite

OUT = REPOSITORY / "tests" / "vectors" / "quality" / "voices"
GAP = int(.4 * SAMPLE_RATE) // CHUNK * CHUNK  # digital silence around utterances
KBITS = 32  # speech at this rate is near to transparent; calls arrive as Opus too
SYNTHETIC_SECONDS = 120
CHILDREN_AND_ADULTS = ("1050", "3631", "0457", "2892")  # boy 8, girl 9, woman 21, man 24
REAL_SECONDS = 25


class Track:
    """One recording that grows by utterances, with its labels."""

    def __init__(self):
        self.parts, self.rows, self.samples = [np.zeros(GAP, np.int16)], [], GAP

    @property
    def seconds(self):
        return self.samples / SAMPLE_RATE

    def add(self, x, rows_at=None):
        """x int16; rows_at(offset s) -> label rows."""
        if rows_at:
            self.rows += rows_at(self.seconds)
        length = -(-len(x) // CHUNK) * CHUNK + GAP
        self.parts.append(np.pad(x, (0, length - len(x))))
        self.samples += length

    def write(self, name):
        wav = OUT / f"{name}.wav"
        write_wav(wav, np.concatenate(self.parts))
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(wav), "-c:a", "libopus", "-b:a", f"{KBITS}k", "-application", "audio",
                        "-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact", str(wav.with_suffix(".opus"))], check=True)
        wav.unlink()
        if self.rows:
            labels.write(OUT / f"{name}.tsv", self.rows)


def normal(x):
    """int16 with its peak at 0.7."""
    return (x * (.7 * 32767 / (np.abs(x).max() + 1e-6))).astype(np.int16)


def synthesizer(voice):
    rng = np.random.default_rng(sum(voice.encode()) + 2025)
    texts = list(rng.permutation(sentences()[-HELD_OUT_SENTENCES:]))
    track = Track()
    for rate, x, segments in flite(rng, texts, voice):
        y, ratio = resample(x, rate)
        track.add(normal(y), lambda t, s=segments, r=ratio: labels.rows_of_segments([(a * r, b * r, p) for a, b, p in s], t))
        if track.seconds >= SYNTHETIC_SECONDS:
            break
    track.write(voice)
    return [(voice, "synthesizer", voice, "en", "", f"flite {voice}, sentences the corpus holds out")]


def table(path):
    return list(csv.DictReader(open(path, encoding="utf8", newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))


def emodb(data):
    folder, out = data / "data" / "speech" / "emodb", []
    phones = {}
    for r in table(folder / "phones.tsv"):
        phones.setdefault(r["utt"], []).append(r)
    rows = [r for r in table(folder / "index.tsv") if emodb_part(r) == "test" and len(phones.get(r["utt"], [])) >= 5]
    for speaker in sorted({r["speaker"] for r in rows}):
        sound, track = decode(folder / f"{speaker}.opus"), Track()
        for r in (r for r in rows if r["speaker"] == speaker):
            x = sound[int(float(r["start_s"]) * SAMPLE_RATE):int(float(r["end_s"]) * SAMPLE_RATE)]
            track.add(normal(x), lambda t, p=phones[r["utt"]]: labels.shaped([hand_row(q, t) for q in p]))
        track.write(f"emodb{speaker}")
        who = next(r for r in rows if r["speaker"] == speaker)
        said = " ".join(sorted({r["sentence"] for r in rows}))
        out.append((f"emodb{speaker}", "human", "emodb", "de", f"{who['gender']}{who['age']}", f"EMO-DB speaker {speaker}, sentences {said}, all emotions"))
    return out


def hand_row(q, offset):
    """A row of EMO-DB's hand-made labels; a plosive's closure holds the lips together, its release and breath do not."""
    a, b = float(q["start_s"]), float(q["end_s"])
    shut = (a, b) if q["viseme"] == "PP" and not q["phone"].startswith("!") and "asp" not in q["phone"] else None
    return labels.row(a, b, q["phone"], q["viseme"], 0 if q["base"] in ("@", "6") else labels.VISEME_HEIGHT.get(q["viseme"], 0), shut, offset)


def speechocean(data):
    """Real speech without times: only what needs no alignment is measured on it, against the transcript's phones."""
    folder, out, transcripts = data / "data" / "speech" / "speechocean762", [], []
    rows = [r for r in table(folder / "index.tsv") if r["split"] == "test" and r["phones"]]
    for speaker in CHILDREN_AND_ADULTS:
        sound, track = decode(folder / f"{speaker}.opus"), Track()
        for r in (r for r in rows if r["speaker"] == speaker):
            start = track.seconds
            track.add(normal(sound[int(float(r["start_s"]) * SAMPLE_RATE):int(float(r["end_s"]) * SAMPLE_RATE)]))
            transcripts.append(f"ocean{speaker}\t{start:.4f}\t{track.seconds:.4f}\t{visemes_of(r['phones'])}")
            if track.seconds >= REAL_SECONDS:
                break
        track.write(f"ocean{speaker}")
        who = next(r for r in rows if r["speaker"] == speaker)
        out.append((f"ocean{speaker}", "transcript", "speechocean762", "en", f"{who['gender']}{who['age']}", f"speechocean762 test speaker {speaker}"))
    (OUT / "transcripts.tsv").write_text("file\tstart_s\tend_s\tvisemes\n" + "\n".join(transcripts) + "\n")
    return out


def visemes_of(phones):
    from common.phones import DIPHTHONG, PHONE, VISEME_OF, VISEMES
    from speech.synthesizers import cmu_phone
    names = [cmu_phone(p) for p in phones.replace("|", " ").split()]
    parts = [q for n in names for q in DIPHTHONG.get(n, (n,))]
    return " ".join(VISEMES[VISEME_OF[PHONE[p]]] for p in parts if p in PHONE and p != "HH")


def main():
    data = parser(__doc__).parse_args().data
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    rows = [r for v in TEST_VOICES for r in synthesizer(v)] + emodb(data) + speechocean(data)
    header = "name\tkind\tset\tlanguage\tspeaker\tsource"
    (OUT / "index.tsv").write_text("\n".join([header] + ["\t".join(r) for r in rows]) + "\n")


if __name__ == "__main__":
    main()
