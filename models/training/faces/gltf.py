#!/usr/bin/env python3
"""Writes a presenter's head as a binary glTF with the 52 ARKit morph targets and a head bone, for programs that draw MotionService's stream.

usage: gltf.py NAME OUT.glb      NAME: one of looks.py; needs the MakeHuman kit (MAKEHUMAN_KIT)

Colours are taken from the kit's textures at each vertex, so the file holds no pictures. Targets are sparse: most move a few
hundred vertices. Units are metres, y up, z to the viewer (glTF 2.0 section 3.4).
"""
import argparse
import json
import struct

import numpy as np

from head import PARTS, Head, shape_names
from surfaces import picture_of

FLOAT, USHORT, UBYTE = 5126, 5123, 5121
SIZES = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
ROUGHNESS = {"eyes": .3, "hair": .95, "cloth": .95}
ALPHA = {"brows": {"alphaMode": "BLEND"}, "eyes": {"alphaMode": "MASK"}}      # the cornea is a clear shell before the iris
STILL = 1e-4            # metres: what moves less does not move


class Buffer:
    """The binary part: accessors over one buffer."""

    def __init__(self):
        self.data, self.views, self.accessors = bytearray(), [], []

    def view(self, array):
        self.data += b"\0" * (-len(self.data) % 4)
        self.views.append({"buffer": 0, "byteOffset": len(self.data), "byteLength": array.nbytes})
        self.data += array.tobytes()
        return len(self.views) - 1

    def add(self, array, component, kind, **more):
        entry = {"bufferView": self.view(array), "componentType": component, "count": array.size // SIZES[kind], "type": kind, **more}
        if kind == "VEC3" and component == FLOAT:
            entry.update(min=array.min(0).tolist(), max=array.max(0).tolist())
        self.accessors.append(entry)
        return len(self.accessors) - 1

    def add_sparse(self, offsets):
        """A morph target's offsets [n, 3], most of them zero."""
        moved = np.where(np.abs(offsets).max(1) > STILL)[0]
        entry = {"componentType": FLOAT, "count": len(offsets), "type": "VEC3", "min": np.minimum(offsets.min(0), 0).tolist(), "max": np.maximum(offsets.max(0), 0).tolist()}
        if len(moved):
            entry["sparse"] = {"count": len(moved),
                               "indices": {"bufferView": self.view(moved.astype(np.uint16)), "componentType": USHORT},
                               "values": {"bufferView": self.view(offsets[moved].astype(np.float32))}}
        self.accessors.append(entry)
        return len(self.accessors) - 1


def colours(look, part, uv):
    """Linear RGBA, bytes, at each vertex's place [n, 2] of the part's picture."""
    picture = np.asarray(picture_of(part, look), np.float32)
    at = uv % 1 * (picture.shape[1], picture.shape[0])        # the picture's first row is its lowest
    rgba = picture[at[:, 1].astype(int), at[:, 0].astype(int)] / 255
    if part == "brows":
        rgba[:, :3] = 1                                       # only its holes: the colour is the look's
    rgb = np.where(rgba[:, :3] <= .04045, rgba[:, :3] / 12.92, ((rgba[:, :3] + .055) / 1.055) ** 2.4)
    return (255 * np.clip(np.c_[rgb, rgba[:, 3:] if rgba.shape[1] > 3 else np.ones(len(uv))], 0, 1)).round().astype(np.uint8)


def export(name, path):
    head, buffer, meshes, nodes = Head(name), Buffer(), [], []
    offsets = head.offsets(range(len(shape_names())))
    tints = {"skin": head.look.skin_gain, "cloth": head.look.cloth_colour, "brows": head.look.brow_colour,
             "hair": np.multiply(head.look.hair_colour, 4.5)}    # strands are grey .5, which is .21 in linear light
    materials = [{"name": part, "doubleSided": True,
                  "pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": ROUGHNESS.get(part, .7),
                                           "baseColorFactor": [*np.clip(tints.get(part, (1, 1, 1)), 0, 1).tolist(), 1]},
                  **ALPHA.get(part, {})} for part in PARTS]
    for part in head.parts:
        if part.name == "lashes":
            continue                                              # strips that only a texture's holes make lashes of
        span = slice(part.first, part.first + part.count)
        corner = head.corner[span]
        weights = np.zeros((part.count, 4), np.float32)
        weights[:, 0], weights[:, 1] = 1 - head.share[corner], head.share[corner]
        assert part.count <= 65536                                # indices of sparse targets are 16 bits
        primitive = {
            "attributes": {
                "POSITION": buffer.add((head.positions[span] / 10).astype(np.float32), FLOAT, "VEC3"),
                "NORMAL": buffer.add(head.normals[span].astype(np.float32), FLOAT, "VEC3"),
                "COLOR_0": buffer.add(colours(head.look, part.name, head.uv[span]), UBYTE, "VEC4", normalized=True),
                "JOINTS_0": buffer.add(np.tile(np.array([0, 1, 0, 0], np.uint8), (part.count, 1)), UBYTE, "VEC4"),
                "WEIGHTS_0": buffer.add(weights, FLOAT, "VEC4"),
            },
            "indices": buffer.add((part.triangles - part.first).astype(np.uint16).ravel(), USHORT, "SCALAR"),
            "material": PARTS.index(part.name),
        }
        if part.name not in ("cloth", "hair"):
            primitive["targets"] = [{"POSITION": buffer.add_sparse(o[corner] / 10)} for o in offsets]
        meshes.append({"name": part.name, "primitives": [primitive], "extras": {"targetNames": list(shape_names()) if "targets" in primitive else []}})
        nodes.append({"name": part.name, "mesh": len(meshes) - 1, "skin": 0})
    body, bone = len(nodes), len(nodes) + 1
    pivot = (head.pivot / 10).tolist()
    nodes += [{"name": "body", "children": [bone]}, {"name": "head", "translation": pivot}]
    inverse = np.stack([np.eye(4, dtype=np.float32)] * 2)
    inverse[1, 3, :3] = -np.asarray(pivot)                        # column-major
    document = {
        "asset": {"version": "2.0", "generator": "LiveAvatar models/training/faces/gltf.py", "copyright": "CC0 1.0, made from MakeHuman assets"},
        "scene": 0, "scenes": [{"nodes": [*range(body), body]}], "nodes": nodes, "meshes": meshes, "materials": materials,
        "skins": [{"joints": [body, bone], "inverseBindMatrices": buffer.add(inverse, FLOAT, "MAT4")}],
        "accessors": buffer.accessors, "bufferViews": buffer.views,
    }
    buffer.data += b"\0" * (-len(buffer.data) % 4)
    document["buffers"] = [{"byteLength": len(buffer.data)}]
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    with open(path, "wb") as file:
        file.write(struct.pack("<III", 0x46546C67, 2, 28 + len(text) + len(buffer.data)))
        file.write(struct.pack("<II", len(text), 0x4E4F534A) + text)
        file.write(struct.pack("<II", len(buffer.data), 0x004E4942) + buffer.data)
    print(f"{path}: {len(meshes)} meshes, {len(shape_names())} targets, {(28 + len(text) + len(buffer.data)) / 1e6:.1f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("out")
    export(**{("path" if k == "out" else k): v for k, v in vars(parser.parse_args()).items()})
