"""./liveavatar train [all | STAGE | STAGE.STEP] [--minutes N] [--smoke] [--data FOLDER] [--again]"""

import argparse
import os
import signal
import sys

from . import driver, packages
from .environment import Folders
from .stage import duration
from .table import STAGES, TOOLS, named

DATA_MISSING = 3  # exit code that ./liveavatar test reports as skipped


def overview():
    total = sum(stage.cost for stage in STAGES)
    print("Builds the models again, stage by stage; each goes on where it stopped. In their order, with the time of one core:\n")
    for stage in STAGES:
        print(f"  {stage.name:<9}{duration(stage.cost):>12}   {stage.does}")
        for step in stage.steps:
            print(f"    .{step.name:<9}{duration(step.cost):>9}     {step.does}")
    print(f"""
  ./liveavatar train all            every stage, {duration(total)} of one core
  ./liveavatar train STAGE          one stage;  STAGE.STEP runs one step of it
      --minutes N    training time, shared out over the steps; more than before goes on from the last checkpoint
      --smoke        a pack of a few minutes in a folder of its own, to see that every step works (no presenter comes of it)
      --data FOLDER  source data: data/speech, data/noise, assets/makehuman (default: LIVEAVATAR_DATA or ../shared)
      --again        also what is done already""")
    for name, (_, does) in TOOLS.items():
        print(f"  ./liveavatar train {name}   {does}")


def arguments(argv):
    p = argparse.ArgumentParser(prog="./liveavatar train", add_help=False)
    p.add_argument("what")
    p.add_argument("--minutes", type=float)
    p.add_argument("--smoke", action="store_true")
    p.add_argument("--data")
    p.add_argument("--again", action="store_true")
    p.add_argument("--packages", action="store_true", help="for ./liveavatar: only names the Debian packages")
    chosen = p.parse_args(argv)
    if chosen.minutes is not None and not (chosen.minutes > 0 and not chosen.smoke):
        p.error("--minutes is a number above 0, and not for --smoke")
    return chosen


def main(argv):
    if not argv or argv[0] in ("-h", "--help", "help", "--packages"):
        if "--packages" not in argv:  # the list itself needs none
            overview()
        return 0
    if argv[0] in TOOLS:
        if "--packages" in argv:
            print("\n".join(packages.of(())))
            return 0
        os.execve(sys.executable, [sys.executable, "-m", TOOLS[argv[0]][0], *argv[1:]], Folders().environment())
    chosen = arguments(argv)
    pairs = named(chosen.what)
    if not pairs:
        print(f"liveavatar train: there is no stage '{chosen.what}'. The stages are: {', '.join(s.name for s in STAGES)}, all.", file=sys.stderr)
        return 2
    if chosen.packages:
        print("\n".join(packages.of(step for _, step in pairs if step.smoke or not chosen.smoke)))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        driver.run(pairs, Folders(chosen.data, chosen.smoke), chosen.smoke, chosen.minutes, chosen.again)
        return 0
    except driver.Problem as problem:
        print(f"liveavatar train: {problem}", file=sys.stderr)
        return DATA_MISSING if isinstance(problem, driver.DataMissing) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
