"""The Debian packages a step needs. `./liveavatar train` installs them (as root) or names them.

This file and table.py import nothing beyond Python itself, so that they work before anything is installed.
"""

import os

EVERY_STEP = ("python3-torch", "python3-onnx", "python3-numpy", "python3-scipy", "python3-pil", "libopenblas0-openmp", "libjemalloc2")
SOUND = ("ffmpeg",)
SYNTHESIZERS = ("espeak-ng", "libespeak-ng1", "festival", "festvox-kallpc16k", "festvox-kdlpc16k", "festvox-us-slt-hts", "flite",
                "festvox-italp16k", "festvox-itapc16k", "festvox-czech-ph", "festvox-czech-dita", "festvox-czech-machac",
                "festvox-czech-krb", "festvox-suopuhe-lj", "festvox-suopuhe-mv", "festvox-ru", "festvox-ca-ona-hts",
                "libopus0", "fortune-mod", "fortunes")
RENDERER = ("python3-moderngl", "libegl1", "libgl1-mesa-dri")
BLENDER = ("blender",)


def of(steps):
    """Package names of these steps, each once, in order. Another Python (LIVEAVATAR_PYTHON) brings its own modules."""
    names = dict.fromkeys((*EVERY_STEP, *(name for step in steps for name in step.needs)))
    return [n for n in names if "LIVEAVATAR_PYTHON" not in os.environ or not n.startswith("python3-")]
