"""What the pack's speech_encoder.onnx computes: the encoder and, riding on it, the speaker's state."""

import torch
from torch import nn

from common.paths import work
from speech.encoder_io import load_encoder
from speech.state import SpeakerState


class SpeechService(nn.Module):
    OUTPUTS = ("features", "speaker_state")

    def __init__(self, encoder, state):
        super().__init__()
        self.encoder, self.state = encoder, state

    def initial_state(self, batch=1):
        return self.encoder.initial_state(batch) | self.state.initial_state(batch)

    def step(self, pcm, *states):
        """One call of 640 samples: (features [batch, 2, size], speaker_state [batch, 11], next states in the order of initial_state)."""
        mine = len(SpeakerState.STATES)
        features, *encoder = self.encoder.step(pcm, *states[:-mine])
        says, *state = self.state.step(pcm, features, *states[-mine:])
        return (features, says, *encoder, *state)


def load_service():
    encoder = load_encoder()
    state = SpeakerState(encoder.transformer.features)
    state.load_state_dict(torch.load(work("speech", "state.pt"))["model"])
    return SpeechService(encoder, state).eval()
