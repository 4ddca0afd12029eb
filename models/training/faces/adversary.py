"""The temporal GAN's two discriminators (Vougioukas et al. 2018) and their hinge losses, on the windows of losses.py."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils import spectral_norm

from areas import HEAD, cut
from frames import WINDOW
from losses import repeated, windows

CROP = 104            # pixels of a window's middle that are judged
MOUTH_CHANNELS = slice(14, 41)      # jaw and mouth of the 58 motion channels


def middle(y, uv):
    """[n, 3, CROP, CROP] around 0: the middle of windows, chroma brought to luma's size."""
    e = (WINDOW * 4 - CROP) // 2
    uv = F.interpolate(uv[..., e // 2:-(e // 2), e // 2:-(e // 2)], scale_factor=2.0, mode="nearest")
    return torch.cat([y[..., e:-e, e:-e], uv], 1) * 2 - 1


def convolutions(*widths):
    layers = []
    for a, b in zip(widths, widths[1:]):
        layers += [spectral_norm(nn.Conv2d(a, b, 4, 2, 1)), nn.LeakyReLU(.2)]
    return nn.Sequential(*layers)


class FrameDiscriminator(nn.Module):
    """Judges patches of one window, beside the same window of the portrait: [n, 3, CROP, CROP] twice -> [n, 1, h, w]."""

    def __init__(self):
        super().__init__()
        self.body, self.out = convolutions(6, 24, 48, 64), nn.Conv2d(64, 1, 3, 1, 1)

    def forward(self, picture, portrait):
        return self.out(self.body(torch.cat([picture, portrait], 1)))


class SequenceDiscriminator(nn.Module):
    """Judges a run of mouths with what the voice asks of them: [n, t, 3, CROP, CROP], told [n, t, 30] -> [n, t, 1]."""

    def __init__(self, told=30, size=64):
        super().__init__()
        self.body = convolutions(3, 16, 32, 48)
        self.see = spectral_norm(nn.Linear(48 * (CROP // 16) ** 2, size))
        self.listen = nn.Linear(told, size)
        self.gru, self.out = nn.GRU(2 * size, size, 2, batch_first=True), nn.Linear(size, 1)

    def forward(self, pictures, told):
        n, t = pictures.shape[:2]
        with torch.autocast(pictures.device.type, enabled=False):      # recurrent layers are no faster in bfloat16
            return self._verdict(pictures.float(), told.float(), n, t)

    def _verdict(self, pictures, told, n, t):
        x = F.avg_pool2d(pictures.flatten(0, 1), 2)
        x = self.see(self.body(x).flatten(1)).reshape(n, t, -1)
        return self.out(self.gru(torch.cat([F.leaky_relu(x, .2), F.leaky_relu(self.listen(told), .2)], 2))[0])


def adam(weights, rate, betas, device):
    """Adam; on a GPU in the form that a CUDA graph can hold, whose rate is a tensor."""
    if torch.device(device).type != "cuda":
        return torch.optim.Adam(weights, lr=rate, betas=betas)
    return torch.optim.Adam(weights, lr=torch.tensor(rate, device=device), betas=betas, capturable=True, fused=True)


class Adversary:
    """Both discriminators with their optimiser. `learn` trains them on a drawn batch, `fool` is the networks' loss."""

    def __init__(self, frame=True, sequence=True, rate=4e-4, device="cpu"):
        self.frame, self.sequence = FrameDiscriminator() if frame else None, SequenceDiscriminator() if sequence else None
        nets = [n for n in (self.frame, self.sequence) if n is not None]
        self.nets = nn.ModuleList(nets).to(device)
        self.optimiser = adam(self.nets.parameters(), rate, (.5, .95), device)

    def _verdicts(self, y, uv, data, portraits, run):
        """Scores of each discriminator that fits the batch, per place; data["places"] windows per frame, the mouth first."""
        picture, places = middle(y, uv), len(data["corner"]) // len(data["look"])
        out = []
        if self.frame is not None:
            judged = lambda x: x.unflatten(0, (-1, places))[:, :2].flatten(0, 1)            # mouth and eye
            out.append(self.frame(judged(picture), still(portraits, repeated(data["look"], 2 * len(data["look"])), judged(data["corner"]))))
        if self.sequence is not None and run > 1:
            told = torch.cat([data["articulation"], data["motion"][:, MOUTH_CHANNELS]], 1)
            mouths = picture[::places]
            out.append(self.sequence(mouths.reshape(-1, run, *mouths.shape[1:]), told.reshape(-1, run, told.shape[1])))
        return out

    def learn(self, drawn, data, portraits, run):
        real = self._verdicts(data["y"], data["uv"], data, portraits, run)
        fake = self._verdicts(drawn["y"].detach(), drawn["uv"].detach(), data, portraits, run)
        if real:
            loss = sum(F.relu(1 - a).mean() + F.relu(1 + b).mean() for a, b in zip(real, fake))
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.optimiser.step()
            return loss.detach() / len(real)
        return torch.zeros((), device=drawn["y"].device)

    def fool(self, drawn, data, portraits, run):
        return sum((-v.mean() for v in self._verdicts(drawn["y"], drawn["uv"], data, portraits, run)), torch.zeros((), device=drawn["y"].device))


def still(portraits, look, corners):
    """The portrait's own windows at the corners, [n, 3, CROP, CROP]."""
    y = F.avg_pool2d(windows(cut(portraits.y, HEAD, .5)[look], corners, 8), 2)
    return middle(y, windows(cut(portraits.uv, HEAD, 2)[look], corners, 2))
