"""Contact sheet of the teacher's faces: python3 sheet.py LOOK OUT.png"""
import sys

import numpy as np
from PIL import Image, ImageDraw

from render import Renderer

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


def mouths(pictures):
    return {k: np.asarray(Image.fromarray(np.ascontiguousarray(p[60:350, 120:390])).resize((540, 580))) for k, p in pictures.items()}


if __name__ == "__main__":
    renderer = Renderer(sys.argv[1])
    pictures = {n: renderer.picture(s, p) for n, (s, p) in POSES.items()}
    grid(mouths(pictures) if "faces" in sys.argv[3:] else pictures, 4).save(sys.argv[2])
