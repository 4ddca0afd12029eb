"""Runs one command and shows that it is working: a status line on a terminal, else a line each minute."""

import os
import subprocess
import sys
import threading
import time

from .stage import duration


def last_line(path):
    """The last line a step wrote, if any."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, file.seek(0, 2) - 2000))
            lines = file.read().decode(errors="replace").replace("\r", "\n").splitlines()
            return next((line for line in reversed(lines) if line.strip()), "")
    except FileNotFoundError:
        return ""


def show(text, end="\n"):
    print(text, end=end, file=sys.stderr, flush=True)


class Status(threading.Thread):
    """Says every second (on a terminal) or minute how long it has taken and what the log's last line is."""

    def __init__(self, title, expected, log):
        super().__init__(daemon=True)
        self.title, self.expected, self.log, self.over = title, expected, log, threading.Event()

    def run(self):
        started, terminal = time.monotonic(), sys.stderr.isatty()
        while not self.over.wait(1 if terminal else 60):
            passed = (time.monotonic() - started) / 60
            text = f"  {self.title}: {duration(passed)} of about {duration(self.expected)}: {last_line(self.log)}"
            if terminal:
                width = os.get_terminal_size(sys.stderr.fileno()).columns
                show("\r" + text[:width - 1] + "\033[K", end="")
            else:
                show(text[:200])
        if terminal:
            show("\r\033[K", end="")


def run(title, command, expected, log, folder, environment):
    """Runs the command with its output in the log; returns (exit code, seconds). expected: minutes."""
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with open(log, "wb") as out:
        status = Status(title, expected, log)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=folder, env=environment)
        status.start()
        try:
            code = process.wait()
        except KeyboardInterrupt:
            process.wait()  # it got the Ctrl+C too, and may be saving its checkpoint
            code = 130
        except SystemExit:  # SIGTERM, which only we got
            process.terminate()
            process.wait()
            raise
        finally:
            status.over.set()
            status.join()
    return code, time.monotonic() - started
