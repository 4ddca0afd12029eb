"""Sounds that no synthesizer and nobody makes: pulses and breath through filters that wander at random. The convolutions must tell their log-mel
as well, or they learn the waveforms of the training voices and nothing else."""

import torch

from common.motion import SAMPLE_RATE
from speech.throats import BINS, cut, hats, join

KNOTS = 12  # of a filter over the band
CHANGES = 24  # times a filter, a pitch and a mixture are drawn anew in a row


def wander(normal, rows, frames, knots, device, size):
    """[rows, frames, knots] that go from one random value to the next."""
    return torch.einsum("rck,cf->rfk", normal(rows, CHANGES, knots) * size, hats(CHANGES, frames, device))


def buzz(draw, normal, rows, samples):
    """float32 [rows, samples] of about unit power; draw(low, high, *size) gives uniform numbers, normal(*size) normal ones."""
    device = draw(0, 1, 1).device
    slow = wander(normal, rows, samples // 80, 1, device, .25)[..., 0].repeat_interleave(80, 1)
    f0 = draw(70, 320, rows, 1) * slow.exp()
    turns = (f0 / SAMPLE_RATE).cumsum(1)
    pulses = (turns.floor() - torch.nn.functional.pad(turns, (1, 0))[:, :-1].floor()) * (SAMPLE_RATE / f0).sqrt()
    voiced = torch.sigmoid(4 * wander(normal, rows, samples // 80, 1, device, 1.0)[..., 0]).repeat_interleave(80, 1)
    spectrum = torch.fft.rfft(cut(pulses * voiced + normal(rows, samples) * (1 - voiced)))
    shape = wander(normal, rows, spectrum.shape[1], KNOTS, device, 1.3) @ hats(KNOTS, BINS, device, low=True)
    loud = wander(normal, rows, spectrum.shape[1], 1, device, 1.5)
    y = join(torch.fft.irfft(spectrum * (shape + loud).clamp(-6, 4).exp(), (BINS - 1) * 2), samples)
    return y / (y.square().mean(1, keepdim=True).sqrt() + 1e-6)
