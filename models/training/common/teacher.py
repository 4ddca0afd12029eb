"""Teacher motion: what a presenter's face does, as a function of phones, emotion and noise.

`sequence` makes whole random performances for whoever needs frames; `compose` and `idle` are what the networks learn.
The voice reaches the upper face and the head by three numbers alone (`voice_signals`): whether it speaks, how freshly a
phrase ended, and the beat of its stresses.
"""

import numpy as np
from scipy.signal import lfilter

from .affect import AFFECT_MATRIX, SPEECH_MATRIX, STRONGEST, felt, random_emotion  # noqa: F401 (random_emotion: for users of the teacher)
from .idle import IDLE, idle
from .motion import APERTURE, FRAME_RATE, INDEX, MOTION, NOISE, pair
from .mouth import CURVES, SHORT_PAUSE, mouth_curves
from .phones import CONTROLS, PHONE, PHONES, VOWELS

HEAD0 = INDEX["headYaw"]
SIGNALS = 3  # speaking 0..1, phrase end 0..1, beat 0..1
SPEAKING_RATE, MEMORY_RATE, BEAT_RATE = .5, .04, .35  # one-pole filters, shares of the way per frame
LISTENING_SMILE = .09
OPEN = .045  # smallest gap between the lips in speech outside closures; a closed mouth is below .03 (motion/score.py)


def voice_signals(speaks, stress):
    """What of the voice moves head and brows: speaks [..., frames] 0 or 1, stress [..., frames] 0..1 -> [..., frames, 3]."""
    now = lfilter([SPEAKING_RATE], [1, SPEAKING_RATE - 1], speaks)
    memory = lfilter([MEMORY_RATE], [1, MEMORY_RATE - 1], now)
    beat = lfilter([BEAT_RATE], [1, BEAT_RATE - 1], stress)
    return np.stack([now, np.maximum(memory - now, 0), beat], -1).astype(np.float32)


def speaking(segments, frames, rate=FRAME_RATE):
    """1 for each video frame with voice in it, short pauses included: [frames]."""
    out, last = np.zeros(frames, np.float32), -9.0
    frame = lambda t: int(np.ceil(t * rate - .5 - 1e-6))  # the first whose middle is not before t
    for start, end, phone in segments:
        if phone != PHONE["sil"]:
            begin = last if start - last < SHORT_PAUSE else start
            out[max(frame(begin), 0):max(frame(end), 0)] = 1
            last = end
    return out


def compose(curves, emotion, idling, signals=None):
    """The 58 channels from mouth curves [..., CURVES], shown emotion [..., 7] (`felt`), idle motion [..., 10] and voice signals.

    Without `signals` the face speaks all the time; the frames of [..., frames, CURVES] are then one after another.
    """
    m = open_mouth(curves, emotion)
    n = len(CONTROLS)
    if signals is None:
        signals = voice_signals(np.ones_like(curves[..., 0]), curves[..., n + 2])
        signals[..., 0] = 1
    rest = 1 - signals[..., 0]
    _listen(m, rest)
    close_lips(m, curves[..., n])
    _upper_face(m, idling, curves[..., n + 2], signals)
    m[..., :HEAD0] = np.clip(m[..., :HEAD0], 0, 1)
    return m


def open_mouth(curves, emotion):
    """The mouth as if no p, b or m closed it, and the emotion's part of the whole face, before clipping: [..., 58]."""
    controls, teeth = curves[..., :len(CONTROLS)].copy(), curves[..., len(CONTROLS) + 1]
    emotion = np.clip(emotion, 0, STRONGEST)
    speech = 1 + emotion @ SPEECH_MATRIX
    for names, k in ((("jawOpen",), 0), (("mouthFunnel", "mouthPucker"), 1), (("mouthLowerDown", "mouthUpperUp"), 2)):
        for name in names:
            controls[..., CONTROLS.index(name)] *= speech[..., k]
    m = np.zeros(curves.shape[:-1] + (len(MOTION),), np.float32)
    for c, name in enumerate(CONTROLS):
        for i in pair(name):
            m[..., i] = controls[..., c]
    feeling = emotion @ AFFECT_MATRIX
    # Rounded lips cannot smile or stretch wide, and tight lips let go where the jaw opens.
    rounding = np.clip(m[..., INDEX["mouthPucker"]] + m[..., INDEX["mouthFunnel"]], 0, 1)
    opening = np.clip(2.5 * m[..., INDEX["jawOpen"]], 0, 1)
    for name, less in (("mouthSmile", .55 * rounding), ("mouthStretch", .6 * rounding), ("mouthDimple", .6 * rounding),
                       ("mouthPress", .8 * opening), ("mouthShrugLower", .5 * opening)):
        for i in pair(name):
            feeling[..., i] *= 1 - less
    m += feeling
    for name, value in (("mouthRollLower", .48), ("mouthUpperUp", .24), ("mouthLowerDown", 0), ("mouthFunnel", .05), ("jawOpen", .07)):
        _mix(m, name, value, teeth)  # lower lip to the teeth (f, v)
    return m


