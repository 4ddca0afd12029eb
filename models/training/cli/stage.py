"""What a stage is: named steps, each one command."""

from dataclasses import dataclass
from typing import Optional

from .packages import RENDERER


@dataclass(frozen=True)
class Step:
    """One command, run as `python3 ARGUMENTS` in models/training; {work}, {pack} and {vectors} stand for those folders.

    cost: minutes the whole step takes on one undisturbed core (README.md says which), training time included.
    minutes: training time it is given with `--minutes`; None where the work is what it is.
    needs: Debian packages beside those every step needs (packages.py). data: what it reads under --data.
    smoke: whether smoke mode runs it; small: its arguments there, if they are not these and --smoke.
    """

    name: str
    arguments: tuple
    does: str
    cost: float
    minutes: Optional[float] = None
    needs: tuple = ()
    data: tuple = ()
    smoke: bool = True
    small: tuple = ()

    @property
    def renders(self):
        return set(RENDERER) <= set(self.needs)


@dataclass(frozen=True)
class Stage:
    name: str
    does: str
    steps: tuple

    @property
    def cost(self):
        return sum(s.cost for s in self.steps)


def duration(minutes):
    """45 s, 12 min, 3 h 20 min."""
    if minutes < 1:
        return f"{60 * minutes:.0f} s"
    hours, rest = divmod(round(minutes), 60)
    return " ".join(f"{n} {unit}" for n, unit in ((hours, "h"), (rest, "min")) if n)
