"""A posable head-and-shoulders model: blendshapes, tongue, and the head's turn, all in numpy.

Every part (skin, clothes, eyes, teeth, tongue, brows, lashes, hair) is a linear function of the base mesh, so each
blendshape becomes one offset per part vertex, computed once. A pose is then one matrix product, one bend about the
neck and one pass for the normals: about 15 ms on one core.
"""
import zipfile
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix

import makehuman as mh
from looks import LOOKS
from subdivide import catmull_clark

TONGUE = ("tongueTipUp", "tongueTipOut", "tongueBack")
PARTS = ("skin", "cloth", "teeth", "tongue", "eyes", "brows", "lashes", "hair")
FRAME = 3.80          # height of the picture in decimetres at the depth of the face
GAZE_AT_LENS = {"eyeLookOutLeft": .23, "eyeLookInRight": .23}     # the camera stands to the person's left
TORSO_TURN = np.array([.30, .12, .25])       # share of the head's yaw, pitch and roll that the shoulders take, about the waist
TORSO_SHIFT = np.array([.35, .50, .30])      # share of its x, y (so the breath lifts the shoulders) and z
LEVER = .5            # the neck gives back half of what the torso's lean moves the head
HEAD_WIDTH = 1.50     # decimetres: the unit of headX, headY, headZ


@lru_cache(1)
def shape_names():
    names = zipfile.ZipFile(mh.KIT / "targets.zip").namelist()
    return tuple(sorted(n[6:-7] for n in names if n.startswith("arkit/") and n.endswith(".target")))


@dataclass
class Part:
    """Where a part lies in the drawn vertices, its triangles [t, 3] and a coarser set for shadows."""
    name: str
    first: int
    count: int
    triangles: np.ndarray
    coarse: np.ndarray


def seen(where, faces, part):
    """Indices of the faces that some pose shows: without the skull's back and the molars."""
    if part in ("cloth", "hair", "brows", "lashes"):
        return range(len(faces))
    out = []
    for i, f in enumerate(faces):
        p = where[f]
        normal = np.cross(p[2] - p[0], p[-1] - p[1])
        normal /= max(np.linalg.norm(normal), 1e-9)
        if part == "teeth":
            if p[:, 2].max() > where[:, 2].max() - .42:
                out.append(i)
        elif part == "eyes":
            if normal[2] > -.1:
                out.append(i)
        elif normal[2] > -.55 or part == "tongue":
            out.append(i)
    return out


def fit_matrix(fit, count):
    n = len(fit.index)
    return csr_matrix((fit.weights.ravel(), (np.repeat(np.arange(n), 3), fit.index.ravel())), (n, count))


