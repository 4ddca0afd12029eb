"""Runs recordings through the trained networks: sound -> features (kept) -> motion in step with the sound."""

import numpy as np
import torch

from common.motion import CHUNK, EMOTIONS, NOISE, SAMPLE_RATE
from common.paths import work
from motion import learn
from motion.context import ContextEncoder
from motion.nets import PER_FRAME, POSE
from speech.heads import DELAY, DELAYS

BLOCK = 5 * SAMPLE_RATE  # with carried state: attention over all of a long recording would not fit


def ear():
    """Weights of the speech encoder's closure head at its shipped look-ahead, under the names of motion.nets.Ear."""
    heads, k = torch.load(work("speech", "joint.pt"), map_location="cpu")["model"], DELAYS.index(DELAY)
    out = {f"ear.first.{n}": heads[f"heads.closure.first.{n}"] for n in ("weight", "bias")}
    return out | {f"ear.second.{n}": heads[f"heads.closure.second.{n}"][k:k + 1] for n in ("weight", "bias")}


def load_context(voice="voice"):
    """The context encoder put together from the stages idle and voice, with what motion.calibrate decided and with the speech encoder's closures."""
    first, second = learn.load("idle")["model"], learn.load(voice)["model"]
    model = ContextEncoder(second["voice.taps.weight"].shape[1] // (3 * PER_FRAME))
    weights = {k: v for k, v in first.items() if k.startswith("noise.")} | second | ear()
    limits = learn.load("limits" if voice == "voice" else "limits_" + voice) or learn.load("limits")
    missing, extra = model.load_state_dict(weights | (limits or {}), strict=False)
    assert not extra and all(k.startswith(("gate.", "lips.")) for k in missing), (missing, extra)
    return model.eval()


@torch.no_grad()
def features_of(encoder, x):
    """int16 recording -> features [1, 2 (frames + 1), size]: one more chunk of silence, because motion is a frame late."""
    x = np.concatenate([x[:len(x) // CHUNK * CHUNK], np.zeros(CHUNK, np.int16)]).astype(np.float32) / 32768
    pcm, state, out = torch.from_numpy(x)[None], list(encoder.initial_state().values()), []
    for k in range(0, pcm.shape[1], BLOCK):
        y, *state = encoder.step(pcm[:, k:k + BLOCK], *state)
        out.append(y)
    return torch.cat(out, 1)


@torch.no_grad()
def perform(context, features, emotion=None, seed=1, pose=None, weight=None):
    """Features -> (motion [frames, 58] in step with the sound, context [frames, 256]).

    emotion [7] or [frames + 1, 7], pose [frames + 1, 6] and weight [frames + 1, 1], as a server would send them.
    """
    n = features.shape[1] // PER_FRAME

    def given(x, size):
        if x is None:
            return torch.zeros(1, n, size)
        return torch.as_tensor(np.broadcast_to(x, (n, size)).copy(), dtype=torch.float32)[None]

    noise = torch.from_numpy(np.random.default_rng(seed).standard_normal((1, n, NOISE)).astype(np.float32))
    y, _, motion, *_ = context(features, given(emotion, len(EMOTIONS)), given(pose, POSE), given(weight, 1), noise, *context.initial_state().values())
    return motion[0, 1:].numpy(), y[0, 1:].numpy()


class Recordings:
    """Labelled sets of work/speech with their features, computed once per run."""

    def __init__(self, encoder):
        self.encoder, self.known = encoder, {}

    def __call__(self, name, spoil=None, key=""):
        """(npz of the set, features); spoil changes the sound before it is heard and is named by key."""
        if (name, key) not in self.known:
            z = dict(np.load(work("speech", name + ".npz")))
            x = spoil(z["x"]) if spoil else z["x"]
            self.known[name, key] = z, features_of(self.encoder, x)
        return self.known[name, key]


def noisy(x, decibels=10, seed=1):
    """int16 with white noise `decibels` below the level of the voice (its louder half), as speech/score.py makes it."""
    frames = x[:len(x) // 320 * 320].reshape(-1, 320).astype(np.float64)
    power = np.square(frames).mean(1)
    level = np.sqrt(np.mean(power[power > np.median(power)]))
    return np.clip(x + np.random.default_rng(seed).standard_normal(len(x)) * level * 10 ** (-decibels / 20), -32768, 32767).astype(np.int16)
