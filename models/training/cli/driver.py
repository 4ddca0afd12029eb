"""Runs steps in order. A step that ended well with the same command is not run again, unless one before it was."""

import sys

from . import progress
from .environment import TRAINING, slow
from .record import Record
from .stage import duration


class Problem(Exception):
    """One sentence for the user."""


class DataMissing(Problem):
    """Source data is not where it is looked for."""


def command_of(step, folders, smoke, scale):
    """The command line of a step; scale multiplies its training minutes."""
    arguments = (step.small or (*step.arguments, "--smoke")) if smoke else step.arguments
    trained = ("--minutes", f"{step.minutes * scale:g}") if step.minutes and not smoke else ()
    return [sys.executable, *map(folders.fill, arguments), *trained]


def cost_of(step, smoke, scale):
    """Expected minutes."""
    if smoke:
        return .25
    return step.cost + (step.minutes * (scale - 1) if step.minutes else 0)


def check_data(pairs, folders):
    for stage, step in pairs:
        for part in step.data:
            if not (folders.data / part).exists():
                raise DataMissing(f"{stage.name}.{step.name} needs {folders.data / part}, which is missing: name the folder it is in with --data "
                                  "(models/training/README.md says what belongs there).")


def run(pairs, folders, smoke=False, minutes=None, again=False):
    """pairs: (stage, step) in order; minutes: training time shared out over the steps, in proportion to their own."""
    pairs = [(stage, step) for stage, step in pairs if step.smoke or not smoke]
    trained = sum(step.minutes or 0 for _, step in pairs)
    if minutes is not None and not trained:
        raise Problem("none of these steps trains for a given time: leave --minutes away.")
    scale = minutes / trained if minutes is not None else 1.0
    check_data(pairs, folders)
    if not smoke and slow():
        progress.show("  " + slow())
    record, plan = Record(folders.work / "stages.json"), []
    for stage, step in pairs:
        name, line = f"{stage.name}.{step.name}", command_of(step, folders, smoke, scale)
        again = again or not record.done(name, line)  # what comes after has to be made from the new result
        plan.append((name, step, line, again, record.minutes(name, line) or cost_of(step, smoke, scale)))
    left = sum(cost for *_, todo, cost in plan if todo)
    progress.show(f"  {sum(p[3] for p in plan)} of {len(plan)} steps to run, about {duration(left)}; logs in {folders.logs}")
    for number, (name, step, line, todo, cost) in enumerate(plan, 1):
        head = f"[{number}/{len(plan)}] {name}"
        if not todo:
            progress.show(f"{head}: done on {record.steps[name]['date']} (--again runs it once more)")
            continue
        progress.show(f"{head}: {step.does}: about {duration(cost)}, {duration(left)} left in all")
        one(name, line, cost, folders, folders.environment(step.renders), record)
        left -= cost


def one(name, line, cost, folders, environment, record):
    log = folders.logs / (name + ".log")
    code, seconds = progress.run(name, line, cost, log, TRAINING, environment)
    if code:
        end = log.read_text(errors="replace").splitlines()[-25:]
        progress.show("\n".join("    " + text for text in end))
        raise Problem(f"{name} {'was stopped' if code in (130, -2, -15) else 'failed'} after {duration(seconds / 60)} ({log}). "
                      "Run the same command again to go on from there.")
    record.add(name, line, seconds)
    progress.show(f"  done in {duration(seconds / 60)}")
