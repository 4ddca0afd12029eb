"""Makes the voices of the tests, with phone times beside them.

    python3 -m speech.voices

Synthetic voices: festival (slt, HTS) and flite (rms), sentences of our own. The human voice is cut from the test split of
speechocean762 (see models/CREDITS.md). 16-bit mono WAV.
"""

import numpy as np

from common.audio import resample, write_wav
from common.motion import SAMPLE_RATE
from common.paths import REPOSITORY, parser
from common.phones import PHONES
from speech.align import utterances
from speech.synthesizers import festival, flite

TESTS = {
    "slt": (festival, "cmu_us_slt_arctic_hts", ["Bob and Mary moved the big map.", "Five very old vans left before four.",
                                                  "We who choose blue shoes also use two spoons."]),
    "rms": (flite, "rms", ["Please bring my brother a cup of warm milk.", "The happy farmer opened every window.",
                            "Perhaps people prefer simple answers."]),
}
PAUSE = 1.3  # seconds of digital silence before, between and after the test sentences
SPEAKER_AGE = 20  # the first female speaker of the test split at least this old
HUMAN_SECONDS = 10


class _Plain:
    """Stands in for a random generator: the middle of every range, so that voices speak at their own pace."""

    def uniform(self, low, high):
        return 1.0

    def integers(self, low, high):
        return (low + high) // 2


def speak(generator, voice, texts, rate, pause):
    """Sentences parted by silence: (int16 at `rate`, [(start, end, phone name)])."""
    parts, times, at = [np.zeros(int(pause * rate))], [], pause
    for own, x, segments in generator(_Plain(), texts, voice):
        y, ratio = resample(x, own, to=rate)
        y = y * (0.6 * 32767 / np.abs(y).max())
        times += [(at + a * ratio, at + b * ratio, PHONES[p]) for a, b, p in segments]
        parts += [y, np.zeros(int(pause * rate))]
        at = sum(map(len, parts)) / rate
    return np.concatenate(parts), times


def main():
    a = parser(__doc__).parse_args()
    vectors = REPOSITORY / "tests" / "vectors" / "voices"
    vectors.mkdir(parents=True, exist_ok=True)
    for name, (generator, voice, texts) in TESTS.items():
        x, times = speak(generator, voice, texts, SAMPLE_RATE, PAUSE)
        write_wav(vectors / (name + ".wav"), x)
        head = [f"# {name}.wav: {generator.__name__} {voice}, 16 kHz. Made by models/training/speech/voices.py.",
                *(f"# {t}" for t in texts), "# start s, end s, phone (ARPAbet; diphthongs as two halves); silence elsewhere"]
        (vectors / (name + ".txt")).write_text("\n".join(head + [f"{s:.3f} {e:.3f} {p}" for s, e, p in times]) + "\n")
        print(f"{name}.wav {len(x) / SAMPLE_RATE:.1f} s")
    human(a.data, vectors)


def human(data, vectors):
    """About 10 s of one grown-up speaker of the test split, sentences parted by half a second."""
    rows, speaker = [], None
    for row, x in utterances(data, "test", lambda r: int(r["age"]) >= SPEAKER_AGE and r["gender"] == "f"):
        speaker = speaker or row["speaker"]
        if row["speaker"] != speaker:
            break
        rows.append((row, x))
    lines, parts, at = [], [np.zeros(SAMPLE_RATE // 2)], .5
    for row, x in rows:
        if at < HUMAN_SECONDS:
            parts += [x * (0.6 * 32767 / np.abs(x).max()), np.zeros(SAMPLE_RATE // 2)]
            lines.append(f"{at:.2f} {at + len(x) / SAMPLE_RATE:.2f} {row['utt']} {row['text']}")
            at += len(x) / SAMPLE_RATE + .5
    write_wav(vectors / "human.wav", np.concatenate(parts))
    head = [f"# human.wav: speaker {speaker} of the test split of speechocean762 (Zhang et al., Interspeech 2021), levels evened,",
            "# silence put between the recordings. Made by models/training/speech/voices.py. start s, end s, utterance, text"]
    (vectors / "human.txt").write_text("\n".join(head + lines) + "\n")
    print(f"human.wav {at:.1f} s")


if __name__ == "__main__":
    main()
