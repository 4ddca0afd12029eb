"""Who and what is held out. Everybody who trains or tests on recorded people or synthesizers imports this file.

EMO-DB has ten actors who all speak the same ten sentences, so a test that is new by actor alone is not new by words. Phones and closures
are trained on TRAIN_ACTORS speaking TRAIN_SENTENCES and tested on TEST_ACTORS speaking TEST_SENTENCES; the rest is not touched.
The speaker-state head is trained on TRAIN_ACTORS and tested on TEST_ACTORS, with all sentences: what is said does not tell the mood.
"""

TRAIN_ACTORS = ("03", "08", "10", "13", "16")  # m f m f f
TEST_ACTORS = ("09", "11", "12", "14", "15")  # f m m f m
TRAIN_SENTENCES = ("a01", "a04", "a07", "b02", "b09")
TEST_SENTENCES = ("a02", "a05", "b01", "b03", "b10")

# speechocean762: the authors' own split by speaker. The test speakers are never heard in training; of the training speakers
# every VALIDATION_EVERYth (by sorted name) is kept back to choose thresholds.
VALIDATION_EVERY = 12

# Synthesizers nobody trains on: the test. kal16 chooses thresholds (its speaker is festival's kal; the synthesizer is not trained on).
TEST_VOICES = ("awb", "rms")
VALIDATION_VOICES = ("kal16",)


def emodb_part(row):
    """Where a row of emodb/index.tsv belongs: "train", "test" or None."""
    for part, actors, sentences in (("train", TRAIN_ACTORS, TRAIN_SENTENCES), ("test", TEST_ACTORS, TEST_SENTENCES)):
        if row["speaker"] in actors and row["sentence"] in sentences:
            return part
    return None


def validation_speakers(speakers):
    """The training speakers of speechocean762 that are kept back."""
    return set(sorted(set(speakers))[::VALIDATION_EVERY])
