"""All numbers of the motion networks, on sets never trained on: work/motion/scores.json.

    python3 -m motion.score [--quick]         --quick: the unseen synthesizers only, without the emotions

Sets: test_awb and test_rms (flite, synthesizer and speakers unseen), test_espeak (unseen variants and sentences), test_emodb
(human, hand-labelled, unseen actors and sentences). The ablation is scored where work/motion/voice_with.pt and voice_without.pt exist: the same
training, gone on with for as long with the adversary and without.
"""

import json
import os

import numpy as np
import torch

from common.motion import EMOTIONS, SAMPLE_RATE, lip_aperture
from common.paths import parser, work
from motion import learn
from motion.closures import Closures, labels_of
from motion.life import blinks, emotion_vector, emotions, given_pose, glances, head_follows, swap
from motion.lipsync import follow, segments_of, stillness
from motion.nets import ARTICULATION
from motion.perform import Recordings, features_of, load_context, noisy, perform

SETS = ("test_awb", "test_rms", "test_espeak", "test_emodb")
UNSEEN = SETS[:2]
MINUTES_IDLE = 5


def sync(context, recordings, sets):
    out = {}
    for name in sets:
        for key, spoil in (("", None), ("_noise10dB", noisy)):
            if not work("speech", name + ".npz").exists() or (key and name not in UNSEEN):
                continue
            z, features = recordings(name, spoil, key)
            out[name + key] = follow(perform(context, features)[0], z)
    return out


def articulation(context, recordings, sets):
    """Correlation per tongue curve (tip up, tip out, back up) of the context's first numbers with the phones' curves."""
    from common.phones import PHONES
    from faces.tongue import tongue_curves
    out = {}
    for name in sets:
        if work("speech", name + ".npz").exists():
            z, features = recordings(name)
            y = perform(context, features)[1][:, :ARTICULATION].clip(0, 1)
            wanted = tongue_curves(segments_of(z), PHONES, len(y))
            out[name] = [np.corrcoef(y[:, k], wanted[:, k])[0, 1] for k in range(ARTICULATION)]
    return out


def closures_by_emotion(context, recordings):
    """Recall and precision on the unseen synthesizers together, neutral and under each emotion at full strength."""
    out = {}
    for i, emotion in enumerate(("neutral", *EMOTIONS)):
        count = Closures()
        for name in UNSEEN:
            z, features = recordings(name)
            motion, _ = perform(context, features, emotion_vector(i, 1.0))
            count.add(lip_aperture(motion), *labels_of(segments_of(z), len(motion)))
        out[emotion] = {"recall": count.recall, "precision": count.precision}
    worst = min(v["recall"] for v in out.values())
    return out | {"mostPointsLost": 100 * (out["neutral"]["recall"] - worst)}


def alive(encoder, context, recordings):
    """Blinks, glances and head while speaking (the unseen synthesizers) and while idle."""
    quiet, _ = perform(context, features_of(encoder, np.zeros(MINUTES_IDLE * 60 * SAMPLE_RATE, np.int16)), seed=3)
    out = {"idle": {"blinks": blinks(quiet), "glances": glances(quiet), "headDeviation": quiet[250:, 52:].std(0).tolist()}}
    motions, ends, at, follows = [], [], 0.0, []
    for seed, name in enumerate(UNSEEN):
        z, features = recordings(name)
        motion, _ = perform(context, features, seed=10 + seed)
        segments = segments_of(z)
        ends += [at + a for a, b in labels_of(segments, len(motion))[1] if b - a > .25]
        follows.append(head_follows(motion, z))
        motions.append(motion)
        at += len(motion) / 25
    motion = np.concatenate(motions)
    out["speaking"] = {"blinks": blinks(motion, ends), "glances": glances(motion), "headDeviation": motion[250:, 52:].std(0).tolist(),
                       "nodFollowsStress": float(np.mean(follows))}
    return out


def ablation(recordings):
    return {"ablation": {name: sync(load_context(name), recordings, UNSEEN) for name in ("voice_with", "voice_without") if learn.load(name)}}


def plain(x):
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    return x if isinstance(x, (str, bool)) else round(float(x), 4)


def main():
    p = parser(__doc__)
    p.add_argument("--quick", action="store_true")
    p.add_argument("--ablation", action="store_true", help="only the ablation, added to the scores there are")
    a = p.parse_args()
    torch.set_num_threads(1)
    from speech.encoder_io import load_encoder
    encoder = load_encoder()
    context, recordings = load_context(), Recordings(encoder)
    if a.ablation:
        return keep(json.loads(work("motion", "scores.json").read_text()) | ablation(recordings))
    sets = UNSEEN if a.quick else SETS
    out = {"sync": sync(context, recordings, sets), "articulation": articulation(context, recordings, sets)}
    first, second = (recordings(name)[1] for name in UNSEEN)
    out["silence"] = stillness(encoder, context, recordings(UNSEEN[0])[0]["x"])
    if not a.quick:
        out["closuresByEmotion"] = closures_by_emotion(context, recordings)
        out["life"] = alive(encoder, context, recordings)
        out["emotions"] = emotions(context, first[:, :3000], second[:, :3000])
        out["swap"] = swap(context, first[:, :3000], second[:, :3000])
        out["givenPose"] = given_pose(context, first[:, :2000])
        out |= ablation(recordings)
    keep(out)


def keep(scores):
    text = json.dumps(plain(scores), indent=1)
    print(text)
    path = work("motion", "scores.json")
    path.with_suffix(".part").write_text(text + "\n")
    os.replace(path.with_suffix(".part"), path)


if __name__ == "__main__":
    main()
