"""What a look's vertices carry besides their place: baked light, where it changes when mouth or lids open, and the hairline."""
import numpy as np
from scipy.spatial import cKDTree

from bake import BAKED, light_path
from head import shape_names
from surfaces import picture_of


# Against the path tracer's noise: decimetres over which light is averaged, and how alike the normals must be (a power of their cosine).
AVERAGED = {"skin": (.055, 8), "cloth": (.10, 4), "hair": (.16, 0)}


def averaged(values, places, normals, radius, likeness):
    """Gaussian mean of values [n, 3] over the nearest 40 places [n, 3] whose normals look the same way."""
    away, near = cKDTree(places).query(places, k=60)
    weight = np.exp(-.5 * (away / radius) ** 2)
    if likeness:
        weight *= np.clip((normals[near] * normals[:, None]).sum(2), 0, 1) ** likeness
    return (weight[..., None] * values[near]).sum(1) / np.maximum(weight.sum(1), 1e-6)[:, None]


def light(head, occlusion):
    """(rest [n, 3], open [n, 3]) linear light on every corner: Cycles' where baked, else the ambient occlusion's guess.

    Brows and lashes take the light of the skin under them.
    """
    plain = np.repeat(occlusion[:, None] * (.30 + .14 * np.clip(head.normals @ (-.5, .38, .78), 0, 1)[:, None]), 3, 1)
    out = {"rest": plain.copy(), "open": plain.copy()}
    path = light_path(head.name)
    spans = {p.name: slice(p.first, p.first + p.count) for p in head.parts}
    if path.exists():
        found = np.load(path)
        for pose in out:
            for part in BAKED:
                values = found[f"{part}_{pose}"].astype(np.float32)
                if len(values) != head.parts[[p.name for p in head.parts].index(part)].count:
                    raise SystemExit(f"{path} was baked for other geometry; delete it and bake again")
                places, normals = head.rest_corners[spans[part]], head.normals[spans[part]]
                values = averaged(values, places, normals, *AVERAGED[part])
                if part == "skin":      # the fringe's shadow on the forehead is softened further: single locks cast stains
                    brow = np.clip((places[:, 1] - (head.top - 1.05)) / .25, 0, 1)[:, None]
                    soft = values
                    for _ in range(5):
                        soft = averaged(soft, places, normals, .14, 4)
                    values += brow * (soft - values)
                out[pose][spans[part]] = values
    skin = cKDTree(head.rest_corners[spans["skin"]])
    for part in ("brows", "lashes"):
        near = skin.query(head.rest_corners[spans[part]], k=8)[1]
        for pose in out:
            out[pose][spans[part]] = out[pose][spans["skin"]][near].mean(1)
    return out["rest"], out["open"]


def regions(head):
    """[corners, 2]: how much a corner belongs to the lids and to the mouth, 0 to 1: there the `open` light comes in."""
    shapes = head.offsets([shape_names().index(n) for n in ("eyeBlinkLeft", "eyeBlinkRight", "jawOpen", "mouthUpperUpLeft", "mouthUpperUpRight")])
    size = np.linalg.norm(shapes, axis=2)
    lids = np.clip(size[:2].max(0) / .03, 0, 1)
    mouth = np.clip(size[2] / .25 + size[3:].max(0) / .05, 0, 1) * (1 - lids)
    return np.stack([lids, mouth], 1)[head.corner]


def hairline(head):
    """[corners]: 0 where hair begins on forehead and temples, 1 inside: there it thins out. On the skin 0 is scalp, 1 is bare."""
    out = np.ones(len(head.rest), np.float32)
    start = head.first_vertex("hair")
    stop = start + head.vertex_count("hair")
    quads = head.quads[(head.quads >= start).all(1) & (head.quads < stop).all(1)]
    edges = np.sort(np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)]), 1)
    pairs, count = np.unique(edges, axis=0, return_counts=True)
    border = np.zeros(len(out), bool)
    border[pairs[count == 1].ravel()] = True
    skin = cKDTree(head.rest[:head.vertex_count("skin")])
    away = skin.query(head.rest[start:stop])[0]
    near = np.zeros(len(out), bool)
    hair, face = head.rest[start:stop], head.rest[:head.vertex_count("skin")]
    brow = face[face[:, 1] > head.top - 1.25, 2].max()
    near[start:stop] = (away < .16) & (hair[:, 1] > head.top - 1.25) & (hair[:, 2] > brow - .7)
    out[border & near] = 0
    strands = next(p for p in head.parts if p.name == "hair")
    # Triangles are large on the crown: hair is also looked for half-way between their corners.
    a, b = strands.triangles[:, [0, 1, 2, 0, 1, 2]].ravel(), strands.triangles[:, [0, 1, 2, 1, 2, 0]].ravel()
    where, uv = ((x[a] + x[b]) / 2 for x in (head.rest_corners, head.uv))
    picture = picture_of("hair", head.look)
    spots = ((uv % 1) * (picture.shape[1], picture.shape[0])).astype(int)
    dense = picture[spots[:, 1], spots[:, 0], 3] > 180
    under = cKDTree(where[dense]).query(face)[0]
    bare = np.clip((under - .01) / .06, 0, 1)
    out[:len(face)] = np.where(face[:, 1] > head.top - .95, bare * bare * (3 - 2 * bare), 1) * (face[:, 1] < head.top - .25)
    return out[head.corner]
