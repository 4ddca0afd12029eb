"""The stage `decoder`: trains identity encoder and frame decoder on the rendered frames and scores them.

    python3 faces/decoder.py [--minutes 60] [--frames FOLDER] [--out FOLDER] [--smoke]

It goes on where it stopped. First L1 on pictures and flow, with the turning flow fitted by itself on the way (fit_turn.py); then
the last part with both discriminators of the temporal GAN beside it. --smoke: three steps of each part, the graphs, int8 and a score of one frame, in a minute.
"""
import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import fit_turn  # noqa: E402
import publish  # noqa: E402
import score  # noqa: E402
import train  # noqa: E402
from common.paths import work  # noqa: E402

SHARE_WITH_ADVERSARY, BEFORE_TURN = 1 / 6, 1 / 3     # of the minutes


def main(arguments=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--minutes", type=float, default=60), p.add_argument("--frames", type=Path, default=work("faces", "frames2"))
    p.add_argument("--out", type=Path, default=work("faces", "run")), p.add_argument("--smoke", action="store_true")
    a = p.parse_args(arguments)
    if not any(a.frames.glob("chunk_*.npz")):
        sys.exit(f"decoder: there are no frames in {a.frames}: run the stage render first.")
    smoke = ["--smoke"] if a.smoke else []
    plain, sharp = a.out / "plain", a.out / "sharp"
    first = [str(a.frames), str(plain), str(a.minutes * (1 - SHARE_WITH_ADVERSARY)), *smoke]
    if not (plain / "turned").exists():
        train.main([*first, "--pause", str(a.minutes * BEFORE_TURN)])
        fit_turn.main([str(plain), str(a.frames), *smoke])
        (plain / "turned").touch()
    train.main(first)
    train.main([str(a.frames), str(sharp), str(a.minutes * SHARE_WITH_ADVERSARY), "--start", str(plain / "last.pt"), "--lr", "3e-4",
                "--adversary", "sequence", *smoke])
    last = str(sharp / "last.pt")
    if a.smoke:
        pack = a.out / "pack"
        publish.main([last, str(a.frames), str(pack), str(a.out / "vectors"), "--rows", "1"])
    score.main([last, str(a.frames), str(a.out / "scores.json"), *(["--rows", "1"] if a.smoke else [])])


if __name__ == "__main__":
    main()
