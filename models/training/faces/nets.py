"""identity_encoder and frame_decoder.

The decoder draws an expression on the portrait's own face, where the portrait's features fit (`Face`), turns that with the
head by a smooth flow cut out along the person's outline (`Turn`), warps the whole portrait by both, and mends the warped
picture around the head (`Mend`).
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from areas import FACE, HEAD, MOUTH, SIZE, WHOLE, cells, cut, fade, pixel_grid
from region import POSE_LIMIT, POSE_TOGETHER
from sampling import finer, gather_rows, gather_warp, packed, pixels, warp
from texture import ARTICULATION, CHANNELS, MouthTexture

MOTION, CONTEXT, EMOTIONS, NOISE, IDENTITY = 58, 256, 7, 10, 50
C16, C8, C4 = 128, 80, 32     # channels of the face at 1/16, 1/8, 1/4 of the resolution
DRAWN, FIXED = 24, 8          # channels of the coarse map that the conditions draw; of the fixed noise image
FEATURES, MENDED = 24, 32     # channels that the face hands to the mending; inside the mending
CODE, TURN = 160, 64          # size of the FiLM code; cells of the turning flow along each side of the picture
FLOW_SCALE = 0.125            # of half the picture's width per unit of network output
LOOKING = [1, 2, 3, 4, 8, 9, 10, 11]          # eyeLook channels of the 58
SKIPS = ("skip_luma", "skip_u", "skip_v", "skip_16", "skip_8", "skip_4")


def i420_planes(rgb):
    """BT.601 limited range: rgb [b, 3, h, w] in 0..1 -> y [b, 1, h, w], uv [b, 2, h/2, w/2], bytes / 255."""
    r, g, b = rgb[:, 0:1], rgb[:, 1:2], rgb[:, 2:3]
    y = 16 + 65.481 * r + 128.553 * g + 24.966 * b
    uv = torch.cat([128 - 37.797 * r - 74.203 * g + 112.0 * b, 128 + 112.0 * r - 93.786 * g - 18.214 * b], 1)
    return y / 255, F.avg_pool2d(uv, 2) / 255


class IdentityEncoder(nn.Module):
    """portrait [b, 3, 512, 512] -> identity [b, 50] and the skip maps. Six convolutions, each halving the size."""

    def __init__(self):
        super().__init__()
        widths = (3, 16, 32, 64, 96, 128, 128)
        self.convs = nn.ModuleList([nn.Conv2d(a, b, 3, 2, 1) for a, b in zip(widths, widths[1:])])
        self.to4, self.to8, self.to16 = nn.Conv2d(32, C4, 1), nn.Conv2d(64, C8, 1), nn.Conv2d(96, C16, 1)
        self.to_identity = nn.Linear(128, IDENTITY)

    def maps(self, portrait):
        """identity and the learned skips at 1/16, 1/8, 1/4 of the resolution, of FACE alone."""
        x, maps = portrait * 2 - 1, []
        for conv in self.convs:
            x = F.relu(conv(x))
            maps.append(x)
        identity = self.to_identity(x.mean((2, 3)))
        return identity, self.to16(cut(maps[3], FACE, 16)), self.to8(cut(maps[2], FACE, 8)), self.to4(cut(maps[1], FACE, 4))

    @staticmethod
    def pictures(portrait):
        """What is warped: luma at twice the resolution [b, 1, 1024, 1024], chroma [b, 2, 256, 256], 0..1."""
        y, uv = i420_planes(portrait)
        return torch.clamp(finer(y), 0, 1), uv

    def forward(self, portrait):
        identity, s16, s8, s4 = self.maps(portrait)
        y, uv = self.pictures(portrait)
        return identity, packed(y[:, 0]), packed(uv[:, 0]), packed(uv[:, 1]), s16, s8, s4


class Block(nn.Module):
    """Residual block, modulated by the conditions (FiLM) where a code is given."""

    def __init__(self, channels, code=0):
        super().__init__()
        self.a, self.b = nn.Conv2d(channels, channels, 3, 1, 1), nn.Conv2d(channels, channels, 3, 1, 1)
        self.film = nn.Linear(code, 2 * channels) if code else None

    def forward(self, x, code=None):
        y = self.a(x)
        if self.film is not None:
            gain, shift = self.film(code)[:, :, None, None].chunk(2, 1)
            y = y * (1 + gain) + shift
        return F.relu(x + self.b(F.relu(y)))


def up(x, mode="nearest"):
    return F.interpolate(x, scale_factor=2.0, mode=mode, **({} if mode == "nearest" else {"align_corners": False}))


class Face(nn.Module):
    """The expression on the face in the portrait's pose: a flow [b, 2, h, w] and features [b, 24, h, w] at 1/4 of the resolution."""

    def __init__(self):
        super().__init__()
        self.draw = nn.Linear(256, DRAWN * (FACE.height // 32) * (FACE.width // 32))
        self.in16 = nn.Conv2d(C16 + DRAWN + FIXED, C16, 3, 1, 1)
        self.blocks16 = nn.ModuleList([Block(C16, CODE), Block(C16, CODE)])
        self.to8 = nn.Conv2d(C16, C8, 1)
        self.block8 = Block(C8, CODE)
        self.to4 = nn.Conv2d(C8, 4 * C4, 1)
        self.block4 = Block(C4, CODE)
        self.flow, self.features = nn.Conv2d(C4, 2, 3, 1, 1), nn.Conv2d(C4, FEATURES, 1)
        self.texture = MouthTexture(ARTICULATION + CODE)
        # One noise image for all frames (DAE-Talker): it gives the coarse levels places to tell apart, and cannot flicker.
        self.register_buffer("noise", torch.randn(1, FIXED, *cells(FACE, 16), generator=torch.Generator().manual_seed(7)))
        self.register_buffer("grid", pixel_grid(FACE, 4), persistent=False)
        self.register_buffer("fade", fade(FACE, 4), persistent=False)
        with torch.no_grad():
            self.flow.weight *= .2

    def forward(self, h, code, articulation, skip_16, skip_8, skip_4, noise=None):
        drawn = self.draw(h).reshape(-1, DRAWN, FACE.height // 32, FACE.width // 32)
        noise = (self.noise if noise is None else noise).expand(h.shape[0], -1, -1, -1)
        x = F.relu(self.in16(torch.cat([skip_16, up(drawn), noise], 1)))
        for block in self.blocks16:
            x = block(x, code)
        x = self.block8(F.relu(up(self.to8(x)) + skip_8), code)
        x = self.block4(F.relu(F.pixel_shuffle(self.to4(x), 2) + skip_4), code)
        with torch.autocast(x.device.type, enabled=False):
            flow = self.flow(x.float()) * self.fade * FLOW_SCALE
        home, (left, top, w, h4) = self.grid + flow, (v // 4 for v in (MOUTH.left - FACE.left, MOUTH.top - FACE.top, MOUTH.width, MOUTH.height))
        texture = self.texture(home[:, :, top:top + h4, left:left + w], torch.cat([articulation, code], 1))
        around = (left, FACE.width // 4 - left - w, top, FACE.height // 4 - top - h4, 0, FEATURES - CHANNELS)
        return flow, F.relu(self.features(x) + F.pad(texture, around)) * self.fade


class Mend(nn.Module):
    """Looks at the warped picture and the turned features, at 1/4 of the resolution, and draws what warping cannot show."""

    def __init__(self):
        super().__init__()
        self.see, self.see_colour = nn.Conv2d(1, 16, 6, 4, 1), nn.Conv2d(2, 8, 4, 2, 1)
        self.enter = nn.Conv2d(16 + 8 + FEATURES, MENDED, 3, 1, 1)
        self.block = Block(MENDED)
        self.out = nn.Conv2d(MENDED, 16 + 8 + 16, 3, 1, 1)
        with torch.no_grad():
            self.out.bias[24:] = .5

    def forward(self, y, uv, features, keep):
        """y [b, 1, 4h, 4w], uv [b, 2, 2h, 2w] warped; features [b, 24, h, w]; keep [.., 1, 4h, 4w]: 0 where the warped picture must stay."""
        seen = torch.cat([F.relu(self.see(y - .5)), F.relu(self.see_colour(uv - .5)), features], 1)
        seen = self.block(F.relu(self.enter(seen)))
        with torch.autocast(seen.device.type, enabled=False):       # brightness takes more digits than bfloat16 has
            out = self.out(seen.float())
        drawn, drawn_uv = F.pixel_shuffle(out[:, 0:16], 4) + .5, F.pixel_shuffle(out[:, 16:24], 2) + .5
        mask = torch.sigmoid(F.pixel_shuffle(out[:, 24:40], 4) * -4) * keep
        return y + mask * (drawn - y), uv + F.avg_pool2d(mask, 2) * (drawn_uv - uv), mask


class Turn(nn.Module):
    """Head pose and identity to the flow of the whole picture [b, 2, 128, 128].

    The body's flow is smooth in place and pose, also beyond the outline. The portrait's own silhouette, looked up along that
    flow, says where the body is; where it is not, the room shows: a flow that leads from behind the portrait's body out of it.
    So an outline moves as sharply as the portrait has it, without being learnt pose by pose. Silhouette and room do not move.
    """

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6 + IDENTITY, 96), nn.ReLU(), nn.Linear(96, 96), nn.ReLU(), nn.Linear(96, 2 * TURN * TURN))
        self.silhouette, self.room = nn.Linear(IDENTITY, TURN * TURN), nn.Linear(IDENTITY, 2 * TURN * TURN)
        self.register_buffer("grid", pixel_grid(WHOLE, 4), persistent=False)
        with torch.no_grad():
            self.body[4].weight *= .2
            for net, bias in ((self.silhouette, 4.0), (self.room, 0.0)):      # at first all is body, and the room stays
                net.weight.zero_(), net.bias.fill_(bias)

    def forward(self, pose, identity):
        """The flow; and its parts: body's and room's flow, and the silhouette's logits, at 1/4 of the resolution."""
        with torch.autocast(pose.device.type, enabled=False):       # a place in the picture takes more digits than bfloat16 has
            return self._layers(pose, identity.float() * .3)

    def _layers(self, pose, identity):
        body = up(self.body(torch.cat([pose, identity], 1)).reshape(-1, 2, TURN, TURN) * FLOW_SCALE, "bilinear")
        room = up(self.room(identity).reshape(-1, 2, TURN, TURN) * FLOW_SCALE, "bilinear")
        silhouette = self.silhouette(identity).reshape(-1, 1, TURN, TURN)
        places = self.grid + body
        shape = warp(silhouette, places) if self.training else gather_rows(silhouette, TURN, TURN, (places + 1) * (TURN / 2) - .5)
        return room + torch.sigmoid(shape) * (body - room), body, room, shape


class FrameDecoder(nn.Module):
    def __init__(self):
        super().__init__()
        told = MOTION + ARTICULATION + EMOTIONS + NOISE + IDENTITY
        self.enter, self.code = nn.Linear(told, 256), nn.Linear(256, CODE)
        self.turn, self.face, self.mend = Turn(), Face(), Mend()
        # articulation = context @ listen + listen_bias, found by regression once the context encoder is trained
        self.register_buffer("listen", torch.zeros(CONTEXT, ARTICULATION)), self.register_buffer("listen_bias", torch.zeros(ARTICULATION))
        self.register_buffer("motion_scale", torch.cat([torch.ones(52), torch.tensor(1 / POSE_LIMIT)]), persistent=False)
        # Small coefficients matter as much as large noise numbers: bring all to a like scale.
        scale = torch.cat([torch.full((52,), 4.0), torch.ones(6), torch.ones(ARTICULATION), torch.ones(EMOTIONS), torch.full((NOISE,), .1),
                           torch.full((IDENTITY,), .3)])
        scale[LOOKING] = 16.0          # a glance is a fifth of a channel's range and moves the iris by three pixels
        self.reach = POSE_TOGETHER
        self.register_buffer("input_scale", scale, persistent=False)
        self.register_buffer("grid", pixel_grid(WHOLE, 4), persistent=False)
        self.register_buffer("keep", fade(HEAD, 1, "lrb"), persistent=False)

    def articulation(self, context):
        return torch.clamp(context @ self.listen + self.listen_bias, 0, 1)

    def clamp(self, motion):
        """Motion with each channel in its range and the pose, in units of POSE_LIMIT, no longer than `reach`."""
        motion = torch.clamp(motion * self.motion_scale, -1, 1)
        pose = motion[:, 52:]
        size = torch.sqrt((pose * pose).sum(1, keepdim=True) + 1e-6)
        return torch.cat([motion[:, :52], pose * torch.clamp(self.reach / size, max=1.0)], 1)

    def features(self, motion, articulation, emotion, noise_code, identity, skip_16, skip_8, skip_4, noise=None):
        """What `Turn` gives (its flow [b, 2, 128, 128] first); flow and features of the face in the portrait's pose."""
        motion = self.clamp(motion)
        h = F.relu(self.enter(torch.cat([motion, articulation, emotion, noise_code, identity], 1) * self.input_scale))
        flow, features = self.face(h, F.relu(self.code(h)), articulation, skip_16, skip_8, skip_4, noise)
        return self.turn(motion[:, 52:], identity), flow, features

    @staticmethod
    def in_face(places):
        """Places of the whole picture (-1..1) as pixels of FACE's maps at 1/4."""
        x = (places[:, 0:1] + 1) * (SIZE / 8) - (FACE.left / 4 + .5)
        y = (places[:, 1:2] + 1) * (SIZE / 8) - (FACE.top / 4 + .5)
        return torch.cat([x, y], 1)

    def forward(self, motion, context, *rest):
        return self.draw(motion, self.articulation(context), *rest)

    def draw(self, motion, articulation, emotion, noise_code, identity, skip_luma, skip_u, skip_v, skip_16, skip_8, skip_4, noise=None):
        """The frame, I420 bytes [b, 768, 512]."""
        (turn, *_), flow, features = self.features(motion, articulation, emotion, noise_code, identity, skip_16, skip_8, skip_4, noise)
        (h, w), (top, left) = cells(FACE, 4), (HEAD.top // 4, HEAD.left // 4)
        turned = gather_rows(torch.cat([flow, features], 1), w, h, cut(self.in_face(self.grid + turn), HEAD, 4))
        rest = TURN * 2
        around = (left, rest - left - HEAD.width // 4, top, rest - top - HEAD.height // 4)
        places = self.grid + turn + F.pad(turned[:, :2], around)
        full = F.interpolate(pixels(places, 2 * SIZE, 2 * SIZE), scale_factor=4.0, mode="bilinear", align_corners=False)
        y = gather_warp([skip_luma], 2 * SIZE, full)[0].reshape(-1, 1, SIZE, SIZE)
        half = SIZE // 2
        uv = torch.stack(gather_warp([skip_u, skip_v], half, up(pixels(places, half, half), "bilinear")), 1).reshape(-1, 2, half, half)
        head_y, head_uv, _ = self.mend(cut(y, HEAD, 1), cut(uv, HEAD, 2), turned[:, 2:], self.keep)
        y, uv = paste(to_bytes(y), to_bytes(head_y), 1), paste(to_bytes(uv), to_bytes(head_uv), 2)
        return torch.cat([y[:, 0], uv.reshape(-1, SIZE // 2, SIZE)], 1)


def to_bytes(plane):
    return torch.clamp(torch.round(plane * 255), 0, 255).to(torch.uint8)


def paste(plane, part, size):
    """`part` at HEAD's place in a plane whose pixels are `size` of the picture's."""
    left, top, right, bottom = HEAD.left // size, HEAD.top // size, (HEAD.left + HEAD.width) // size, (HEAD.top + HEAD.height) // size
    middle = torch.cat([plane[:, :, top:bottom, :left], part, plane[:, :, top:bottom, right:]], 3)
    return torch.cat([plane[:, :, :top], middle, plane[:, :, bottom:]], 2)


def turned(maps, places):
    """What training uses in place of gather_rows: maps [b, c, h, w] of FACE at 1/4, places in FACE's pixels."""
    h, w = cells(FACE, 4)
    x, y = (places[:, 0:1] + .5) * (2 / w) - 1, (places[:, 1:2] + .5) * (2 / h) - 1
    return warp(maps, torch.cat([x, y], 1))
