"""./liveavatar train: the table, what a run skips, shares out, refuses and reports."""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import environment
from cli import __main__ as command
from cli import driver, packages, table
from cli.environment import Folders
from cli.stage import Stage, Step, duration

TRAINING = environment.REPOSITORY / "models" / "training"


def writes(name, *more):
    """A step that appends its own name to work/ran and fails while work/broken names it."""
    code = ("import os, sys; w = os.environ['LIVEAVATAR_WORK']; open(w + '/ran', 'a').write(sys.argv[1] + ' '); print('at work on', sys.argv[1]); "
            "sys.exit(os.path.exists(w + '/broken') and open(w + '/broken').read() == sys.argv[1])")
    return Step(name, ("-c", code, name), f"makes {name}", .01, **dict(more))


STAGES = (Stage("first", "", (writes("a"), writes("b", ("minutes", 10.0)))),
          Stage("second", "", (writes("c", ("minutes", 30.0)), writes("d", ("smoke", False)), writes("e", ("data", ("data/speech",))))))
PAIRS = [(stage, step) for stage in STAGES for step in stage.steps]


class RunTests(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.work = Path(held.name)
        (self.work / "data" / "speech").mkdir(parents=True)
        os.environ["LIVEAVATAR_WORK"] = str(self.work)
        self.addCleanup(os.environ.pop, "LIVEAVATAR_WORK")
        self.said = io.StringIO()

    def run_steps(self, *pairs, data=None, smoke=False, **options):
        """Runs the steps and returns the names of those that ran."""
        folders = Folders(data or self.work, smoke)
        folders.work.mkdir(exist_ok=True)
        (folders.work / "ran").write_text("")
        with contextlib.redirect_stderr(self.said):
            driver.run(list(pairs) or PAIRS, folders, smoke, **options)
        return (folders.work / "ran").read_text().split()

    def test_steps_run_in_order_and_once(self):
        self.assertEqual(self.run_steps(), ["a", "b", "c", "d", "e"])
        self.assertEqual(self.run_steps(), [])
        self.assertIn("done on", self.said.getvalue())
        self.assertEqual(self.run_steps(again=True), ["a", "b", "c", "d", "e"])

    def test_stopped_run_goes_on_where_it_failed(self):
        (self.work / "broken").write_text("c")
        with self.assertRaises(driver.Problem) as caught:
            self.run_steps()
        self.assertIn("second.c failed", str(caught.exception))
        self.assertIn("at work on c", self.said.getvalue())  # the end of its log
        (self.work / "broken").unlink()
        self.assertEqual(self.run_steps(), ["c", "d", "e"])

    def test_a_changed_step_takes_those_after_it_along(self):
        self.run_steps()
        self.assertEqual(self.run_steps(minutes=80), ["b", "c", "d", "e"])

    def test_minutes_are_shared_out(self):
        self.run_steps(minutes=80)
        record = json.loads((self.work / "stages.json").read_text())
        self.assertEqual([record[n]["command"][-2:] for n in ("first.b", "second.c")], [["--minutes", "20"], ["--minutes", "60"]])
        with self.assertRaises(driver.Problem):
            self.run_steps(PAIRS[0], minutes=5)

    def test_smoke_has_folders_of_its_own(self):
        self.assertEqual(self.run_steps(smoke=True), ["a", "b", "c", "e"])
        self.assertFalse((self.work / "stages.json").exists())
        record = json.loads((self.work / "smoke" / "stages.json").read_text())
        self.assertEqual(record["second.c"]["command"][-1], "--smoke")
        folders = Folders(smoke=True)
        presenter = environment.REPOSITORY / "models" / "presenter"
        self.assertNotEqual(folders.pack, presenter)
        self.assertEqual(Folders().pack, presenter)
        told = folders.environment()
        paths = subprocess.run([sys.executable, "-c", "from common.paths import PACK, VECTORS, work; print(PACK, VECTORS, work())"], env=told,
                               cwd=TRAINING, text=True, capture_output=True, check=True).stdout.split()
        self.assertEqual(paths, [str(folders.pack), str(folders.vectors), str(folders.work)])

    def test_ending_the_driver_ends_its_step(self):
        step = "import os, time; open(os.environ['LIVEAVATAR_WORK'] + '/pid', 'w').write(str(os.getpid())); time.sleep(60)"
        main = ("from cli import __main__, table; from cli.stage import Stage, Step; import sys; "
                f"s = Stage('corpus', '', (Step('x', ('-c', {step!r}), '', 1),)); __main__.named = lambda _: [(s, s.steps[0])]; sys.exit(__main__.main(['corpus']))")
        running = subprocess.Popen([sys.executable, "-c", main], env={**os.environ, "PYTHONPATH": str(TRAINING)}, stderr=subprocess.DEVNULL)
        pid = self.work / "pid"
        deadline = time.monotonic() + 30
        while not (pid.exists() and pid.read_text()) and time.monotonic() < deadline:
            time.sleep(.05)
        running.terminate()
        self.assertEqual(running.wait(30), 143)
        with self.assertRaises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)

    def test_missing_data_is_named_before_anything_runs(self):
        with self.assertRaises(driver.DataMissing) as caught:
            self.run_steps(data=self.work / "elsewhere")
        self.assertIn("second.e needs", str(caught.exception))
        self.assertEqual((self.work / "ran").read_text(), "")


