"""Mean and variance over what was heard so far, where the checkpoint was trained with those of the whole recording."""

import torch
from torch import nn

PRIOR = 25.0      # calls: the typical level counts as 1 s of voice already heard, so that the first sound is not blown up
MEMORY = 750.0    # calls: after 30 s of voice the average forgets, so that it can follow a speaker for hours
SPEECH_POWER = .05 ** 2  # of a full-scale 1: ordinary speech, -26 dB
QUIET = .01       # of the usual power: sound 20 dB below it counts half, silence not at all
CORRELATION = .9  # between neighbouring samples of speech at 16 kHz: a first-order model of its spectrum


def share_of(gate, heard):
    """Weight of this call in the running average, all [batch, 1]; gate 0..1 is how much of it was voice."""
    return gate / (heard + gate + PRIOR).clamp(max=MEMORY)


def gate_of(power, usual):
    """How much a call counts: 1 for voice, 0 for silence, so that a pause does not become the new normal."""
    return power / (power + QUIET * usual)


class Running(nn.Module):
    """x [batch, channels, time] -> (x - mean) / sqrt(variance + eps), with this call already in the averages.

    State is kept as the distance from the prior, so that it starts at zero.
    """

    def __init__(self, mean, variance, eps):
        super().__init__()
        self.eps = eps
        self.register_buffer("mean", mean[:, None], persistent=False)
        self.register_buffer("variance", variance[:, None], persistent=False)

    def forward(self, x, share, mean, variance):
        """share [batch, 1]; mean, variance: state [batch, channels]. Returns x and the next state."""
        share, old, spread = share[..., None], self.mean + mean[..., None], self.variance + variance[..., None]
        here = x.mean(2, keepdim=True)
        step = here - old
        new = old + share * step
        spread = (1 - share) * (spread + share * step * step) + share * (x - here).square().mean(2, keepdim=True)
        return (x - new) / torch.sqrt(spread + self.eps), (new - self.mean)[..., 0], (spread - self.variance)[..., 0]


def prior_of(weight, bias, power):
    """Mean and variance [channels] of a first convolution's output for typical speech; weight [channels, 1, kernel]."""
    lags = torch.arange(weight.shape[2])
    correlation = CORRELATION ** (lags[:, None] - lags[None]).abs().float()
    variance = torch.einsum("ci,ij,cj->c", weight[:, 0], correlation, weight[:, 0]) * power
    return (torch.zeros(len(weight)) if bias is None else bias.detach().clone()), variance.detach()
