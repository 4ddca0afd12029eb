"""Teacher motion: what a presenter's face does, as a function of phones, emotion and noise.

`sequence` makes whole random performances for whoever needs frames; `compose` and `idle` are what the networks learn.
Emotion follows the action units that EMFACS names (Friesen and Ekman 1983), mapped to ARKit shapes.
"""

import numpy as np

from .motion import EMOTIONS, FRAME_RATE, INDEX, MOTION, NOISE, pair
from .mouth import CURVES, mouth_curves
from .phones import CONTROLS, PHONE, PHONES, VOWELS

# channel -> strength at full emotion; a name without a side stands for both.
AFFECT = {
    "angry": dict(browDown=.78, eyeSquint=.32, eyeWide=.18, noseSneer=.22, mouthPress=.26, mouthFrown=.20,
                  jawForward=.12, mouthRollLower=.12, mouthShrugLower=.10, headPitch=.03),
    "contempt": dict(mouthSmileRight=.36, mouthDimpleRight=.55, mouthSmileLeft=.04, eyeSquintRight=.20,
                     eyeSquintLeft=.08, browOuterUpLeft=.28, cheekSquintRight=.18, headPitch=-.05, headRoll=-.04),
    "disgusted": dict(noseSneer=.78, mouthUpperUp=.30, mouthFrown=.34, browDown=.38, eyeSquint=.36, cheekSquint=.30,
                      mouthShrugLower=.18, headPitch=-.03),
    "fear": dict(browInnerUp=.82, browOuterUp=.36, browDown=.14, eyeWide=.66, mouthStretch=.46, jawOpen=.05,
                 mouthLowerDown=.12, headPitch=-.04, headZ=-.03),
    "happy": dict(mouthSmile=.64, cheekSquint=.52, eyeSquint=.26, mouthDimple=.14, browOuterUp=.10, mouthUpperUp=.06,
                  headRoll=.03),
    "sad": dict(browInnerUp=.78, browDown=.14, mouthFrown=.56, eyeBlink=.12, eyeLookDown=.10, mouthShrugLower=.22,
                headPitch=.08, headRoll=.03),
    "surprised": dict(browInnerUp=.62, browOuterUp=.76, eyeWide=.62, jawOpen=.12, mouthFunnel=.06, headPitch=-.04,
                      headZ=-.02),
}
# What an emotion does to speech: factor of the jaw, the rounding, the parting of the lips.
SPEECH = {"angry": (1.10, .95, 1.25), "contempt": (.90, .95, .90), "disgusted": (.95, .90, 1.15), "fear": (1.0, .85, 1.1),
          "happy": (1.06, .80, 1.15), "sad": (.74, .95, .72), "surprised": (1.15, 1.0, 1.0)}
_ASYMMETRY = {"mouthSmileRight": .92, "browOuterUpLeft": .93, "browDownRight": .95, "noseSneerLeft": .9,
              "mouthFrownLeft": .93, "cheekSquintRight": .94}


def _affect_matrix():
    m = np.zeros((len(EMOTIONS), len(MOTION)), np.float32)
    for e, name in enumerate(EMOTIONS):
        for channel, value in AFFECT[name].items():
            for i in pair(channel):
                m[e, i] = value * (_ASYMMETRY.get(MOTION[i], 1.0) if channel not in INDEX else 1.0)
    return m


AFFECT_MATRIX = _affect_matrix()
SPEECH_MATRIX = np.array([SPEECH[e] for e in EMOTIONS], np.float32) - 1
HEAD0 = INDEX["headYaw"]

BLINK = np.array([.5, 1.0, 1.0, .72, .38, .14], np.float32)  # 0.24 s at 25 frames per second
BLINK_THRESHOLD = 2.20  # a normal number passes it with p = 0.0139: 0.35 blinks per second
FLASH = np.array([.15, .45, .8, 1.0, 1.0, 1.0, .95, .85, .7, .5, .3, .15, .05], np.float32)
IDLE = 10  # blink, gaze x, gaze y, brow, yaw, pitch, roll, x, y, z


def idle(noise):
    """Idle motion as a deterministic function of the noise a session draws.

    noise [batch, frames, 10] standard normal -> [batch, frames, 10]: blink 0..1, gaze x (presenter's left +), gaze y (up +),
    brow raise 0..1, then the head's yaw, pitch, roll, x, y, z with the breath in pitch and y. Starts at rest.
    """
    batch, frames, _ = noise.shape
    out = np.zeros((batch, frames, IDLE), np.float32)
    since_blink = np.full(batch, 99)
    since_flash = np.full(batch, 99)
    gaze, goal = np.zeros((batch, 2)), np.zeros((batch, 2))
    slow, slower = np.zeros((batch, 6)), np.zeros((batch, 6))
    breath, breath_speed = np.zeros(batch), np.zeros(batch)
    for t in range(frames):
        z = noise[:, t]
        since_blink = np.where((z[:, 0] > BLINK_THRESHOLD) & (since_blink >= len(BLINK)), 0, since_blink + 1)
        since_flash = np.where((z[:, 9] > 2.4) & (since_flash >= len(FLASH)), 0, since_flash + 1)
        out[:, t, 0] = np.where(since_blink < len(BLINK), BLINK[np.minimum(since_blink, len(BLINK) - 1)], 0)
        out[:, t, 3] = np.where(since_flash < len(FLASH), FLASH[np.minimum(since_flash, len(FLASH) - 1)], 0)
        jump = z[:, 1] > 1.9  # 0.7 saccades per second; the cube keeps most of them near the viewer's eyes
        new = np.stack([0.3 * np.tanh(z[:, 2]) ** 3, 0.15 * np.tanh(z[:, 3]) ** 3], 1)
        goal = np.where(jump[:, None], new, goal)
        gaze = gaze + 0.75 * (goal - gaze)
        out[:, t, 1:3] = gaze
        # Sway: noise through two low-pass stages of about 0.5 and 1 s; the gain brings it to unit variance.
        slow += 0.08 * (z[:, 4:10] - slow)
        slower += 0.045 * (slow - slower)
        sway = slower * 9.0
        breath_speed += 0.004 * z[:, 8] - 0.004 * breath - 0.02 * breath_speed  # a lazy pendulum near 0.25 Hz
        breath = breath + breath_speed
        out[:, t, 4:10] = sway * np.array([.040, .026, .022, .010, .006, .012])
        out[:, t, 5] += .004 * np.clip(breath, -1.5, 1.5)
        out[:, t, 8] += .004 * np.clip(breath, -1.5, 1.5)
    return out


