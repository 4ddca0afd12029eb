"""Pictures on the surfaces: which file a part wears, and how hair and cloth maps are made to take any colour."""
import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

import makehuman as mh

LUMA = np.array([.2126, .7152, .0722])


def find(folder, name):
    """The colour map of a kit item, whatever its ending."""
    return next(p for p in (mh.KIT / folder / f"{name}{e}" for e in ("_diffuse.png", "_diffuse.jpg", ".png", ".jpg")) if p.exists())


def path_of(part, look):
    return {"skin": mh.KIT / f"skins/{look.skin}.jpg", "cloth": find("clothes", look.cloth), "teeth": mh.KIT / "teeth/teeth.png",
            "tongue": find("tongue", "tongue01"), "eyes": mh.KIT / f"eyes/{look.eye}_eye.png", "brows": find("eyebrows", look.brow),
            "lashes": find("eyelashes", look.lash), "hair": find("hair", look.hair)}[part]


def mean_under(alpha, picture, radius):
    """Local mean of a picture [h, w, c] where alpha [h, w] is set."""
    weight = gaussian_filter(alpha, radius)[..., None] + 1e-4
    return gaussian_filter(picture * alpha[..., None], (radius, radius, 0)) / weight


def plain_hair(rgba):
    """Strands without the map's own colour and painted highlights: grey, its local mean .5, so that a tint gives any hair colour."""
    alpha = rgba[..., 3] / 255.0
    grey = (rgba[..., :3] / 255.0) @ LUMA
    level = mean_under(alpha, grey[..., None], 24)[..., 0]
    strands = np.clip(.5 * (grey + .03) / (level + .03), .2, .8)
    out = rgba.copy()
    out[..., :3] = (255 * strands + .5).astype(np.uint8)[..., None]
    return out


def plain_cloth(rgba, flat):
    """Takes `flat` (0 to 1) of a cloth map's stripes and prints away; folds and seams stay in their brightness."""
    if not flat:
        return rgba
    alpha = (rgba[..., 3] > 128).astype(float)
    colour = rgba[..., :3] / 255.0
    level = mean_under(alpha, colour, 70)
    grey = level @ LUMA
    fold = gaussian_filter(colour @ LUMA, 3) - gaussian_filter(colour @ LUMA, 12)
    even = np.repeat((.5 + .25 * (grey - .5) + .2 * fold)[..., None], 3, 2)
    out = rgba.copy()
    out[..., :3] = (255 * np.clip(colour + flat * (even - colour), 0, 1) + .5).astype(np.uint8)
    return out


def picture_of(part, look):
    """[h, w, 4] bytes, first row at the bottom."""
    image = Image.open(path_of(part, look)).convert("RGBA").transpose(Image.FLIP_TOP_BOTTOM)
    if image.width > 1024 and part != "skin":
        image = image.resize((1024, 1024), Image.LANCZOS)
    pixels = np.asarray(image)
    if part == "hair":
        return plain_hair(pixels)
    return plain_cloth(pixels, look.cloth_flat) if part == "cloth" else pixels


def patches(size=256, radius=4):
    """[size, size, 1] bytes of smooth noise that tiles, mean about 128."""
    noise = gaussian_filter(np.random.default_rng(5).standard_normal((size, size)), radius, mode="wrap")
    return np.clip(128 + 50 * noise / noise.std(), 0, 255).astype(np.uint8)[..., None]