class Head:
    """Geometry of one look. After `pose`, `positions` and `normals` [n, 3] belong to the drawn vertices.

    `whole` keeps the faces that no camera sees: the light is baked with the skull's back in place.
    """

    def __init__(self, name, kit=mh.KIT, whole=False):
        self.name, self.look = name, LOOKS[name]
        look = self.look
        base, targets = mh.read_obj(kit / "base/base.obj"), mh.Targets(kit)
        body = mh.morph(base.verts, targets, look.sex, look.race, look.old, look.detail)
        body = mh.lower_arms(kit, body, 32)
        self.top = body[:13380, 1].max()
        self.floor = self.top + .36 - FRAME - .45
        self.pivot = mh.joint(kit, body, "neck02____head")
        self.crown = mh.joint(kit, body, "head____head")
        share = mh.head_share(kit, len(body))
        deltas = np.stack([targets.delta("arkit/" + n, len(body)) for n in shape_names()])
        moved = np.where(np.abs(deltas).max((0, 2)) > 0)[0]

        cloth, cloth_fit = mh.read_fit(kit / f"clothes/{look.cloth}.mhclo", body)
        sources = [("skin", base, None, 1)]
        for part, path in (("cloth", None), ("teeth", "teeth/teeth_base"), ("tongue", "tongue/tongue01"), ("eyes", "eyes/high-poly"),
                           ("brows", "eyebrows/" + look.brow), ("lashes", "eyelashes/" + look.lash), ("hair", "hair/" + look.hair)):
            mesh, fit = (cloth, cloth_fit) if part == "cloth" else mh.read_fit(kit / (path + ".mhclo"), body)
            sources.append((part, mesh, fit, int(part in ("tongue", "cloth", "hair") and len(mesh.verts) < 6000)))

        rest, shapes, shares, uvs, polys, self.parts = [], [], [], [], [], []
        first = corner_first = 0
        for part, mesh, fit, refine in sources:
            faces, face_uvs = mesh.faces, mesh.face_uvs
            if part == "skin":
                keep = [i for i, g in enumerate(mesh.groups) if g == "body" and not any(v in cloth_fit.hidden for v in faces[i])]
                matrix = csr_matrix((np.ones(13380), (np.arange(13380), np.arange(13380))), (13380, len(body)))
                offset = np.zeros((13380, 3))
            else:
                keep, matrix, offset = range(len(faces)), fit_matrix(fit, len(body)), fit.offset
            where = matrix @ body + offset
            keep = [i for i in keep if where[faces[i], 1].max() > self.floor]
            if not whole:
                keep = [keep[i] for i in seen(where, [faces[i] for i in keep], part)]
            faces, face_uvs = [faces[i] for i in keep], [face_uvs[i] for i in keep]
            rough = faces
            uv = mesh.uvs
            if refine:
                split, faces, face_uvs, uv = catmull_clark(len(where), faces, face_uvs, uv)
                matrix, offset = split @ matrix, split @ offset
            used = np.unique(np.concatenate([np.asarray(f) for f in faces]))
            renumber = np.full(matrix.shape[0], -1)
            renumber[used] = np.arange(len(used))
            faces = [renumber[np.asarray(f)] for f in faces]
            matrix, offset = matrix[used], offset[used]
            rest.append(matrix @ body + offset)
            shapes.append(np.stack([(matrix[:, moved] @ d[moved]) for d in deltas]))
            if part in ("teeth", "tongue"):
                self._seat(part, rest[-1], shapes[-1])
            shares.append(self._share(part, matrix @ share, rest[-1], look))
            corners, triangles = {}, []
            for face, t in zip(faces, face_uvs):
                ids = [corners.setdefault((int(v), int(u)), len(corners)) for v, u in zip(face, t)]
                triangles += [(ids[0], ids[k], ids[k + 1]) for k in range(1, len(ids) - 1)]
            keys = np.array(list(corners))
            uvs.append(np.c_[keys, np.asarray(uv)[keys[:, 1]]])
            uvs[-1][:, 0] += first
            polys += [first + np.asarray(f) for f in faces]
            some_corner = dict(zip(keys[:, 0].tolist(), range(len(keys))))
            rough = [[some_corner[renumber[v]] for v in f] for f in rough]
            coarse = np.array([(f[0], f[k], f[k + 1]) for f in rough for k in range(1, len(f) - 1)])
            self.parts.append(Part(part, corner_first, len(keys), corner_first + np.array(triangles), corner_first + coarse))
            first += len(used)
            corner_first += len(keys)

        self.rest = np.concatenate(rest).astype(np.float32)
        self.share = np.concatenate(shares).astype(np.float32)
        self.waist = self.pivot - (0, 6.0, 0)
        table = np.concatenate(uvs)
        self.corner = table[:, 0].astype(int)
        self.uv = table[:, 2:4].astype(np.float32)
        self._sizes = [len(r) for r in rest]
        shapes = np.concatenate(shapes, 1).astype(np.float32)
        shapes = np.concatenate([shapes, self._tongue_shapes(rest)], 0)
        self._active = np.where(np.abs(shapes).max((0, 2)) > 1e-6)[0]
        self._shapes = shapes[:, self._active].reshape(len(shapes), -1)
        self.names = shape_names() + TONGUE
        self._resting = np.array([{**GAZE_AT_LENS, **look.resting}.get(n, 0.0) for n in self.names], np.float32)
        self._smiles = np.array([n.startswith(("mouthSmile", "cheekSquint")) for n in self.names], np.float32)
        quads = np.array([f if len(f) == 4 else (f[0], f[1], f[2], f[2]) for f in polys])
        self.quads = quads
        count = len(self.rest)
        self._to_verts = csr_matrix((np.ones(quads.size, np.float32), (quads.ravel(), np.repeat(np.arange(len(quads)), 4))),
                                    (count, len(quads)))
        self.pose({}, np.zeros(6))
        self.rest_corners = self.positions.copy()

    def offsets(self, rows):
        """Offsets [rows, vertices, 3] of some shapes, given by their rows in `names`."""
        out = np.zeros((len(rows), len(self.rest), 3), np.float32)
        out[:, self._active] = self._shapes[rows].reshape(len(rows), -1, 3)
        return out

    def first_vertex(self, part):
        return sum(self._sizes[:PARTS.index(part)])

    def vertex_count(self, part):
        return self._sizes[PARTS.index(part)]

    @staticmethod
    def _seat(part, where, shapes):
        """Moves the kit's teeth and tongue: the upper row shows under a raised lip, the tongue rests behind the lower row."""
        if part == "tongue":
            where += (0, -.075, -.03)
            return
        lower = shapes[shape_names().index("jawOpen")][:, 1] < -.1
        where[:, 0] *= .90          # a narrower arch: the corners of the mouth stay dark
        where[~lower] += (0, -.045, .012)
        where[lower] += (0, -.055, -.02)
        for side in ("Left", "Right"):      # a broad smile lifts the lip off teeth that sit this low: they give way, the gums stay hidden
            shapes[shape_names().index("mouthSmile" + side), ~lower, 1] += .026

    def _share(self, part, rig, where, look):
        """Teeth, tongue, eyes and hair hang on the skull; long hair comes to rest on the shoulders; collars stay."""
        if part in ("teeth", "tongue", "eyes", "brows", "lashes"):
            return np.ones(len(where))
        if part == "cloth":
            return np.zeros(len(where))
        if part == "hair":
            low, high = self.pivot[1] - .55, self.pivot[1] + .55
            t = np.clip((where[:, 1] - low) / (high - low), 0, 1)
            return t * t * (3 - 2 * t)
        low, high = self.pivot[1] - .95, self.pivot[1] - .35
        t = np.clip((where[:, 1] - low) / (high - low), 0, 1)
        return rig * t * t * (3 - 2 * t)

    def _tongue_shapes(self, rest):
        """Three shapes the ARKit set lacks: tip to the teeth ridge (l, t, n), tip between the teeth (th), back up (k, g)."""
        out = np.zeros((3, sum(self._sizes), 3), np.float32)
        start = sum(self._sizes[:PARTS.index("tongue")])
        tongue = rest[PARTS.index("tongue")]
        z = tongue[:, 2]
        t = (z - z.min()) / (z.max() - z.min())
        tip = np.clip((t - .35) / .65, 0, 1) ** 1.5
        span = slice(start, start + len(tongue))
        out[0, span, 1], out[0, span, 2] = .20 * tip, .03 * tip
        out[1, span, 1], out[1, span, 2] = .10 * tip, .20 * tip
        out[2, span, 1] = .16 * np.exp(-((t - .4) / .25) ** 2)
        return out

    def pose(self, shapes, head):
        """shapes: {name: weight}, an array in the order of `names`, or of its first 52; head [6]: yaw, pitch, roll (rad), x, y, z."""
        if isinstance(shapes, dict):
            weights = np.array([shapes.get(n, 0.0) for n in self.names], np.float32)
        else:
            weights = np.zeros(len(self.names), np.float32)
            weights[:len(shapes)] = shapes
        verts = self.rest.copy()
        weights = weights + self._resting * (1 - .8 * self._busy(weights) * self._smiles)
        self.weights = weights
        on = np.where(weights != 0)[0]
        if len(on):
            verts[self._active] += (weights[on] @ self._shapes[on]).reshape(-1, 3)
        verts = self._bend(verts, head)
        a, b, c, d = (verts[self.quads[:, k]] for k in range(4))
        normals = self._to_verts @ np.cross(c - a, d - b)      # diagonals: right for quads and for triangles (d = c)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        self.verts = verts
        self.positions, self.normals = verts[self.corner], normals[self.corner].astype(np.float32)

    def _busy(self, weights):
        """0 at rest to 1 when the lips press, roll, purse or open: the resting smile makes room."""
        names = ("mouthPressLeft", "mouthRollLower", "mouthRollUpper", "mouthFunnel", "mouthPucker", "jawOpen", "mouthFrownLeft", "mouthClose")
        return min(1.0, 2.5 * sum(weights[self.names.index(n)] for n in names))

    def opened(self):
        """How far (lids, mouth) are towards the pose in which the `open` light was baked, each 0 to 1."""
        w = dict(zip(self.names, self.weights))
        lids = (w["eyeBlinkLeft"] + w["eyeBlinkRight"]) / 1.5
        mouth = (w["jawOpen"] + .25 * (w["mouthUpperUpLeft"] + w["mouthUpperUpRight"] + w["mouthLowerDownLeft"] + w["mouthLowerDownRight"])) / .45
        return float(np.clip(lids, 0, 1)), float(np.clip(mouth, 0, 1))

    def _bend(self, verts, head):
        """The torso takes TORSO of the head's turn about the waist and of its shift; the neck bends by what is left."""
        angles, shift = np.asarray(head[:3], float), np.asarray(head[3:6], float) * HEAD_WIDTH
        torso = rotation(*(angles * TORSO_TURN))
        axis, angle = axis_angle(torso.T @ rotation(*angles))
        f = self.share
        if angle > 1e-6:
            s, c = np.sin(f * angle)[:, None], np.cos(f * angle)[:, None]
            p = verts - self.pivot
            verts = self.pivot + p * c + np.cross(axis, p) * s + (p @ axis)[:, None] * axis * (1 - c)
        verts = (verts - self.waist) @ torso.T + self.waist
        lever = (torso - np.eye(3)) @ (self.pivot - self.waist)      # what the torso's turn alone shifts the neck by
        return (verts + TORSO_SHIFT * shift + f[:, None] * ((1 - TORSO_SHIFT) * shift - LEVER * lever)).astype(np.float32)


def axis_angle(turn):
    angle = np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    return axis / max(2 * np.sin(angle), 1e-9), angle


def rotation(yaw, pitch, roll):
    """Turn to the person's left, nod down and tilt to the person's left are positive."""
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(-roll), np.sin(-roll)
    ry = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    rx = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    rz = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return ry @ rx @ rz
