"""The adversary of the audio-to-motion network (READ Avatars): tells the teacher's mouth motion from the network's.

It sees stretches of 29 frames (1.2 s) of mouth motion together with the sound's features and the emotion, so a mouth that moves less
than the voice asks for gives itself away.
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import spectral_norm

from common.motion import EMOTIONS, MOUTH
from motion.nets import PER_FRAME

WIDTH = 64
# Typical standard deviation of a mouth channel in speech: small channels are seen as well as large ones.
TYPICAL = .08


class Critic(nn.Module):
    def __init__(self, feature_size):
        super().__init__()
        self.sound = nn.Linear(PER_FRAME * feature_size, WIDTH // 2)
        sizes = (len(MOUTH) + len(EMOTIONS) + WIDTH // 2, WIDTH, WIDTH, WIDTH)
        self.convolutions = nn.ModuleList(spectral_norm(nn.Conv1d(a, b, 5, stride=s)) for a, b, s in zip(sizes, sizes[1:], (1, 2, 2)))
        self.judge = spectral_norm(nn.Conv1d(WIDTH, 1, 3))

    def forward(self, mouth, emotion, features):
        """mouth [batch, frames, 29], emotion [.., 7], features [batch, 2 frames, size] -> (verdicts, [what each layer saw])."""
        b, n, _ = mouth.shape
        sound = self.sound(features.reshape(b, n, -1))
        x, seen = torch.cat([mouth / TYPICAL, emotion, sound], 2).transpose(1, 2), []
        for convolution in self.convolutions:
            x = F.leaky_relu(convolution(x), .2)
            seen.append(x)
        return self.judge(x), seen


def rival_losses(critic, false, true, emotion, features):
    """(loss of the network, loss of the critic): hinge, and the network matches what the critic's layers see."""
    yes, seen = critic(true, emotion, features)
    no, _ = critic(false.detach(), emotion, features)
    own = F.relu(1 - yes).mean() + F.relu(1 + no).mean()
    for p in critic.parameters():
        p.requires_grad_(False)
    verdict, looks = critic(false, emotion, features)
    for p in critic.parameters():
        p.requires_grad_(True)
    match = sum((a - b.detach()).abs().mean() for a, b in zip(looks, seen))
    return -verdict.mean(), match, own
