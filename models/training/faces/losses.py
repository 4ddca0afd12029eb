"""What the face networks are trained on: windows of pictures, and the flow that the renderer knows."""
import torch
import torch.nn.functional as F

from areas import HEAD, WHOLE, cut, pixel_grid
from frames import WINDOW
from nets import turned, up
from sampling import warp

EDGE = 2              # cells at a window's border that the loss leaves out: convolutions saw zeros beside them
APART = 6.0           # how far apart the identity encoder should put two people
PLAIN = 2.5           # importance below which a place is neither mouth nor eye


def windows(x, corners, scale):
    """Cuts windows [n, c, s, s] out of HEAD's maps x [samples or 1, c, h, w], n / samples of each; corners [n, 2]: (y, x) in cells of `scale` pixels."""
    s, (n, c, h, w) = WINDOW * scale, (len(corners), *x.shape[1:])
    along = torch.arange(s, device=x.device)
    y, left = corners[:, 0, None] * scale + along, corners[:, 1, None] * scale + along
    at = (y[:, :, None] * w + left[:, None, :]).reshape(n, 1, s * s).expand(n, c, s * s)
    return repeated(x, n).flatten(2).gather(2, at).reshape(n, c, s, s)


def repeated(x, n):
    """Each sample of x as often as it takes to make n, one after the other."""
    return x[:, None].expand(-1, n // len(x), *x.shape[1:]).reshape(n, *x.shape[1:])


def inner(x, scale):
    e = EDGE * scale
    return x[..., e:-e, e:-e]


class Portraits:
    """What the looks' portraits give, as far as no weight is in it: pictures to warp, outlines, and the weights of places."""

    def __init__(self, data, encoder, device="cpu"):
        self.rgb, self.importance, self.silhouettes, self.rooms = (x.to(device) for x in (data.portraits, data.importance, data.silhouettes, data.rooms))
        with torch.no_grad():
            self.y, self.uv = encoder.pictures(self.rgb)
        self.grid = pixel_grid(WHOLE, 4).to(device)
        # height half-way between eyes and mouth, in -1..1
        self.middle = torch.tensor([(m["mouth"][1] + (m["eyes"][0][1] + m["eyes"][1][1]) / 2) / 2 for m in (data.marks[k] for k in data.looks)], device=device)


def draw(encoder, decoder, data, portraits, noise=None, heard=True):
    """Draws a batch's windows. Dict: y, uv, mask, warped luma (windows), places [b, 2, 128, 128], and Turn's parts.

    noise: another noise image than the fixed one, for the ablation; heard=False: without the voice's articulation.
    """
    which, corners, grid = data["which"], data["corner"], decoder.grid
    identity, s16, s8, s4 = (x.index_select(0, which) for x in encoder.maps(portraits.rgb[data["kinds"]]))
    articulation = data["articulation"] if heard else torch.zeros_like(data["articulation"])
    (turn, body, room, shape), flow, features = decoder.features(data["motion"], articulation, data["emotion"], data["noise_code"], identity, s16, s8, s4, noise)
    in_face = cut(decoder.in_face(grid + turn), HEAD, 4)
    around = (HEAD.left // 4, 128 - (HEAD.left + HEAD.width) // 4, HEAD.top // 4, 128 - (HEAD.top + HEAD.height) // 4)
    places = grid + turn + F.pad(turned(flow, in_face), around)
    here = windows(cut(places, HEAD, 4), corners, 1)
    look = repeated(data["look"], len(corners))
    y = warp(portraits.y[look], F.interpolate(here, scale_factor=4.0, mode="bilinear", align_corners=False))
    uv = warp(portraits.uv[look], up(here, "bilinear"))
    warped = y
    y, uv, mask = decoder.mend(y, uv, turned(repeated(features, len(corners)), windows(in_face, corners, 1)), windows(decoder.keep, corners, 4))
    return dict(y=y, uv=uv, mask=mask, warped=warped.detach(), places=places, body=body, room=room, shape=shape)


def weights(data, portraits):
    """[b, 1, 128, 128]: how much each cell of each frame matters, by the place of the portrait that it shows."""
    home, inside = data["flow"][:, :2], data["flow"][:, 2:3]
    weight = warp(portraits.importance[data["look"]][:, None], home * inside)
    return 1 + (weight - 1) * inside


def edges(x):
    return x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]


def lower_half(data, portraits):
    """[b, 1, 128, 128]: 1 where a frame shows the portrait from the nose down."""
    nose = portraits.middle[data["look"]].reshape(-1, 1, 1, 1)
    return (data["flow"][:, 1:2] > nose).float() * data["flow"][:, 2:3]


def bends(x):
    """How far a map departs from a plane at each cell, along both sides; [b, 2c, h - 2, w - 2]."""
    middle = 2 * x[..., 1:-1, 1:-1]
    return torch.cat([x[..., 1:-1, 2:] + x[..., 1:-1, :-2] - middle, x[..., 2:, 1:-1] + x[..., :-2, 1:-1] - middle], 1)


def turn_losses(body, room, shape, flow, look, portraits):
    """(body's flow, outline, room) errors of the turn for rendered flows [b, 3, 128, 128]; beyond the outline the body's flow goes on smoothly."""
    inside = flow[:, 2:3]
    rooms = up(portraits.rooms, "bilinear")[look]
    error = ((body - (flow[:, :2] - portraits.grid)).abs() * inside).mean()
    smooth = (bends(body).abs() * (1 - inside)[..., 1:-1, 1:-1]).mean()
    outline = F.binary_cross_entropy_with_logits(shape, inside)
    return error + .5 * smooth, outline, (room - rooms).abs().mean()


def losses(drawn, data, portraits, lower=False):
    """Scalar loss and its parts (luma, edges, chroma, flow, turn, outline) for one drawn batch; lower: pictures from the nose down only."""
    inside = data["flow"][:, 2:3]
    offset = torch.where(inside > .5, data["flow"][:, :2] - portraits.grid, up(portraits.rooms, "bilinear")[data["look"]])
    weight = weights(data, portraits)
    flow = ((drawn["places"] - portraits.grid - offset).abs() * (.3 + .7 * inside) * weight).mean()
    turn, outline, room = turn_losses(drawn["body"], drawn["room"], drawn["shape"], data["flow"], data["look"], portraits)
    shown = weight * lower_half(data, portraits) if lower else weight
    small = windows(cut(shown, HEAD, 4), data["corner"], 1)
    big = inner(F.interpolate(small, scale_factor=4.0, mode="nearest"), 4)
    middle = inner(F.interpolate(small, scale_factor=2.0, mode="nearest"), 2)
    y, truth = inner(drawn["y"], 4), inner(data["y"], 4)
    # Teeth, tongue and lids are what the warp cannot show, and few: in the mouth and at the eyes they count up to four times.
    big = big * (1 + 3 * (big >= PLAIN) * torch.clamp((inner(drawn["warped"], 4) - truth).abs() * 10, 0, 1))
    (ax, ay), (bx, by) = edges(y), edges(truth)
    luma = ((y - truth).abs() * big).mean()
    sharp = ((ax - bx).abs() * big[..., 1:]).mean() + ((ay - by).abs() * big[..., 1:, :]).mean()
    chroma = ((inner(drawn["uv"], 2) - inner(data["uv"], 2)).abs() * middle).mean()
    # Skin and hair that the warp shows nearly right stay warped: what is drawn there is softer than the portrait.
    drawn_over = (inner(drawn["mask"], 4) * (big < PLAIN)).mean()
    total = luma + 1.2 * sharp + 1.5 * chroma + 6.0 * flow + 2.0 * turn + .1 * outline + room + .006 * drawn_over
    return total, torch.stack([luma, sharp, chroma, flow, turn, outline]).detach()


def rgb_of(y, u, v):
    """Pictures [n, 3, 512, 512] in 0..1 of planes of bytes."""
    y = (y.float()[:, None] - 16) / 219
    u, v = (up(p.float()[:, None] - 128) / 255 for p in (u, v))
    return torch.clamp(torch.cat([y + 1.59603 * v, y - .39176 * u - .81297 * v, y + 2.01723 * u], 1), 0, 1)


def identity_loss(encoder, data, portraits):
    """A whole frame of each person must be read like the person's portrait; two people must be read apart."""
    kinds, looks = data["kinds"], data["whole_look"]
    codes = encoder.maps(torch.cat([portraits.rgb[kinds], rgb_of(*data["whole"])]))[0].float()
    people, read = codes[:len(kinds)], codes[len(kinds):]
    same = ((read - people[torch.searchsorted(kinds, looks)]) ** 2).sum(1).mean()
    if len(people) < 2:
        return same
    away = torch.pdist(people)
    return same + (torch.relu(APART - away) ** 2).mean()