def compose(curves, emotion, idling):
    """The 58 channels from mouth curves [..., CURVES], emotion [..., 7] and idle motion [..., 10]."""
    n = len(CONTROLS)
    controls, closure, teeth, stress = curves[..., :n].copy(), curves[..., n], curves[..., n + 1], curves[..., n + 2]
    speech = 1 + np.clip(emotion, 0, 1) @ SPEECH_MATRIX
    for names, k in ((("jawOpen",), 0), (("mouthFunnel", "mouthPucker"), 1), (("mouthLowerDown", "mouthUpperUp"), 2)):
        for name in names:
            controls[..., CONTROLS.index(name)] *= speech[..., k]
    m = np.zeros(curves.shape[:-1] + (len(MOTION),), np.float32)
    for c, name in enumerate(CONTROLS):
        for i in pair(name):
            m[..., i] = controls[..., c]
    m += emotion @ AFFECT_MATRIX
    _close_lips(m, closure, teeth)
    _upper_face(m, idling, stress)
    m[..., :HEAD0] = np.clip(m[..., :HEAD0], 0, 1)
    return m


def _close_lips(m, closure, teeth):
    """Lips together (p, b, m) and lower lip to the teeth (f, v) whatever the emotion does; changes m in place."""
    def mix(name, value, w):
        for i in pair(name):
            m[..., i] += w * (value - m[..., i])

    mix("mouthRollLower", .48, teeth)
    mix("mouthUpperUp", .24, teeth)
    mix("mouthLowerDown", .0, teeth)
    mix("mouthFunnel", .05, teeth)
    mix("jawOpen", .07, teeth)
    jaw = m[..., INDEX["jawOpen"]]
    jaw += closure * (np.minimum(jaw, .16) - jaw)
    for name in ("mouthFunnel", "mouthLowerDown", "mouthUpperUp", "mouthShrugUpper", "tongueOut"):
        mix(name, .0, closure)
    mix("mouthPress", .25, closure)
    mix("mouthRollUpper", .2, closure)
    mix("mouthRollLower", .16, closure)
    m[..., INDEX["mouthClose"]] = closure * (jaw + .01)


def _upper_face(m, idling, stress):
    def add(name, value):
        for i in pair(name):
            m[..., i] += value

    blink, gx, gy, brow = (idling[..., i] for i in range(4))
    add("browInnerUp", .22 * brow + .10 * stress)
    add("browOuterUp", .28 * brow + .12 * stress)
    add("eyeLookUp", np.maximum(gy, 0))
    add("eyeLookDown", np.maximum(-gy, 0))
    for channel, value in (("eyeLookOutLeft", gx), ("eyeLookInRight", gx), ("eyeLookInLeft", -gx), ("eyeLookOutRight", -gx)):
        m[..., INDEX[channel]] += np.maximum(value, 0)
    for side in ("Left", "Right"):
        lid, wide = INDEX["eyeBlink" + side], INDEX["eyeWide" + side]
        m[..., lid] = np.maximum(m[..., lid] + .3 * np.maximum(-gy, 0), blink)
        m[..., wide] *= 1 - blink
    m[..., HEAD0:] += idling[..., 4:10]
    m[..., INDEX["headPitch"]] += .035 * stress


def random_emotion(rng, frames, neutral=0.35):
    """Emotion over time, [frames, 7]: mostly one at a time, sometimes a mixture, with ramps of 0.2 to 1 s."""
    out = np.zeros((frames, len(EMOTIONS)), np.float32)
    t, now = 0, np.zeros(len(EMOTIONS))
    while t < frames:
        goal = np.zeros(len(EMOTIONS))
        if rng.random() > neutral:
            for _ in range(1 if rng.random() < .75 else 2):
                goal[rng.integers(len(EMOTIONS))] = rng.uniform(.25, 1.0)
        ramp = int(rng.integers(5, 26))
        hold = int(rng.integers(25, 160))
        for k in range(ramp + hold):
            if t >= frames:
                break
            w = min(1, (k + 1) / ramp)
            out[t] = now + (goal - now) * w * w * (3 - 2 * w)
            t += 1
        now = goal
    return out


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


def sequence(rng, seconds, neutral=0.35, speak=0.8):
    """A random performance: (motion [frames, 58], emotion [frames, 7]) at 25 frames per second; rng is a numpy Generator."""
    frames = int(seconds * FRAME_RATE)
    warm = 5 * FRAME_RATE  # let the sway leave its rest position
    noise = rng.standard_normal((1, frames + warm, NOISE)).astype(np.float32)
    curves = np.zeros((frames, CURVES), np.float32)
    if rng.random() < speak:
        segments, gains = random_phones(rng, seconds)
        curves = mouth_curves(segments, frames, gains)
    emotion = random_emotion(rng, frames, neutral)
    return compose(curves, emotion, idle(noise)[0, warm:]), emotion
