"""The stage `decoder`: trains identity encoder and frame decoder on the rendered frames and scores them.

    python3 faces/decoder.py [--minutes 60] [--frames FOLDER] [--out FOLDER] [--start CHECKPOINT] [--smoke]

It goes on where it stopped. First L1 on pictures and flow, with the turn fitted by itself on the way (fit_turn.py); then
the last part with both discriminators of the temporal GAN beside it. --start: weights to begin with. --smoke: three steps of each part, the
graphs, int8 and a score of one frame, in a minute. On a GPU the frames are loaded once.
"""
import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import fit_turn  # noqa: E402
import train  # noqa: E402
from common.paths import work  # noqa: E402

SHARE_WITH_ADVERSARY = {"cpu": 1 / 6, "cuda": 1 / 3}       # of the minutes
BEFORE_TURN = 1 / 3                     # of the minutes; a checkpoint has no need of it
TURN = 1 / 10                           # of the minutes, on a GPU
RATE = {"cpu": 3e-4, "cuda": 4e-4}      # at which the discriminators' part begins


def learn(frames, out, minutes, start=None, keep=None, data=None, smoke=False):
    """Both parts; returns the path of the last checkpoint."""
    device = train.device()
    data = data or (train.frames(frames) if device != "cpu" else None)
    more = (["--smoke"] if smoke else []) + ([] if device == "cpu" else ["--every", "12"])
    plain, sharp = out / "plain", out / "sharp"
    kept = ["--keep", str(keep)] if keep else []
    first = [str(frames), str(plain), str(minutes * (1 - SHARE_WITH_ADVERSARY[device])), *(["--start", str(start)] if start else []), *kept, *more]
    if not (plain / "turned").exists():
        train.main([*first, "--pause", str(0 if start else minutes * BEFORE_TURN)], data)
        limit = [] if device == "cpu" else ["--minutes", str(minutes * TURN), "--steps", "100000"]
        fit_turn.main([str(plain), str(frames), *limit, *(["--smoke"] if smoke else [])], data)
        (plain / "turned").touch()
    train.main(first, data)
    train.main([str(frames), str(sharp), str(minutes * SHARE_WITH_ADVERSARY[device]), "--start", str(plain / "last.pt"), "--lr", str(RATE[device]),
                "--adversary", "sequence", *kept, *more], data)
    return sharp / "last.pt"


def main(arguments=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--minutes", type=float, default=60), p.add_argument("--frames", type=Path, default=work("faces", "frames"))
    p.add_argument("--out", type=Path, default=work("faces", "run")), p.add_argument("--smoke", action="store_true"), p.add_argument("--start", type=Path)
    a = p.parse_args(arguments)
    if not any(a.frames.glob("chunk_*.npz")):
        sys.exit(f"decoder: there are no frames in {a.frames}: run the stage render first.")
    last = str(learn(a.frames, a.out, a.minutes, a.start, smoke=a.smoke))
    import publish          # these need onnx, which the training itself does without
    import score
    if a.smoke:
        pack = a.out / "pack"
        publish.main([last, str(a.frames), str(pack), str(a.out / "vectors"), "--rows", "1"])
    score.main([last, str(a.frames), str(a.out / "scores.json"), *(["--rows", "1"] if a.smoke else [])])


if __name__ == "__main__":
    main()
