"""Gathers what the stages scored into models/presenter/scores.json: python3 scores.py

Each stage measures itself on the test sets of speech/splits.py and on held-out frames, and leaves JSON in the work folder. What a
stage has not measured is left out. `perf/quality` measures the finished pack anew, without these numbers.
"""

import json

from common.paths import PACK, work

PARTS = {"speech": ("speech", "scores.json"), "speakerState": ("speech", "state.json"), "speechInt8": ("speech", "int8.json"),
         "motion": ("motion", "scores.json"), "adversary": ("motion", "ablation.json"), "faces": ("faces", "scores.json"),
         "ablation": ("faces", "ablation.json")}


def rounded(value):
    """The same with numbers of four decimals."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return round(value, 4) if isinstance(value, float) else value


def main():
    found = {name: rounded(json.loads(work(*place).read_text())) for name, place in PARTS.items() if work(*place).exists()}
    PACK.mkdir(parents=True, exist_ok=True)
    (PACK / "scores.json").write_text(json.dumps(found, indent=1) + "\n")
    print("scores of", ", ".join(found) or "no stage")


if __name__ == "__main__":
    main()
