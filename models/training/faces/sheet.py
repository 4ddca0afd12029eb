"""Contact sheets of the teacher's faces: python3 sheet.py LOOK OUT.png [--poses]

Visemes x emotions at full strength, the head turned another way from cell to cell; with --poses plain blendshapes, large.
"""
import sys

import numpy as np
from PIL import Image, ImageDraw

from poses import to_renderer
from render import Renderer
from tongue import tongue_curves

from common.idle import IDLE
from common.motion import EMOTIONS
from common.mouth import mouth_curves
from common.phones import PHONE, PHONES
from common.teacher import compose

POSES = {
    "rest": ({"mouthSmileLeft": .25, "mouthSmileRight": .25}, (0,) * 6),
    "smile": ({"mouthSmileLeft": .75, "mouthSmileRight": .75, "cheekSquintLeft": .5, "cheekSquintRight": .5, "mouthUpperUpLeft": .2, "mouthUpperUpRight": .2, "jawOpen": .06}, (0,) * 6),
    "aa": ({"jawOpen": .5, "mouthUpperUpLeft": .3, "mouthUpperUpRight": .3, "mouthLowerDownLeft": .3, "mouthLowerDownRight": .3}, (0,) * 6),
    "PP": ({"mouthPressLeft": .4, "mouthPressRight": .4, "mouthRollLower": .3, "mouthRollUpper": .3}, (0,) * 6),
    "oh": ({"jawOpen": .35, "mouthFunnel": .6, "mouthPucker": .3}, (0,) * 6),
    "ee": ({"jawOpen": .12, "mouthStretchLeft": .4, "mouthStretchRight": .4, "mouthSmileLeft": .3, "mouthSmileRight": .3, "mouthUpperUpLeft": .3, "mouthUpperUpRight": .3, "mouthLowerDownLeft": .4, "mouthLowerDownRight": .4}, (0,) * 6),
    "FF": ({"mouthRollLower": .5, "mouthUpperUpLeft": .35, "mouthUpperUpRight": .35, "jawOpen": .06}, (0,) * 6),
    "TH": ({"jawOpen": .2, "mouthUpperUpLeft": .25, "mouthUpperUpRight": .25, "mouthLowerDownLeft": .3, "mouthLowerDownRight": .3, "tongueTipOut": 1, "tongueTipUp": .2}, (0,) * 6),
    "L": ({"jawOpen": .3, "mouthUpperUpLeft": .3, "mouthUpperUpRight": .3, "mouthLowerDownLeft": .3, "mouthLowerDownRight": .3, "tongueTipUp": 1}, (0,) * 6),
    "blink": ({"eyeBlinkLeft": 1, "eyeBlinkRight": 1}, (0,) * 6),
    "gaze left": ({"eyeLookOutLeft": .6, "eyeLookInRight": .6}, (0,) * 6),
    "turned": ({}, (.3, .1, .1, 0, 0, 0)),
    "turned right": ({"jawOpen": .2}, (-.3, -.12, -.1, 0, 0, 0)),
    "happy": ({"mouthSmileLeft": .9, "mouthSmileRight": .9, "cheekSquintLeft": .7, "cheekSquintRight": .7, "eyeSquintLeft": .3, "eyeSquintRight": .3, "jawOpen": .2, "mouthUpperUpLeft": .3, "mouthUpperUpRight": .3}, (0, .05, .05, 0, 0, 0)),
    "angry": ({"browDownLeft": .9, "browDownRight": .9, "eyeSquintLeft": .4, "eyeSquintRight": .4, "mouthPressLeft": .5, "mouthPressRight": .5, "noseSneerLeft": .4, "noseSneerRight": .4, "mouthFrownLeft": .3, "mouthFrownRight": .3}, (0,) * 6),
    "surprised": ({"browInnerUp": .8, "browOuterUpLeft": .8, "browOuterUpRight": .8, "eyeWideLeft": .7, "eyeWideRight": .7, "jawOpen": .35}, (0,) * 6),
}


def grid(pictures, columns):
    h, w = next(iter(pictures.values())).shape[:2]
    out = Image.new("RGB", (columns * w, -(-len(pictures) // columns) * h))
    draw = ImageDraw.Draw(out)
    for i, (name, picture) in enumerate(pictures.items()):
        x, y = i % columns * w, i // columns * h
        out.paste(Image.fromarray(np.ascontiguousarray(picture)), (x, y))
        draw.text((x + 8, y + h - 16), name, fill=(255, 255, 255))
    return out


VISEMES = {"sil": "sil", "PP": "P", "FF": "F", "TH": "TH", "L": "L", "aa": "AA", "ee": "IY", "oo": "UW"}
TURNS = ((0, 0, 0), (.14, .03, .04), (-.16, .05, -.03), (.03, -.10, .06), (-.08, .12, -.07), (.24, 0, 0), (-.24, 0, 0))


def said(phone, emotion):
    """(motion [58], tongue [3]) of the teacher in the middle of a phone between pauses; emotion [7]."""
    segments = [(0, .4, PHONE["sil"]), (.4, .56, PHONE[phone]), (.56, .9, PHONE["sil"])]
    curves, tongue = mouth_curves(segments, 22, np.ones(3)), tongue_curves(segments, PHONES, 22)
    shown = np.repeat(np.asarray(emotion, np.float32)[None], 22, 0)
    return compose(curves, shown, np.zeros((22, IDLE), np.float32))[12], tongue[12]


def teacher_sheet(renderer, size=224):
    """Rows are neutral and the emotions, columns the visemes; head and shoulders without the picture's margins."""
    pictures = {}
    for e, emotion in enumerate(("neutral",) + tuple(EMOTIONS)):
        for v, (viseme, phone) in enumerate(VISEMES.items()):
            motion, tongue = said(phone, np.eye(len(EMOTIONS) + 1)[e][1:])
            motion[-6:-3] += TURNS[(3 * e + v) % len(TURNS)]
            picture = Image.fromarray(np.ascontiguousarray(renderer.picture(*to_renderer(motion, tongue))))
            pictures[f"{emotion} {viseme}"] = np.asarray(picture.crop((106, 30, 406, 330)).resize((size, size), Image.LANCZOS))
    return grid(pictures, len(VISEMES))


if __name__ == "__main__":
    renderer = Renderer(sys.argv[1])
    if "--poses" in sys.argv[3:]:
        grid({n: renderer.picture(s, p) for n, (s, p) in POSES.items()}, 4).save(sys.argv[2])
    else:
        teacher_sheet(renderer).save(sys.argv[2])
