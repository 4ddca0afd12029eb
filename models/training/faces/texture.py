"""The voice's texture of the mouth (READ Avatars): a small network of sine layers over the surface of the mouth."""
import torch
import torch.nn as nn

from areas import MOUTH, pixel_grid

ARTICULATION = 3      # how far the tongue's tip is up, is out, and its back is up: what the 58 motion channels do not tell
CHANNELS, WIDTH = 16, 32
FREQUENCY = 6.0       # radians per MOUTH width of the first layer at initialisation


class MouthTexture(nn.Module):
    """(home [b, 2, h, w], condition [b, n]) -> [b, 16, h, w].

    `home` says which place of the portrait each cell shows, so the texture sticks to lips, teeth and tongue (READ's is in
    texture coordinates). The condition, articulation first, shifts the phases of both sine layers (Sitzmann et al. 2020).
    """

    def __init__(self, condition):
        super().__init__()
        self.place, self.mix, self.out = nn.Conv2d(2, WIDTH, 1), nn.Conv2d(WIDTH, WIDTH, 1), nn.Conv2d(WIDTH, CHANNELS, 1)
        self.phase = nn.Linear(condition, 2 * WIDTH)
        nn.init.uniform_(self.place.weight, -FREQUENCY, FREQUENCY)
        nn.init.uniform_(self.mix.weight, -(6 / WIDTH) ** .5, (6 / WIDTH) ** .5)
        grid = pixel_grid(MOUTH, 4)
        self.register_buffer("centre", grid.mean((2, 3), keepdim=True), persistent=False)
        self.scale = 512 / MOUTH.width

    def forward(self, home, condition):
        first, second = self.phase(condition)[:, :, None, None].chunk(2, 1)
        x = torch.sin(self.place((home - self.centre) * self.scale) + first)
        return self.out(torch.sin(self.mix(x) + second))
