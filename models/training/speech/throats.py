"""What makes one voice many: other vocal tracts, other vocal cords, now and then a whisper. Nothing here moves a sound in time."""

import math

import torch
import torch.nn.functional as F

from common.motion import SAMPLE_RATE
from speech.pitch import HOP, MIDDLE, pitch_track

WINDOW, STEP, LIFTER = 512, 128, 26
PER = WINDOW // STEP
BINS = WINDOW // 2 + 1


def hats(knots, points, device, low=False):
    """[knots, points]: weights of straight lines between knots; the knots lie denser at low points (an even grid on a warped axis)."""
    at = torch.linspace(0, 1, points, device=device)
    place = torch.log1p(at * 15) / math.log(16) * (knots - 1) if low else at * (knots - 1)
    return (1 - (place - torch.arange(knots, device=device)[:, None]).abs()).clamp(min=0)


def cut(x):
    """float [rows, samples] -> windowed frames [rows, n, WINDOW]."""
    window = torch.hann_window(WINDOW, device=x.device)
    return F.pad(x, (WINDOW, 2 * WINDOW)).unfold(1, WINDOW, STEP) * window


def join(frames, samples):
    """The inverse of `cut`, for frames windowed a second time."""
    y = (frames * torch.hann_window(WINDOW, device=frames.device)).unflatten(2, (PER, STEP))
    n = frames.shape[1]
    out = frames.new_zeros(len(frames), n + PER - 1, STEP)
    for k in range(PER):
        out[:, k:k + n] += y[:, :, k]
    return out.flatten(1)[:, WINDOW:WINDOW + samples] / (.375 * PER)  # .375: mean of the squared window


def other_cords(x, draw, normal, whispers):
    """What another larynx would send into the same vocal tract, of unit power: pulses at another pitch, breath where there is no voice.

    The first `whispers` rows have no voice at all. x float32 [rows, samples].
    """
    rows, samples = x.shape
    voiced, pitch = pitch_track(x)
    voiced[:whispers] = False
    # Where there is no voice the pitch goes on as it was on average: pulses sound there only as faintly as breath lets them.
    mean = (pitch * voiced).sum(1, keepdim=True) / (voiced.sum(1, keepdim=True) + 1)
    pitch = torch.where(voiced, pitch, mean) * draw(.3, 1.5, rows, 1) + draw(-.7, .7, rows, 1)
    slow = torch.stack([voiced.float() * draw(.75, 1, rows, 1), pitch], 1).repeat_interleave(HOP, 2)[..., HOP // 2:]
    share, pitch = F.avg_pool1d(F.pad(slow, (0, HOP // 2 + samples - slow.shape[2] - HOP // 2), mode="replicate"), HOP + 1, 1, HOP // 2).unbind(1)
    f0 = (MIDDLE * 2 ** pitch).clamp(50, 500)
    turns = (f0 / SAMPLE_RATE).double().cumsum(1)
    pulses = (turns.floor() - F.pad(turns, (1, 0))[:, :-1].floor()).float() * (SAMPLE_RATE / f0).sqrt()
    return pulses * share.sqrt() + normal(rows, samples) * (1 - share).clamp(min=0).sqrt()


def other_throats(x, draw, sources=None, factors=(.78, 1.28)):
    """Moves the spectral envelope of every row and leaves pitch and time; the first rows are spoken by `sources` (other_cords), if given.

    x float32 [rows, samples]; draw(low, high, *size) gives uniform numbers. The envelope is the low part of the cepstrum of 32 ms
    windows. It is stretched as a whole, unevenly over the band, tilted, and made steeper or flatter.
    """
    rows = len(x)
    spectrum = torch.fft.rfft(cut(x))
    cepstrum = torch.fft.irfft((spectrum.abs() + 1e-4).log(), WINDOW)
    cepstrum[..., LIFTER:-LIFTER + 1] = 0
    envelope = torch.fft.rfft(cepstrum, WINDOW).real
    uneven = draw(-.07, .07, rows, 6) @ hats(6, BINS, x.device, low=True)
    source = torch.arange(BINS, device=x.device) / (draw(*factors, rows, 1) * uneven.exp())
    low = source.long().clamp(max=BINS - 2)
    part = (source - low).clamp(max=1)[:, None]
    low = low[:, None].expand_as(envelope)
    moved = envelope.gather(2, low) * (1 - part) + envelope.gather(2, low + 1) * part
    tilt = draw(-1.2, 1.2, rows, 1) * torch.linspace(-.5, .5, BINS, device=x.device) + draw(-.3, .3, rows, 6) @ hats(6, BINS, x.device, low=True)
    steep = draw(.85, 1.2, rows, 1, 1)
    middle = moved.mean(2, keepdim=True)
    wanted = (moved - middle) * steep + middle + tilt[:, None]
    out = spectrum * (wanted - envelope).clamp(-5, 3).exp()
    if sources is not None:
        flat = torch.fft.rfft(cut(sources)) / (.375 * WINDOW) ** .5
        out[:len(sources)] = flat * wanted[:len(sources)].clamp(max=6).exp()
    return join(torch.fft.irfft(out, WINDOW), x.shape[1])