def _mix(m, name, value, w):
    for i in pair(name):
        m[..., i] += w * (value - m[..., i])


def close_lips(m, closure):
    """Lips together (p, b, m) whatever the emotion does; changes m in place."""
    jaw = m[..., INDEX["jawOpen"]]
    jaw += closure * (np.minimum(jaw, .16) - jaw)
    for name in ("mouthFunnel", "mouthLowerDown", "mouthUpperUp", "mouthShrugUpper", "tongueOut"):
        _mix(m, name, .0, closure)
    _mix(m, "mouthPress", .25, closure)
    _mix(m, "mouthRollUpper", .2, closure)
    _mix(m, "mouthRollLower", .16, closure)
    m[..., INDEX["mouthClose"]] = closure * (jaw + .01)


def _listen(m, rest):
    """A listener's small smile; the jaw makes up for what it does to the gap between the lips, so that they stay still."""
    for i in pair("mouthSmile"):
        m[..., i] += LISTENING_SMILE * rest
        m[..., INDEX["jawOpen"]] -= APERTURE[i] * LISTENING_SMILE * rest


def _upper_face(m, idling, stress, signals):
    def add(name, value):
        for i in pair(name):
            m[..., i] += value

    blink, gx, gy, brow = (idling[..., i] for i in range(4))
    speaks, end, beat = (signals[..., i] for i in range(SIGNALS))
    gx, gy = gx * (.6 + .4 * speaks), gy * (.6 + .4 * speaks)  # a listener looks at the speaker
    raised = brow * (.35 + .65 * speaks)
    add("browInnerUp", .22 * raised + .15 * stress)
    add("browOuterUp", .28 * raised + .18 * stress)
    add("eyeLookUp", np.maximum(gy, 0))
    add("eyeLookDown", np.maximum(-gy, 0))
    for channel, value in (("eyeLookOutLeft", gx), ("eyeLookInRight", gx), ("eyeLookInLeft", -gx), ("eyeLookOutRight", -gx)):
        m[..., INDEX[channel]] += np.maximum(value, 0)
    for side in ("Left", "Right"):
        lid, wide = INDEX["eyeBlink" + side], INDEX["eyeWide" + side]
        m[..., lid] = np.maximum(m[..., lid] + .3 * np.maximum(-gy, 0), blink)
        m[..., wide] *= 1 - blink
    m[..., HEAD0:] += idling[..., 4:10]
    # Stress and phrase ends nod; the beat leans the way the sway already goes. A listener nods where a speaker flashes the brows.
    m[..., INDEX["headPitch"]] += .060 * beat + .035 * end + .055 * brow * (1 - speaks)
    for name, k, size in (("headYaw", 4, .022), ("headRoll", 6, .018)):
        m[..., INDEX[name]] += size * beat * np.tanh(idling[..., k] * 40)
    m[..., INDEX["headZ"]] += .006 * beat


def random_phones(rng, seconds):
    """Plausible timed phones: phrases of consonant-vowel syllables between pauses. Returns (segments, gains)."""
    consonants = [PHONE[p] for p in PHONES if PHONE[p] not in VOWELS and p != "sil"]
    segments, gains, t = [], [], 0.0

    def put(phone, length, gain=1.0):
        nonlocal t
        segments.append((t, t + length, phone))
        gains.append(gain)
        t += length

    while t < seconds:
        put(PHONE["sil"], rng.uniform(.15, 1.2))
        for _ in range(int(rng.integers(4, 16))):
            for _ in range(int(rng.choice((0, 1, 1, 1, 2)))):
                put(int(rng.choice(consonants)), rng.uniform(.05, .12))
            gain = float(np.clip(rng.normal(1, .2), .65, 1.35))
            put(int(rng.choice(VOWELS)), rng.uniform(.06, .2) * (0.7 + .3 * gain), gain)
            if rng.random() < .4:
                put(int(rng.choice(consonants)), rng.uniform(.05, .1))
    return segments, gains


def perform(segments, gains, emotion, rng):
    """Motion [frames, 58] of one performance: timed phones (may be empty), emotion asked for [frames, 7], random noise."""
    frames, warm = len(emotion), 5 * FRAME_RATE  # let the sway leave its rest position
    curves = mouth_curves(segments, frames, gains) if segments else np.zeros((frames, CURVES), np.float32)
    signals = voice_signals(speaking(segments, frames), curves[:, -1])
    noise = rng.standard_normal((1, frames + warm, NOISE)).astype(np.float32)
    end = np.concatenate([np.zeros(warm, np.float32), signals[:, 1]])
    return compose(curves, felt(emotion), idle(noise, end[None])[0, warm:], signals)


def sequence(rng, seconds, neutral=0.35, speak=0.8):
    """A random performance: (motion [frames, 58], emotion [frames, 7]) at 25 frames per second; rng is a numpy Generator."""
    frames = int(seconds * FRAME_RATE)
    segments, gains = random_phones(rng, seconds) if rng.random() < speak else ([], None)
    emotion = random_emotion(rng, frames, neutral)
    return perform(segments, gains, emotion, rng), emotion
