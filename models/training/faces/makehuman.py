"""Reads the MakeHuman kit: base mesh, targets, fitted parts, rig weights.

Coordinates are MakeHuman's: y up, z to the front, x to the person's left, decimetres.
The kit's folder comes from the environment variable MAKEHUMAN_KIT.
"""
import json
import os
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

KIT = Path(os.environ.get("MAKEHUMAN_KIT", "../../../shared/assets/makehuman"))


@dataclass
class Mesh:
    """A polygon mesh with separate position and texture indices.

    verts [n, 3]; uvs [m, 2]; faces and face_uvs: lists of index lists, one per polygon; groups: name per polygon.
    """
    verts: np.ndarray
    uvs: np.ndarray
    faces: list
    face_uvs: list
    groups: list = field(default_factory=list)


@dataclass
class Fit:
    """How a part hangs on the base mesh: vertex i = sum_k weights[i, k] * base[index[i, k]] + offset[i]."""
    index: np.ndarray
    weights: np.ndarray
    offset: np.ndarray
    hidden: set


def read_obj(path):
    verts, uvs, faces, face_uvs, groups, group = [], [], [], [], [], ""
    for line in open(path, errors="ignore"):
        s = line.split()
        if not s:
            continue
        if s[0] == "v":
            verts.append([float(x) for x in s[1:4]])
        elif s[0] == "vt":
            uvs.append([float(s[1]), float(s[2])])
        elif s[0] == "g":
            group = s[1]
        elif s[0] == "f":
            corners = [c.split("/") for c in s[1:]]
            faces.append([int(c[0]) - 1 for c in corners])
            face_uvs.append([int(c[1]) - 1 if len(c) > 1 and c[1] else 0 for c in corners])
            groups.append(group)
    return Mesh(np.array(verts), np.array(uvs) if uvs else np.zeros((1, 2)), faces, face_uvs, groups)


class Targets:
    """The 583 morph targets, read on demand from targets.zip."""

    def __init__(self, kit=KIT):
        self._zip = zipfile.ZipFile(kit / "targets.zip")
        self._names = set(self._zip.namelist())
        self._cache = {}

    def delta(self, name, count):
        """Dense offsets [count, 3] of target `name`, for example "arkit/jawOpen". Raises KeyError if it is unknown."""
        if name not in self._cache:
            if name + ".target" not in self._names:
                raise KeyError(name)
            dense = np.zeros((count, 3))
            for line in self._zip.read(name + ".target").decode("utf8", "ignore").splitlines():
                s = line.split()
                if len(s) == 4 and s[0][0] != "#":
                    dense[int(s[0])] += [float(x) for x in s[1:]]
            self._cache[name] = dense
        return self._cache[name]


def morph(base, targets, sex, race, old, detail):
    """The base vertices of one person. race: weights that add up to 1; old: 0 (about 25 years) to 1 (about 90)."""
    verts = base.copy()
    for age, share in (("young", 1 - old), ("old", old)):
        for name, weight in race.items():
            verts += weight * share * targets.delta(f"macro/{name}-{sex}-{age}", len(base))
        verts += share * targets.delta(f"macro/universal-{sex}-{age}-averagemuscle-averageweight", len(base))
    for name, weight in detail.items():
        verts += weight * targets.delta("detail/" + name, len(base))
    return verts


def read_fit(path, body):
    """Reads an .mhclo against the morphed body. Returns the part's mesh and how it hangs on the body."""
    scale, rows, hidden, mode, obj = np.ones(3), [], set(), "", ""
    for line in open(path, errors="ignore"):
        s = line.split()
        if not s or s[0].startswith("#"):
            continue
        if s[0] in ("x_scale", "y_scale", "z_scale"):
            axis = "xyz".index(s[0][0])
            scale[axis] = abs(body[int(s[1]), axis] - body[int(s[2]), axis]) / float(s[3])
        elif s[0] == "obj_file":
            obj = s[1]
        elif s[0] in ("verts", "delete_verts", "weights"):
            mode = s[0]
        elif mode == "verts" and s[0].isdigit():
            rows.append(s)
        elif mode == "delete_verts":
            for i, word in enumerate(s):
                if word == "-":
                    hidden.update(range(int(s[i - 1]), int(s[i + 1]) + 1))
                elif word.isdigit():
                    hidden.add(int(word))
    index, weights, offset = np.zeros((len(rows), 3), int), np.zeros((len(rows), 3)), np.zeros((len(rows), 3))
    for i, s in enumerate(rows):
        if len(s) == 1:
            index[i], weights[i] = int(s[0]), (1, 0, 0)
        else:
            index[i], weights[i] = [int(x) for x in s[:3]], [float(x) for x in s[3:6]]
            if len(s) >= 9:
                offset[i] = np.array([float(x) for x in s[6:9]]) * scale
    mesh = read_obj(Path(path).parent / obj)
    return mesh, Fit(index[:len(mesh.verts)], weights[:len(mesh.verts)], offset[:len(mesh.verts)], hidden)


# How far a vertex follows the head when the head turns, by the bone that owns it; bones not named here stay.
NECK_SHARE = {"neck01": 0.22, "neck02": 0.50, "neck03": 0.80}
BODY_BONES = ("spine", "clavicle", "shoulder", "breast", "arm", "leg", "pelvis", "root", "finger", "toe", "foot",
              "metacarpal", "wrist")


def head_share(kit, count):
    """Share [count] of the head's movement that each base vertex takes, 0 for the shoulders to 1 for the skull."""
    moved, total = np.zeros(count), np.zeros(count)
    for bone, pairs in json.load(open(kit / "rig/default_weights.mhw"))["weights"].items():
        follows = NECK_SHARE.get(bone, 0.0 if bone.startswith(BODY_BONES) else 1.0)
        for vertex, weight in pairs:
            moved[vertex] += weight * follows
            total[vertex] += weight
    return moved / np.maximum(total, 1e-6)


def joint(kit, verts, name):
    """Position [3] of a skeleton joint, for example "neck01____head"."""
    return verts[json.load(open(kit / "rig/default.mhskel"))["joints"][name]].mean(0)


def lower_arms(kit, verts, degrees):
    """Lets the arms of the A pose hang down by turning them about the shoulder, for shoulders of a natural width."""
    out = verts.copy()
    weights = json.load(open(kit / "rig/default_weights.mhw"))["weights"]
    for side, sign in ((".L", 1), (".R", -1)):
        share = np.zeros(len(verts))
        for bone, pairs in weights.items():
            if bone.endswith(side) and bone.startswith(("upperarm", "lowerarm", "wrist", "finger", "metacarpal", "shoulder")):
                for vertex, weight in pairs:
                    share[vertex] += weight * (.35 if bone.startswith("shoulder") else 1)
        pivot = joint(kit, verts, "upperarm01" + side + "____head")
        angle = -sign * np.radians(degrees) * np.minimum(share, 1)
        p = verts - pivot
        c, s = np.cos(angle), np.sin(angle)
        turned = np.stack([p[:, 0] * c - p[:, 1] * s, p[:, 0] * s + p[:, 1] * c, p[:, 2]], 1)
        out = np.where(share[:, None] > 0, pivot + turned, out)
    return out
