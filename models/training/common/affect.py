"""What the emotions do to a face: action units at full strength, how they rise and fall, and what they do to speech.

Action units after EMFACS (Friesen and Ekman 1983), mapped to ARKit shapes. Rates are shares of the way per video frame.
"""

import numpy as np

from .motion import EMOTIONS, INDEX, MOTION, pair

# channel -> strength at full emotion; a name without a side stands for both.
AFFECT = {
    "angry": dict(browDown=.85, eyeSquint=.40, eyeWide=.20, noseSneer=.22, mouthPress=.36, mouthFrown=.22, jawForward=.20,
                  mouthRollLower=.16, mouthRollUpper=.12, mouthShrugLower=.14, headPitch=.045, headZ=.02),
    "contempt": dict(mouthSmileRight=.46, mouthDimpleRight=.62, mouthSmileLeft=.04, mouthRight=.16, eyeSquintRight=.22,
                     eyeSquintLeft=.10, eyeBlink=.12, browOuterUpLeft=.36, cheekSquintRight=.22, headPitch=-.06,
                     headRoll=-.045, headYaw=.03),
    "disgusted": dict(noseSneer=.85, mouthUpperUp=.38, mouthFrown=.34, browDown=.42, eyeSquint=.44, cheekSquint=.38,
                      mouthShrugLower=.24, headPitch=-.035, headYaw=-.03, headZ=-.02),
    "fear": dict(browInnerUp=.90, browOuterUp=.40, browDown=.20, eyeWide=.78, mouthStretch=.60, jawOpen=.08,
                 mouthLowerDown=.22, headPitch=-.03, headZ=-.03, headY=-.006),
    "happy": dict(mouthSmile=.72, cheekSquint=.60, eyeSquint=.28, mouthDimple=.14, browOuterUp=.10, mouthUpperUp=.10,
                  headRoll=.03),
    "sad": dict(browInnerUp=.85, browDown=.18, mouthFrown=.64, eyeBlink=.20, eyeLookDown=.14, mouthShrugLower=.28,
                headPitch=.09, headRoll=.045),
    "surprised": dict(browInnerUp=.74, browOuterUp=.84, eyeWide=.60, jawOpen=.17, mouthFunnel=.10, headPitch=-.045,
                      headZ=-.01, headY=.006),
}
# No face is even: by how much the left side is stronger than the right, of both together.
LOPSIDED = {"angry": -.10, "contempt": 0, "disgusted": .12, "fear": .05, "happy": .08, "sad": .09, "surprised": -.07}
# What an emotion does to speech: factor of the jaw, the rounding, the parting of the lips.
SPEECH = {"angry": (1.10, .95, 1.20), "contempt": (.90, .95, .90), "disgusted": (.95, .88, 1.15), "fear": (1.0, .85, 1.1),
          "happy": (1.06, .82, 1.15), "sad": (.74, .95, .72), "surprised": (1.15, 1.0, 1.0)}
# rise, fall, and how far the onset goes beyond what is then held: surprise flashes, sadness sinks in.
DYNAMICS = {"angry": (.26, .10, .12), "contempt": (.20, .12, .06), "disgusted": (.32, .14, .18), "fear": (.40, .13, .22),
            "happy": (.24, .12, .12), "sad": (.13, .08, 0), "surprised": (.50, .18, .30)}
RISE, FALL, FLASH_OVER = (np.array([DYNAMICS[e][k] for e in EMOTIONS], np.float32) for k in range(3))
PERCEIVED = .8  # exponent: half of an emotion looks like a little more than half
SETTLE = .03  # per frame: the onset settles to what is held within about 1.3 s
STRONGEST = 1.15


def _affect_matrix():
    m = np.zeros((len(EMOTIONS), len(MOTION)), np.float32)
    for e, name in enumerate(EMOTIONS):
        for channel, value in AFFECT[name].items():
            for i in pair(channel):
                side = 0 if channel in INDEX else LOPSIDED[name] * (1 if MOTION[i].endswith("Left") else -1)
                m[e, i] = value * (1 + side)
    return m


AFFECT_MATRIX = _affect_matrix()
SPEECH_MATRIX = np.array([SPEECH[e] for e in EMOTIONS], np.float32) - 1


def felt(emotion):
    """What the face shows of an asked-for emotion: asked [..., frames, 7] in 0..1 -> shown, each with its own rise and fall.

    Starts from neutral; a constant emotion ends up shown as it was asked for, to the power PERCEIVED.
    """
    asked = np.clip(emotion, 0, 1) ** PERCEIVED
    fast, slow = np.zeros_like(asked[..., 0, :]), np.zeros_like(asked[..., 0, :])
    out = np.empty_like(asked)
    for t in range(asked.shape[-2]):
        x = asked[..., t, :]
        fast = fast + np.where(x > fast, RISE, FALL) * (x - fast)
        slow = slow + SETTLE * (fast - slow)
        out[..., t, :] = np.clip(fast + FLASH_OVER * np.maximum(fast - slow, 0), 0, STRONGEST)
    return out


def random_emotion(rng, frames, neutral=0.35):
    """Emotion asked for over time, [frames, 7]: mostly one at a time, sometimes a mixture, with ramps of 0.2 to 1 s."""
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
