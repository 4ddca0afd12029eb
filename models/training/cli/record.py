"""What has been done in a work folder, so that a run goes on where it stopped and estimates what it measured before."""

import json
import os
import time


class Record:
    """work/stages.json: {"stage.step": {"command": [...], "seconds": s, "date": "..."}} of the steps that ended well."""

    def __init__(self, path):
        self.path = path
        try:
            self.steps = json.loads(path.read_text())
        except (FileNotFoundError, ValueError):
            self.steps = {}

    def done(self, name, command):
        """Whether this very command ended well before."""
        return self.steps.get(name, {}).get("command") == list(command)

    def minutes(self, name, command):
        """How long this very command took last time, or None."""
        return self.steps[name]["seconds"] / 60 if self.done(name, command) else None

    def add(self, name, command, seconds):
        self.steps[name] = {"command": list(command), "seconds": round(seconds, 1), "date": time.strftime("%Y-%m-%d %H:%M")}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self.steps, indent=1) + "\n")
        os.replace(part, self.path)
