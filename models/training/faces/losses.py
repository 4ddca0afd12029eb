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
GRID = pixel_grid(WHOLE, 4)


def windows(x, corners, scale):
    """Cuts one window per (sample, y, x) out of HEAD's maps x [samples or 1, c, h, w]; y, x are in cells of `scale` pixels."""
    s = WINDOW * scale
    return torch.cat([x[i % len(x):i % len(x) + 1, :, y * scale:y * scale + s, c * scale:c * scale + s] for i, y, c in corners])


def inner(x, scale):
    e = EDGE * scale
    return x[..., e:-e, e:-e]


class Portraits:
    """What the looks' portraits give, as far as no weight is in it: pictures to warp; and the weights of places."""

    def __init__(self, data, encoder):
        with torch.no_grad():
            self.rgb, self.importance = data.portraits, data.importance
            self.y, self.uv = encoder.pictures(data.portraits)
        # height half-way between eyes and mouth, in -1..1
        self.middle = torch.tensor([(m["mouth"][1] + (m["eyes"][0][1] + m["eyes"][1][1]) / 2) / 2 for m in (data.marks[k] for k in data.looks)])


def draw(encoder, decoder, data, portraits, noise=None, heard=True):
    """Draws a batch's windows. Dict: y, uv, mask, warped luma (windows), places [b, 2, 128, 128] and turn.

    noise: another noise image than the fixed one, for the ablation; heard=False: without the voice's articulation.
    """
    kinds, which = torch.unique(data["look"], return_inverse=True)
    identity, s16, s8, s4 = encoder.maps(portraits.rgb[kinds])
    articulation = data["articulation"] if heard else torch.zeros_like(data["articulation"])
    turn, flow, features = decoder.features(data["motion"], articulation, data["emotion"], data["noise_code"], identity[which],
                                            s16[which], s8[which], s4[which], noise)
    corners = data["corner"]
    sample = torch.tensor([i for i, _, _ in corners])
    in_face = cut(decoder.in_face(GRID + turn), HEAD, 4)
    around = (HEAD.left // 4, 128 - (HEAD.left + HEAD.width) // 4, HEAD.top // 4, 128 - (HEAD.top + HEAD.height) // 4)
    places = GRID + turn + F.pad(turned(flow, in_face), around)
    here = windows(cut(places, HEAD, 4), corners, 1)
    half = up(here, "bilinear")
    look = data["look"][sample]
    y = warp(portraits.y[look], F.interpolate(here, scale_factor=4.0, mode="bilinear", align_corners=False))
    uv = warp(portraits.uv[look], half)
    warped = y
    y, uv, mask = decoder.mend(y, uv, turned(features[sample], windows(in_face, corners, 1)), windows(decoder.keep, corners, 4))
    return dict(y=y, uv=uv, mask=mask, warped=warped.detach(), places=places, turn=turn)


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


def losses(drawn, data, portraits, lower=False):
    """Scalar loss and its parts (luma, edges, chroma, flow, turn) for one drawn batch; lower: pictures from the nose down only."""
    inside = data["flow"][:, 2:3]
    offset = (data["flow"][:, :2] - GRID) * inside
    weight = weights(data, portraits)
    flow = ((drawn["places"] - GRID - offset).abs() * (.3 + .7 * inside) * weight).mean()
    turn = ((drawn["turn"] - offset).abs() * inside).mean()
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
    parts = luma, sharp, chroma, flow, turn
    return luma + 1.2 * sharp + 1.5 * chroma + 6.0 * flow + 2.0 * turn + .006 * drawn_over, [float(p.detach()) for p in parts]


def identity_loss(encoder, frames, looks, portraits):
    """Frames [n, 3, 512, 512] of a person must be read like the person's portrait; two people must be read apart."""
    kinds = torch.unique(looks)
    codes = encoder.maps(torch.cat([portraits.rgb[kinds], frames]))[0].float()
    people, read = codes[:len(kinds)], codes[len(kinds):]
    own = people[torch.searchsorted(kinds, looks)]
    same = ((read - own) ** 2).sum(1).mean()
    if len(people) < 2:
        return same
    away = torch.pdist(people)
    return same + (torch.relu(APART - away) ** 2).mean()
