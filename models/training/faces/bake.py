"""Light baked by Cycles, once per look: python3 bake.py LOOK ...

light_<look>.npz holds for skin, cloth and hair the diffuse light on every drawn vertex [n, 3], float16, in two poses: `rest`, and
`open` with parted lips and half-closed lids, so that what the rest pose folds away is lit when it shows. Needs Blender (apt: blender).
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

import makehuman as mh
from head import Head

FOLDER = Path(os.environ.get("FACES_LIGHT", Path(__file__).resolve().parents[1] / "work/faces/light"))
BAKED = ("skin", "cloth", "hair")
SAMPLES = 48
OPEN = {"jawOpen": .30, "mouthUpperUpLeft": .35, "mouthUpperUpRight": .35, "mouthLowerDownLeft": .35, "mouthLowerDownRight": .35,
        "eyeBlinkLeft": .75, "eyeBlinkRight": .75}


def scene(head, samples):
    """What cycles_light.py reads, from the head's present pose."""
    out = dict(parts=[p.name for p in head.parts if p.name not in ("brows", "lashes")], baked=list(BAKED), samples=samples,
               face=np.array([0, head.top - 1.2, 1.2]))
    for part in head.parts:
        ids = head.corner[part.triangles]
        verts, triangles = np.unique(ids, return_inverse=True)
        out["verts_" + part.name] = head.verts[verts]
        out["triangles_" + part.name] = triangles.reshape(-1, 3)
        out["uvs_" + part.name] = head.uv[part.triangles]
        out["picture_" + part.name] = str((mh.KIT / f"hair/{head.look.hair}_diffuse.png").resolve()) if part.name == "hair" else ""
        colour = {"skin": head.look.skin_mean, "hair": head.look.hair_colour, "cloth": (.15, .15, .15), "eyes": (.6, .6, .6)}
        out["colour_" + part.name] = np.array(colour.get(part.name, (.25, .12, .10)), float)
    return out


def bake(name, blender, samples=SAMPLES):
    """{part_pose: light [n, 3]} of one look on its drawn corners."""
    whole, drawn, out = Head(name, whole=True), Head(name), {}
    for pose, shapes in (("rest", {}), ("open", OPEN)):
        whole.pose(shapes, np.zeros(6))
        data = scene(whole, samples)
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "in.npz", Path(folder) / "out.npz"
            np.savez(source, **data)
            run = subprocess.run([blender, "-b", "-noaudio", "-P", str(Path(__file__).with_name("cycles_light.py")), "--", source, target],
                                 capture_output=True, text=True)
            if not target.exists():
                raise RuntimeError("Blender baked nothing:\n" + run.stdout[-2000:] + run.stderr[-2000:])
            found = np.load(target)
            whole.pose({}, np.zeros(6))
            for part in BAKED:
                light = found["light_" + part]
                rest = scene(whole, samples)["verts_" + part] if pose != "rest" else data["verts_" + part]
                mine = next(p for p in drawn.parts if p.name == part)
                nearest = cKDTree(rest).query(drawn.rest_corners[mine.first:mine.first + mine.count])[1]
                out[f"{part}_{pose}"] = light[nearest].astype(np.float16)
    return out


def light_path(name):
    return FOLDER / f"light_{name}.npz"


def bake_missing(name):
    """Bakes the look's light if it is not there."""
    path = light_path(name)
    if path.exists():
        return
    blender = shutil.which("blender")
    if blender is None:
        raise SystemExit("The faces' light is baked by Blender 3.4 or later: apt-get install blender")
    start = time.time()
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path.with_suffix(".tmp.npz"), **bake(name, blender))
    path.with_suffix(".tmp.npz").rename(path)
    print(f"{path.name}: light baked in {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    for look in sys.argv[1:]:
        bake_missing(look)
