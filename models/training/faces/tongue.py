"""Where the tongue is for each phone: tip up, tip out, back up. The 58 channels do not hold it; the voice does (READ)."""
import numpy as np

TONGUE = {"L": (1.0, .1, 0), "N": (.95, 0, 0), "T": (.95, 0, 0), "D": (.95, 0, 0), "TH": (.25, 1.0, 0), "DH": (.25, .9, 0), "S": (.55, 0, 0),
          "Z": (.55, 0, 0), "CH": (.6, 0, .2), "JH": (.6, 0, .2), "SH": (.45, 0, .3), "ZH": (.45, 0, .3), "R": (.2, -.1, .4), "ER": (.2, -.1, .4),
          "K": (0, -.1, 1), "G": (0, -.1, 1), "NG": (0, -.1, 1), "Y": (.15, 0, .7), "IY": (.1, 0, .6), "IH": (.05, 0, .4), "EH": (0, 0, .2)}


def tongue_curves(segments, names, frames, rate=25):
    """segments: (start s, end s, phone index); returns [frames, 3] at the middle of each frame, with 45 ms of coarticulation."""
    t = (np.arange(frames) + .5) / rate
    out, total = np.zeros((frames, 3)), np.full(frames, 1e-3)
    for start, end, phone in segments:
        lo, hi = np.searchsorted(t, (start - .15, end + .15))
        away = np.maximum(0, np.maximum(start + .02 - t[lo:hi], t[lo:hi] - end + .02))
        weight = np.exp(-(away / .045) ** 2)
        out[lo:hi] += weight[:, None] * TONGUE.get(names[phone], (0, 0, 0))
        total[lo:hi] += weight
    return (out / total[:, None]).astype(np.float32)
