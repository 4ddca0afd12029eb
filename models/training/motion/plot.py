"""Draws mouth motion against phones to a PNG: python3 -m motion.plot out.png [--set test_awb] [--start 3] [--seconds 4]"""

import numpy as np
import torch
from PIL import Image, ImageDraw

from common.motion import FRAME_RATE, INDEX, SAMPLE_RATE, lip_aperture
from common.paths import parser, work
from common.phones import LABIAL, LABIODENTAL, PHONES
from motion.lipsync import teacher_motion
from motion.perform import features_of, load_context, perform

ROWS = (("lip aperture", None, .7), ("jawOpen", "jawOpen", .7), ("mouthClose", "mouthClose", .25), ("mouthPucker", "mouthPucker", 1),
        ("mouthFunnel", "mouthFunnel", .6), ("mouthRollLower", "mouthRollLower", .6), ("mouthStretchLeft", "mouthStretchLeft", .5),
        ("mouthUpperUpLeft", "mouthUpperUpLeft", .5))
WIDTH, HEIGHT = 1800, 100


def draw(path, curves, segments, start, seconds):
    """curves: {label: (colour, motion [frames, 58])}."""
    image = Image.new("RGB", (WIDTH, HEIGHT * len(ROWS) + 30), "white")
    d = ImageDraw.Draw(image)
    at = lambda s: (s - start) / seconds * WIDTH
    for a, b, p in segments:
        if b > start and a < start + seconds:
            colour = "#ffc0c0" if p in LABIAL else "#c8e0ff" if p in LABIODENTAL else None
            if colour:
                d.rectangle((at(a), 0, at(b), image.height), fill=colour)
            d.line((at(a), 0, at(a), image.height), fill="#e0e0e0")
            d.text((at((a + b) / 2) - 6, 4), PHONES[p], fill="black")
    for r, (label, channel, top) in enumerate(ROWS):
        base = 30 + HEIGHT * (r + 1) - 12
        d.line((0, base, WIDTH, base), fill="#909090")
        d.text((4, base - HEIGHT + 14), label, fill="black")
        for colour, motion in curves.values():
            y = lip_aperture(motion) if channel is None else motion[:, INDEX[channel]]
            first, last = int(start * FRAME_RATE), min(len(y), int((start + seconds) * FRAME_RATE))
            points = [(at((i + .5) / FRAME_RATE), base - y[i] / top * (HEIGHT - 20)) for i in range(first, last)]
            d.line(points, fill=colour, width=2)
            for point in points:
                d.ellipse((point[0] - 2, point[1] - 2, point[0] + 2, point[1] + 2), fill=colour)
    image.save(path)


def main():
    p = parser(__doc__)
    p.add_argument("out")
    p.add_argument("--set", default="test_awb")
    p.add_argument("--voice", default="voice")
    p.add_argument("--start", type=float, default=3)
    p.add_argument("--seconds", type=float, default=4)
    a = p.parse_args()
    torch.set_num_threads(1)
    from speech.encoder_io import load_encoder
    z = np.load(work("speech", a.set + ".npz"))
    x = z["x"][:int((a.start + a.seconds + 2) * SAMPLE_RATE)]
    motion, _ = perform(load_context(a.voice), features_of(load_encoder(), x))
    wanted = teacher_motion(z, len(motion))
    draw(a.out, {"teacher": ("#40a040", wanted), "model": ("#c02020", motion)},
         [(s, e, int(ph)) for s, e, ph in z["segments"][:, :3]], a.start, a.seconds)


if __name__ == "__main__":
    main()
