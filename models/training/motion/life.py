"""How alive the face is: blinks, glances, head and stress, emotions, what voice and expression each move, given poses."""

import numpy as np

from common import teacher
from common.motion import EMOTIONS, FRAME_RATE, INDEX, UPPER, lip_aperture
from motion.closures import runs
from motion.lipsync import curves_of, segments_of
from motion.nets import POSE, STRESS
from motion.perform import perform

LID_DOWN = .5
GLANCE = .08  # gaze that moves by this much within a frame and a half has jumped
WARM = 5 * FRAME_RATE


def gaze(motion):
    """(x, y) of the left eye, presenter's left and up positive."""
    get = lambda n: motion[:, INDEX[n + "Left"]]
    return np.stack([get("eyeLookOut") - get("eyeLookIn"), get("eyeLookUp") - get("eyeLookDown")], 1)


def blinks(motion, ends=()):
    """Rate, length and regularity of blinks; `ends` are seconds at which phrases end."""
    spans = runs(motion[:, INDEX["eyeBlinkLeft"]] > LID_DOWN)
    starts, lengths = np.array([a for a, _ in spans]), np.array([b - a for a, b in spans]) / FRAME_RATE
    between = np.diff(starts) / FRAME_RATE
    train = np.zeros(len(motion))
    train[starts] = 1
    train = np.convolve(train, np.ones(5) / 5, "same") - train.mean()
    power = (train * train).mean()
    echo = [(train[k:] * train[:-k]).mean() / power for k in range(FRAME_RATE, 8 * FRAME_RATE)]
    out = {"perSecond": len(spans) * FRAME_RATE / len(motion), "meanSeconds": lengths.mean(), "shortest": lengths.min(), "longest": lengths.max(),
           "intervalVariation": between.std() / between.mean(), "strongestEcho": max(echo)}
    if len(ends):
        near = np.zeros(len(motion), bool)
        for e in ends:
            near[int(e * FRAME_RATE):int((e + 1.2) * FRAME_RATE)] = True
        out["phraseEndRatio"] = (near[starts].mean() / max(near.mean(), 1e-6)) if len(starts) else 0
    return out


def glances(motion):
    speed = np.linalg.norm(gaze(motion)[2:] - gaze(motion)[:-2], axis=1)
    still = speed < GLANCE / 4
    return {"perSecond": len(runs(speed > GLANCE)) * FRAME_RATE / len(motion), "fixationDrift": speed[still].mean()}


def head_follows(motion, z):
    """Speed of the head's nod against the speed of the labelled stress's beat, at the best lag from -80 to 200 ms."""
    signals = teacher.voice_signals(teacher.speaking(segments_of(z), len(motion)), curves_of(z, len(motion))[:, STRESS])
    a, b = np.diff(motion[:, INDEX["headPitch"]]), np.diff(signals[:, 2])
    return max(np.corrcoef(a[5 + k:len(a) - 5 + k], b[5:-5])[0, 1] for k in range(-2, 6))


def emotion_vector(i, strength):
    e = np.zeros(len(EMOTIONS), np.float32)
    if i:
        e[i - 1] = strength
    return e


def probe(rows, labels, fresh, fresh_labels, ridge=1e-3):
    """Accuracy on fresh rows of a linear classifier (ridge regression to one-hot) fitted on rows."""
    mean, scale = rows.mean(0), rows.std(0) + .02
    x, y = ((r - mean) / scale for r in (rows, fresh))
    x, y = np.c_[x, np.ones(len(x))], np.c_[y, np.ones(len(y))]
    w = np.linalg.solve(x.T @ x / len(x) + ridge * np.eye(x.shape[1]), x.T @ np.eye(labels.max() + 1)[labels] / len(x))
    return ((y @ w).argmax(1) == fresh_labels).mean()


