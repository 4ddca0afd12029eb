"""Trains, measures and exports the speech encoder: the stage `speech`, after the stage `corpus`.

    python3 -m speech.stage [--minutes 75] [--smoke]

The parts, in their order; each that was finished before is passed over, one that was stopped goes on:
  mel      the transformer on log-mel                       minutes / 4
  align    phone times for the real recordings, by it
  distil   the convolutions learn the log-mel               minutes / 8
  joint    both, end to end on the waveform                 minutes, with a second alignment at 45 %
  state    the speaker-state head on the frozen encoder
  closures thresholds of the closure decision
  score    numbers on the test sets
  export   the graphs, into work/speech/export
"""

import time

import torch

from common.paths import parser, work
from speech import closures, export, score
from speech.align import realign
from speech.encoder_io import load_task
from speech.train import distil, joint, mel
from speech.train_state import train_state

SMOKE_MINUTES = .08
SECOND_ALIGNMENT = .45  # share of the joint training after which the real recordings are aligned again


def parts(minutes, data, smoke):
    """(name, what to do, minutes it takes or None)."""
    people = (data / "data" / "speech").exists()
    files = 2 if smoke else None  # of the unlabelled speech
    return [("mel", lambda: mel(minutes / 4, data), minutes / 4),
            ("align", lambda: people and realign("mel", data, smoke), 2),
            ("distil", lambda: distil(minutes / 8, data), minutes / 8),
            ("joint-1", lambda: joint(minutes, data, pause=SECOND_ALIGNMENT * minutes, files=files), SECOND_ALIGNMENT * minutes),
            ("align-2", lambda: people and realign("joint", data, smoke), 2),
            ("joint-2", lambda: joint(minutes, data, files=files), (1 - SECOND_ALIGNMENT) * minutes),
            ("state", lambda: people and train_state(load_task(), data, smoke), 3),
            ("closures", closures.choose_all, 1),
            ("score", score.score_all, 1),
            ("export", export.export_all, 1)]


def main():
    p = parser(__doc__)
    p.add_argument("--minutes", type=float, default=75)
    p.add_argument("--smoke", action="store_true", help="seconds instead of minutes, on what `corpus --smoke` made")
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    todo = parts(SMOKE_MINUTES if a.smoke else a.minutes, a.data, a.smoke)
    for k, (name, run, _) in enumerate(todo):
        done = work("speech", f"done.{name}")
        if done.exists():
            continue
        print(f"== {name}; about {sum(m for _, _, m in todo[k:]):.0f} minutes left in this stage", flush=True)
        began = time.time()
        run()
        done.write_text(f"{time.time() - began:.0f} s\n")


if __name__ == "__main__":
    main()