class TableTests(unittest.TestCase):
    def test_stages_are_those_of_the_readme(self):
        self.assertEqual([s.name for s in table.STAGES], ["corpus", "speech", "render", "motion", "decoder", "score", "export", "check"])
        text = (TRAINING / "README.md").read_text()
        for stage in table.STAGES:
            for step in stage.steps:
                self.assertIn(f"| `{stage.name}.{step.name}` | {step.does} | {duration(step.cost)} |", text)

    def test_every_step_is_a_program_that_is_there(self):
        for stage, step in table.named("all"):
            first, *rest = step.arguments
            file = TRAINING.joinpath(*rest[0].split(".")).with_suffix(".py") if first == "-m" else TRAINING / first
            self.assertTrue(file.exists(), f"{stage.name}.{step.name}: {file}")

    def test_smoke_needs_no_blender(self):
        smoke = packages.of(step for _, step in table.named("all") if step.smoke)
        self.assertNotIn("blender", smoke)
        self.assertIn("espeak-ng", smoke)

    def test_names(self):
        self.assertEqual(len(table.named("all")), sum(len(s.steps) for s in table.STAGES))
        self.assertEqual([step.name for _, step in table.named("export.pack")], ["pack"])
        for unknown in ("", "nothing", "export.nothing", "all.pack"):
            self.assertEqual(table.named(unknown), [], unknown)

    def test_durations(self):
        self.assertEqual([duration(m) for m in (.1, .99, 1, 59.4, 60, 200)], ["6 s", "59 s", "1 min", "59 min", "1 h", "3 h 20 min"])


class CommandTests(unittest.TestCase):
    def run_command(self, *arguments):
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            try:
                code = command.main(list(arguments))
            except SystemExit as end:
                code = end.code
        return code, out.getvalue(), errors.getvalue()

    def test_alone_it_lists_the_stages_with_their_cost(self):
        code, out, _ = self.run_command()
        self.assertEqual(code, 0)
        for stage in table.STAGES:
            self.assertIn(stage.name, out)
            self.assertIn(duration(stage.cost), out)
        self.assertIn("export-wav2vec2", out)

    def test_wrong_use_is_refused(self):
        for arguments, says in ((("nothing",), "there is no stage 'nothing'"), (("all", "--minutes", "0"), "above 0"),
                                (("all", "--minutes", "3", "--smoke"), "not for --smoke"), (("all", "--fast"), "--fast")):
            code, _, errors = self.run_command(*arguments)
            self.assertEqual(code, 2, arguments)
            self.assertIn(says, errors)

    def test_missing_data_has_an_exit_code_of_its_own(self):
        code, _, errors = self.run_command("corpus", "--data", "/nowhere")
        self.assertEqual(code, command.DATA_MISSING)
        self.assertIn("/nowhere/data/speech", errors)


if __name__ == "__main__":
    unittest.main()