def emotions(context, features, fresh):
    """Linear probes on single frames of the face in speech (head pose left out), fitted on one voice and seed, tested on another."""
    out, rest = {}, {}
    for strength in (1.0, .5):
        sets = []
        for seed, sound in ((1, features), (2, fresh)):
            faces = [perform(context, sound, emotion_vector(i, strength), seed)[0][50:, :teacher.HEAD0] for i in range(len(EMOTIONS) + 1)]
            sets += [np.concatenate(faces), np.repeat(np.arange(len(faces)), [len(f) for f in faces])]
            rest[strength] = [f.mean(0) for f in faces]
        out[f"probe.{strength:g}"] = probe(*sets)
    monotone = True
    for i in range(1, len(EMOTIONS) + 1):
        axis = rest[1.0][i] - rest[1.0][0]
        levels = [(perform(context, features[:, :200], emotion_vector(i, s))[0][50:, :teacher.HEAD0].mean(0) @ axis) for s in np.linspace(0, 1, 6)]
        monotone &= bool((np.diff(levels) > 0).all())
    distance = [[np.linalg.norm(a - b) for b in rest[1.0]] for a in rest[1.0]]
    out["leastDistance"] = min(d for k, row in enumerate(distance) for j, d in enumerate(row) if j != k)
    return out | {"monotone": monotone}


def swap(context, features, other):
    """Swap test (MeshTalk): the same voice under another expression, and another voice under the same expression.

    Changes are mean absolute differences of the upper face; of the lips, the deviation of the difference of apertures over that
    of the aperture.
    """
    n = min(features.shape[1], other.shape[1])
    happy, sad = emotion_vector(5, 1.0), emotion_vector(6, 1.0)
    base = perform(context, features[:, :n], happy, 1)[0][WARM:]
    expression = perform(context, features[:, :n], sad, 2)[0][WARM:]
    noise = perform(context, features[:, :n], happy, 2)[0][WARM:]
    voice = perform(context, other[:, :n], happy, 1)[0][WARM:]
    upper = lambda m: np.abs(m - base)[:, UPPER].mean()
    lips = lambda m: (lip_aperture(m) - lip_aperture(base)).std() / lip_aperture(base).std()
    same = lambda m: np.corrcoef(lip_aperture(m), lip_aperture(base))[0, 1]
    return {"upperByExpression": upper(expression), "upperByNoise": upper(noise), "upperByVoice": upper(voice),
            "lipsByExpression": lips(expression), "lipsByNoise": lips(noise), "lipsByVoice": lips(voice),
            "lipsSameUnderExpression": same(expression), "lipsSameUnderVoice": same(voice)}


def given_pose(context, features):
    """Error of the head when a pose is given: held still, moving slowly, and how far half a weight goes."""
    n = features.shape[1] // 2
    t = np.arange(n)[:, None] / FRAME_RATE
    goal = np.array([.2, -.08, .06, .02, -.01, .03], np.float32)
    moving = goal * np.sin(2 * np.pi * .25 * t)
    one = np.ones((n, 1), np.float32)
    free = perform(context, features)[0][:, teacher.HEAD0:]
    held = perform(context, features, pose=np.broadcast_to(goal, (n, POSE)), weight=one)[0][:, teacher.HEAD0:]
    follows = perform(context, features, pose=moving, weight=one)[0][:, teacher.HEAD0:]
    blend = perform(context, features, pose=np.broadcast_to(goal, (n, POSE)), weight=.5 * one)[0][:, teacher.HEAD0:]
    late = min(np.abs(follows[WARM:] - moving[WARM + 1 - k:len(moving) - k]).mean() for k in range(12))
    return {"heldError": np.abs(held[WARM:] - goal).max(), "movingErrorRadians": np.abs(follows[WARM:, :3] - moving[WARM + 1:, :3]).mean(),
            "movingErrorAtBestLag": late, "blendError": np.abs(blend[WARM:] - .5 * (free[WARM:] + goal)).max()}
