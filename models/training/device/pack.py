"""Packs what faces.sh takes along: python3 pack.py WORK CHECKPOINT SITE LOADERS OUT

OUT/faces_1 gets faces.sh and one tar.xz: this folder, common/, faces/, the checkpoint, the kit's files that the looks wear, their light, portraits
and marks (WORK/faces); SITE, moderngl and glcontext for that machine's Python; LOADERS, a folder of Debian packages with EGL's and OpenGL's loaders.
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TRAINING = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TRAINING / "faces"), str(TRAINING)]
import makehuman as mh  # noqa: E402
from looks import LOOKS  # noqa: E402
from surfaces import path_of  # noqa: E402

ALWAYS = ("base/base.obj", "targets.zip", "rig/default_weights.mhw", "rig/default.mhskel", "teeth/teeth_base.mhclo", "teeth/teeth_base.obj", "tongue/tongue01.mhclo",
          "tongue/tongue01.obj", "eyes/high-poly.mhclo", "eyes/high-poly.obj")
PARTS = ("skin", "cloth", "teeth", "tongue", "eyes", "brows", "lashes", "hair")


def worn(looks):
    """The kit's files that these looks need, relative to it."""
    files = {mh.KIT / name for name in ALWAYS}
    for look in looks:
        files.update(path_of(part, look) for part in PARTS)
        for folder, name in (("clothes", look.cloth), ("eyebrows", look.brow), ("eyelashes", look.lash), ("hair", look.hair)):
            files.update(mh.KIT / folder / f"{name}{ending}" for ending in (".mhclo", ".obj"))
    return sorted(f.relative_to(mh.KIT) for f in files)


def main(work, checkpoint, site, loaders, out):
    work, out = Path(work) / "faces", Path(out) / "faces_1"
    looks = [k for k in LOOKS if (work / f"frames/still_{k}.png").exists()]
    shutil.rmtree(out, ignore_errors=True), out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        for name in ("common", "faces", "device"):
            shutil.copytree(TRAINING / name, top / "training" / name, ignore=shutil.ignore_patterns("__pycache__", "*.js"))
        shutil.copy(checkpoint, top / "training/faces/start.pt")
        for name in worn([LOOKS[k] for k in looks]):
            (top / "kit" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(mh.KIT / name, top / "kit" / name)
        for look in looks:
            for name in (f"light/light_{look}.npz", f"frames/still_{look}.png", f"frames/rest_{look}.npy"):
                (top / "work/faces" / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(work / name, top / "work/faces" / name)
        for name in ("marks.json", *(p.name for p in (work / "frames").glob("sounds_*.npz"))):
            shutil.copy(work / "frames" / name, top / "work/faces/frames" / name)
        shutil.copytree(site, top / "site", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(loaders, top / "loaders")
        subprocess.run(["tar", "-C", top, "-cf", out / "faces.tar", *(p.name for p in top.iterdir())], check=True)
    subprocess.run(["xz", "-3", "-T1", out / "faces.tar"], check=True)
    shutil.copy(TRAINING / "device/faces.sh", out)
    print(looks, *(f"{p.name} {p.stat().st_size / 2 ** 20:.1f} MiB" for p in out.iterdir()))


if __name__ == "__main__":
    main(*sys.argv[1:])
