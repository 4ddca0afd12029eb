"""The 58 motion channels of the model pack and the geometry of the lips.

Order: 52 Apple ARKit coefficients (0..1), then the head: yaw, pitch, roll in radians (turn to the presenter's left,
nod down, tilt to the presenter's left are positive) and x, y, z in units of the head's width.
"""

import numpy as np

ARKIT = (
    "eyeBlinkLeft eyeLookDownLeft eyeLookInLeft eyeLookOutLeft eyeLookUpLeft eyeSquintLeft eyeWideLeft "
    "eyeBlinkRight eyeLookDownRight eyeLookInRight eyeLookOutRight eyeLookUpRight eyeSquintRight eyeWideRight "
    "jawForward jawLeft jawRight jawOpen mouthClose mouthFunnel mouthPucker mouthLeft mouthRight "
    "mouthSmileLeft mouthSmileRight mouthFrownLeft mouthFrownRight mouthDimpleLeft mouthDimpleRight "
    "mouthStretchLeft mouthStretchRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper "
    "mouthPressLeft mouthPressRight mouthLowerDownLeft mouthLowerDownRight mouthUpperUpLeft mouthUpperUpRight "
    "browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft "
    "cheekSquintRight noseSneerLeft noseSneerRight tongueOut"
).split()
HEAD = "headYaw headPitch headRoll headX headY headZ".split()
MOTION = ARKIT + HEAD
INDEX = {name: i for i, name in enumerate(MOTION)}
EMOTIONS = ["angry", "contempt", "disgusted", "fear", "happy", "sad", "surprised"]
FRAME_RATE = 25
SAMPLE_RATE = 16000
CHUNK = SAMPLE_RATE // FRAME_RATE
NOISE = 10

# Channels that the voice moves; the rest is the upper face, driven by noise and emotion.
MOUTH = [i for i, n in enumerate(ARKIT) if n.startswith(("jaw", "mouth", "cheekPuff", "tongue"))]
UPPER = [i for i in range(len(ARKIT)) if i not in MOUTH]

# Vertical gap between the lips per channel, in units of jawOpen = 1, measured on the ARKit targets of the MakeHuman
# head: vertical distance of vertices 474 (upper lip) and 523 (lower lip), on the middle line.
_APERTURE = {
    "jawOpen": 1.0, "mouthClose": -1.0, "mouthFunnel": 0.388, "mouthPucker": -0.035, "mouthRollLower": -0.094,
    "mouthRollUpper": -0.082, "mouthShrugLower": -0.147, "mouthShrugUpper": 0.121, "jawForward": 0.041,
    "mouthPressLeft": -0.038, "mouthPressRight": -0.038, "mouthLowerDownLeft": 0.056, "mouthLowerDownRight": 0.056,
    "mouthUpperUpLeft": 0.071, "mouthUpperUpRight": 0.071, "mouthSmileLeft": -0.044, "mouthSmileRight": -0.044,
    "cheekPuff": -0.035,
}
APERTURE = np.zeros(len(MOTION), np.float32)
for _name, _weight in _APERTURE.items():
    APERTURE[INDEX[_name]] = _weight


def lip_aperture(motion):
    """Gap between the lips, motion [..., 58] -> [...]; 0 or less is a closed mouth, about 0.5 a wide open vowel."""
    return motion @ APERTURE


def pair(name):
    """Indices of a channel, or of its left and right half when it has them."""
    return [INDEX[name]] if name in INDEX else [INDEX[name + "Left"], INDEX[name + "Right"]]
