"""Loads the trained speech encoder, with or without the heads of its training."""

import torch

from common.paths import work
from speech.encoder import SpeechEncoder
from speech.mel import MelEncoder


def load_task(stage="joint"):
    """The encoder of a stage with its heads, in float32, ready to be run."""
    from speech.train import Task  # here, because training imports what loads
    task = Task(MelEncoder() if stage == "mel" else SpeechEncoder())
    task.load_state_dict(torch.load(work("speech", stage + ".pt"), map_location="cpu")["model"])
    return task.eval()


def load_encoder():
    """SpeechEncoder; `transformer.features` is the size of its features."""
    return load_task().encoder
