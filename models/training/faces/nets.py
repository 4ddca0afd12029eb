"""identity_encoder and frame_decoder of pack version 0.

The decoder works on the part of the picture that may move (region.py) at a quarter of its resolution. It predicts a
flow to the portrait, a synthetic picture (luma by PixelShuffle(4), chroma by PixelShuffle(2)) and a mask between the
warped portrait and the synthetic picture; then it pastes the result on the portrait's own I420 planes.
"""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from region import HEIGHT, LEFT, POSE_LIMIT, SIZE, TOP, WIDTH, feather

MOTION, CONTEXT, EMOTIONS, NOISE, IDENTITY = 58, 256, 7, 10, 50
GH, GW = HEIGHT // 4, WIDTH // 4
C16, C8, C4 = 64, 48, 24
SPATIAL = 24          # channels of the coarse map that the conditions draw by themselves
FLOW_SCALE = 0.25     # of half the moving part's width per unit of network output
LOOKING = [1, 2, 3, 4, 8, 9, 10, 11]          # eyeLook channels of the 58
POSE_TOGETHER = 1.6   # all six at their limits at once are beyond what was trained: the whole pose is shortened to this length
SKIPS = ("skip_still", "skip_y", "skip_uv", "skip_16", "skip_8", "skip_4")


def i420_planes(rgb):
    """BT.601 limited range: rgb [b, 3, h, w] in 0..1 -> y [b, 1, h, w], uv [b, 2, h/2, w/2] in 0..255."""
    r, g, b = rgb[:, 0:1], rgb[:, 1:2], rgb[:, 2:3]
    y = 16 + 65.481 * r + 128.553 * g + 24.966 * b
    uv = torch.cat([128 - 37.797 * r - 74.203 * g + 112.0 * b, 128 + 112.0 * r - 93.786 * g - 18.214 * b], 1)
    return y, F.avg_pool2d(uv, 2)


