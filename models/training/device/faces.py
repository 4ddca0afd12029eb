"""The faces on a machine with a GPU, in minutes: renders the frames, trains the decoder meanwhile, then its ablations.

    python3 faces.py OUT [--minutes 6] [--ablate 1] [--workers 8] [--smoke]

Beside it lies what `pack.py` packed: kit, light, portraits and checkpoint. Frames go to LIVEAVATAR_WORK/faces/frames; OUT gets faces.pt (the averaged
weights, every 30 s), faces_l1.pt (before the discriminators), faces.json (the ablations) and faces.jpg (what the decoder draws).
The renderers use EGL; where only the NVIDIA driver is found, its vendor file must be named (faces.sh does).
"""
import argparse
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TRAINING = Path(__file__).resolve().parents[1]
FACES = TRAINING / "faces"
sys.path[:0] = [str(FACES), str(TRAINING)]
PRESENTERS = ("mara", "nia", "jonas", "kenji")
CHUNKS, OTHERS_CHUNKS = 26, 5         # of 105 frames: of each presenter, of each person who only teaches


def tasks(frames, workers):
    """(look, first chunk, count), the presenters' in as many parts as keep the workers busy."""
    others = sorted(p.stem[6:] for p in frames.glob("still_train*.png"))
    parts = max(1, workers // len(PRESENTERS))
    edges = [round(i * CHUNKS / parts) for i in range(parts + 1)]
    return [(look, a, b - a) for a, b in zip(edges, edges[1:]) for look in PRESENTERS] + [(look, 0, OTHERS_CHUNKS) for look in others]


def render(frames, task, log, smoke):
    look, first, count = task
    more = ["--smoke"] if smoke else []
    with open(log / f"render_{look}_{first}.log", "w") as out:
        code = subprocess.run([sys.executable, FACES / "data.py", frames, str(first), str(count), look, *more], stdout=out, stderr=out, cwd=FACES).returncode
    said = Path(out.name).read_text().strip()
    print(f"{time.strftime('%T')} {look} {first} to {first + count - 1}: {said.splitlines()[-1:] if not code else 'FAILED: ' + said[-600:]}", flush=True)
    return code


def wait_for(frames, looks, chunk, seconds):
    """Until every look has its held-out chunk and one to learn from."""
    end = time.time() + seconds
    while time.time() < end:
        if all(len(list(frames.glob(f"chunk_{k}_0??.npz"))) >= 2 and (frames / f"chunk_{k}_{chunk:03d}.npz").exists() for k in looks):
            return
        time.sleep(.5)
    raise SystemExit("the renderers made too few frames in time")


def egl():
    """Prints what draws, the GL renderer's name; without one there is nothing to do here."""
    run = subprocess.run([sys.executable, "-c", "import moderngl; c = moderngl.create_context(standalone=True, backend='egl'); print(c.info['GL_RENDERER'], c.version_code)"],
                         capture_output=True, text=True)
    print("EGL:", run.stdout.strip() or run.stderr[-800:], flush=True)
    if run.returncode:
        sys.exit("no frames can be rendered: EGL does not start")


def smoke_folder(work, looks):
    """A folder of its own for smoke mode, with what it needs of `work`."""
    small = work / "smoke"
    shutil.rmtree(small, ignore_errors=True)
    (small / "frames").mkdir(parents=True)
    for name in ("marks.json", "sounds_mara.npz", *(f"still_{k}.png" for k in looks), *(f"rest_{k}.npy" for k in looks)):
        if (work / "frames" / name).exists():
            shutil.copy(work / "frames" / name, small / "frames")
    return small


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out", type=Path), p.add_argument("--minutes", type=float, default=6, help="for rendering and training together")
    p.add_argument("--ablate", type=float, default=1, help="minutes for the ablations afterwards"), p.add_argument("--workers", type=int, default=8)
    p.add_argument("--smoke", action="store_true")
    a = p.parse_args()
    begin = time.time()
    work = Path(os.environ.get("LIVEAVATAR_WORK", TRAINING / "work")) / "faces"
    egl()
    looks = PRESENTERS[:2] if a.smoke else PRESENTERS
    if a.smoke:
        work = smoke_folder(work, looks)
    frames, log, run = work / "frames", work / "log", work / "run"
    for folder in (a.out, frames, log):
        folder.mkdir(parents=True, exist_ok=True)
    pool = ThreadPoolExecutor(a.workers)
    todo = [(k, 0, 3) for k in looks] if a.smoke else tasks(frames, a.workers)
    drawn = [pool.submit(render, frames, task, log, a.smoke) for task in todo]
    wait_for(frames, looks, 1, 180)
    import decoder
    import train
    print(f"{time.strftime('%T')} first frames after {time.time() - begin:.0f} s", flush=True)
    start = FACES / "start.pt"
    data = train.frames(frames)
    if a.smoke:
        few = ["--steps", "14" if train.device() == "cpu" else "80", "--every", "2"]
        train.main([str(frames), str(run / "plain"), "1", "--start", str(start), *few], data)
        train.main([str(frames), str(run / "sharp"), "1", "--start", str(run / "plain/last.pt"), "--adversary", "sequence", *few, "--keep", str(a.out / "faces.pt")], data)
        decoder.fit_turn.main([str(run / "plain"), str(frames), "--steps", "200"], data)
    else:
        minutes = a.minutes - (time.time() - begin) / 60
        decoder.learn(frames, run, minutes, start, a.out / "faces.pt", data)
    shutil.copy(run / "plain/last.pt", a.out / "faces_l1.pt")
    shutil.copy(run / "sharp/last.pt", a.out / "faces.pt")
    print(f"{time.strftime('%T')} trained, {time.time() - begin:.0f} s; renderers: {[f.result() if f.done() else 'busy' for f in drawn]}", flush=True)
    if train.device() != "cpu":
        import torch
        print(f"GPU memory of the training: {torch.cuda.max_memory_allocated() / 2 ** 30:.1f} GiB", flush=True)
    picture = run / "sheet.png"
    subprocess.run([sys.executable, FACES / "show.py", run / "sharp/last.pt", frames, picture, "faces"], cwd=FACES)
    if picture.exists():
        from PIL import Image
        Image.open(picture).convert("RGB").save(a.out / "faces.jpg", quality=88)
    if a.ablate:
        import ablation
        rows = ("l1", "sequence") if a.smoke else ablation.ROWS
        ablation.compare_rows(run / "plain/last.pt", frames, run / "ablation", a.out / "faces.json", 8 if a.smoke else 400, minutes=a.ablate, data=data, chosen=rows)
    pool.shutdown(wait=False)
    print(f"{time.strftime('%T')} done in {time.time() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