class IdentityEncoder(nn.Module):
    """portrait [b, 3, 512, 512] -> identity [b, 50] and the skip maps. Six convolutions, each halving the size."""

    def __init__(self):
        super().__init__()
        widths = (3, 16, 24, 48, 64, 96, 128)
        self.convs = nn.ModuleList([nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(widths, widths[1:])])
        self.to4, self.to8, self.to16 = nn.Conv2d(24, C4, 1), nn.Conv2d(48, C8, 1), nn.Conv2d(64, C16, 1)
        self.to_identity = nn.Linear(128, IDENTITY)

    def forward(self, portrait):
        y, uv = i420_planes(portrait)
        y, uv = torch.clamp(torch.round(y), 0, 255), torch.clamp(torch.round(uv), 0, 255)
        still = torch.cat([y.reshape(-1, SIZE, SIZE), uv.reshape(-1, SIZE // 2, SIZE)], 1)
        skip_y = y[:, :, TOP:TOP + HEIGHT, LEFT:LEFT + WIDTH] / 255
        skip_uv = uv[:, :, TOP // 2:(TOP + HEIGHT) // 2, LEFT // 2:(LEFT + WIDTH) // 2] / 255
        x, maps = portrait[:, :, TOP:TOP + HEIGHT, LEFT:LEFT + WIDTH] * 2 - 1, []
        for conv in self.convs:
            x = F.relu(conv(x))
            maps.append(x)
        identity = self.to_identity(x.mean((2, 3)))
        return identity, still, skip_y, skip_uv, self.to16(maps[3]), self.to8(maps[2]), self.to4(maps[1])


class Block(nn.Module):
    """Residual block modulated by the conditions (FiLM)."""

    def __init__(self, channels, code):
        super().__init__()
        self.a, self.b = nn.Conv2d(channels, channels, 3, 1, 1), nn.Conv2d(channels, channels, 3, 1, 1)
        self.film = nn.Linear(code, 2 * channels)

    def forward(self, x, code):
        gain, shift = self.film(code)[:, :, None, None].chunk(2, 1)
        return x + self.b(F.relu(self.a(x) * (1 + gain) + shift))


def up(x):
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


def pixel_grid(h, w):
    """Centres of h x w pixels in -1..1, [1, 2, h, w], x first."""
    y, x = np.meshgrid((np.arange(h) + .5) / h * 2 - 1, (np.arange(w) + .5) / w * 2 - 1, indexing="ij")
    return torch.tensor(np.stack([x, y])[None], dtype=torch.float32)


class FrameDecoder(nn.Module):
    """First draws the expression in the portrait's own pose, where the skip maps fit; then turns the features with the head.

    The turn is a smooth flow from pose and identity alone. Behind it one block at a quarter of the resolution mends what a
    smooth flow cannot do (outlines, what was hidden) and draws flow, synthetic picture and mask.
    """
    CODE = 160

    def __init__(self):
        super().__init__()
        self.enter = nn.Linear(MOTION + CONTEXT + EMOTIONS + NOISE + IDENTITY, 256)
        self.code = nn.Linear(256, self.CODE)
        self.draw = nn.Linear(256, SPATIAL * (GH // 8) * (GW // 8))
        self.in16 = nn.Conv2d(C16 + SPATIAL, C16, 3, 1, 1)
        self.block16 = Block(C16, self.CODE)
        self.to8 = nn.Conv2d(C16, C8, 3, 1, 1)
        self.block8 = Block(C8, self.CODE)
        self.to4 = nn.Conv2d(C8, C4 * 4, 3, 1, 1)
        self.turn = nn.Sequential(nn.Linear(6 + IDENTITY, 96), nn.ReLU(), nn.Linear(96, 96), nn.ReLU(), nn.Linear(96, 2 * (GH // 4) * (GW // 4)))
        self.join = nn.Conv2d(2 * C4, C4, 1)
        self.block4 = Block(C4, self.CODE)
        self.out = nn.Conv2d(C4, 16 + 8 + 16 + 2, 3, 1, 1)
        self.register_buffer("motion_scale", torch.cat([torch.ones(52), torch.tensor(1 / POSE_LIMIT)]))
        # Small coefficients matter as much as large noise and context numbers: bring all to a like scale.
        scale = torch.cat([torch.full((52,), 4.0), torch.ones(6), torch.full((CONTEXT,), .15), torch.ones(EMOTIONS), torch.full((NOISE,), .1),
                           torch.full((IDENTITY,), .3)])
        scale[LOOKING] = 16.0          # a glance is a fifth of a channel's range and moves the iris by three pixels
        scale[LOOKING] = 16.0          # a glance is a fifth of a channel's range and moves the iris by three pixels
        self.register_buffer("input_scale", scale)
        self.register_buffer("grid", pixel_grid(HEIGHT, WIDTH))
        self.register_buffer("grid_half", pixel_grid(HEIGHT // 2, WIDTH // 2))
        self.register_buffer("grid_4", pixel_grid(GH, GW))
        self.register_buffer("feather", torch.tensor(feather())[None, None])

    def features(self, motion, context, emotion, noise_code, identity, skip_16, skip_8, skip_4):
        """Everything at a quarter of the resolution before the last block: (x [b, C4, GH, GW], code, turn [b, 2, GH, GW])."""
        motion = torch.clamp(motion * self.motion_scale, -1, 1)
        pose = motion[:, 52:]
        size = torch.sqrt((pose * pose).sum(1, keepdim=True) + 1e-6)
        motion = torch.cat([motion[:, :52], pose * torch.clamp(POSE_TOGETHER / size, max=1.0)], 1)
        h = F.relu(self.enter(torch.cat([motion, context, emotion, noise_code, identity], 1) * self.input_scale))
        code = F.relu(self.code(h))
        drawn = self.draw(h).reshape(-1, SPATIAL, GH // 8, GW // 8)
        x = F.relu(self.in16(torch.cat([skip_16, up(drawn)], 1)))
        x = self.block16(x, code)
        x = F.relu(self.to8(up(x)) + skip_8)
        x = self.block8(x, code)
        x = F.relu(F.pixel_shuffle(self.to4(x), 2) + skip_4)
        turn = self.turn(torch.cat([motion[:, 52:], identity * .3], 1)).reshape(-1, 2, GH // 4, GW // 4) * FLOW_SCALE
        turn = F.interpolate(turn, scale_factor=4.0, mode="bilinear", align_corners=False)
        turned = F.grid_sample(x, (self.grid_4 + turn).permute(0, 2, 3, 1), padding_mode="border", align_corners=False)
        return F.relu(self.join(torch.cat([turned, skip_4], 1))), code, turn

    def picture(self, x, code, turn, skip_y, skip_uv, grid, grid_half):
        """The moving part, or any window of it: planes y [b, 1, h, w], uv [b, 2, h/2, w/2] in 0..1, flow, mask."""
        out = self.out(self.block4(x, code))
        y, uv = F.pixel_shuffle(out[:, 0:16], 4) + .5, F.pixel_shuffle(out[:, 16:24], 2) + .5
        mask, flow = torch.sigmoid(F.pixel_shuffle(out[:, 24:40], 4)), turn + out[:, 40:42] * FLOW_SCALE
        half = F.interpolate(flow, scale_factor=2.0, mode="bilinear", align_corners=False)
        full = F.interpolate(half, scale_factor=2.0, mode="bilinear", align_corners=False)
        warped_y = F.grid_sample(skip_y, (grid + full).permute(0, 2, 3, 1), padding_mode="border", align_corners=False)
        warped_uv = F.grid_sample(skip_uv, (grid_half + half).permute(0, 2, 3, 1), padding_mode="border", align_corners=False)
        mask_half = F.avg_pool2d(mask, 2)
        return y + mask * (warped_y - y), uv + mask_half * (warped_uv - uv), flow, mask

    def forward(self, motion, context, emotion, noise_code, identity, skip_still, skip_y, skip_uv, skip_16, skip_8, skip_4):
        x, code, turn = self.features(motion, context, emotion, noise_code, identity, skip_16, skip_8, skip_4)
        y, uv, _, _ = self.picture(x, code, turn, skip_y, skip_uv, self.grid, self.grid_half)
        y = skip_y + self.feather * (y - skip_y)
        uv = skip_uv + self.feather[:, :, ::2, ::2] * (uv - skip_uv)
        y, uv = (torch.clamp(torch.round(p * 255), 0, 255).to(torch.uint8) for p in (y, uv))
        still = skip_still.to(torch.uint8)
        luma = still[:, :SIZE]
        middle = torch.cat([luma[:, TOP:TOP + HEIGHT, :LEFT], y[:, 0], luma[:, TOP:TOP + HEIGHT, LEFT + WIDTH:]], 2)
        luma = torch.cat([luma[:, :TOP], middle, luma[:, TOP + HEIGHT:]], 1)
        top, left, height, width, half = TOP // 2, LEFT // 2, HEIGHT // 2, WIDTH // 2, SIZE // 2
        chroma = still[:, SIZE:].reshape(-1, 2, half, half)
        middle = torch.cat([chroma[:, :, top:top + height, :left], uv, chroma[:, :, top:top + height, left + width:]], 3)
        chroma = torch.cat([chroma[:, :, :top], middle, chroma[:, :, top + height:]], 2)
        return torch.cat([luma, chroma.reshape(-1, half, SIZE)], 1)
