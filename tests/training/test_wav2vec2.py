"""Conversion of wav2vec2 checkpoints: faithful to the network, equal streaming and whole, in torch and in ONNX Runtime."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

import checkpoints
from environment import ORT, REPOSITORY, SERVER
from wav2vec2 import export, offline

VOICE = REPOSITORY / "tests" / "vectors" / "voices" / "slt.wav"
TOLERANCE = 1e-4  # docs/model-pack.md


class Folder(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = Path(held.name)


class ConversionTests(Folder):
    def test_as_trained_it_is_the_network_of_the_checkpoint(self):
        for name, config in checkpoints.LAYOUTS.items():
            for head in (False, True):
                with self.subTest(layout=name, head=head):
                    network = checkpoints.random(config)
                    model = export.load(checkpoints.write(self.folder / f"{name}{head}", config, network, head=head))
                    pcm = checkpoints.sound()
                    with torch.no_grad():
                        wanted = network(pcm)
                    self.assertEqual(wanted.shape, (2, 119, 32))
                    torch.testing.assert_close(offline.original(model, pcm), wanted, atol=TOLERANCE, rtol=0)

    def test_every_way_of_storing_gives_the_same_weights(self):
        config = checkpoints.LARGE
        network = checkpoints.random(config)
        plain = export.load(checkpoints.write(self.folder / "plain", config, network))
        ways = {"zip": {"kind": "zip"}, "legacy": {"kind": "legacy"}, "names": {"new_names": True, "head": True},
                "half": {"dtype": "F16"}, "bfloat": {"dtype": "BF16"}}
        for name, way in ways.items():
            with self.subTest(way=name):
                other = export.load(checkpoints.write(self.folder / name, config, network, **way))
                rounding = {"half": 1e-3, "bfloat": 2e-2}.get(name, 0)
                for (key, a), (_, b) in zip(plain.named_parameters(), other.named_parameters()):
                    torch.testing.assert_close(a, b, atol=rounding, rtol=rounding, msg=key)

    def test_streaming_is_the_masked_pass(self):
        for name, config in checkpoints.LAYOUTS.items():
            for ahead, window, normalize, layers in ((0, 100, True, None), (2, 20, True, None), (2, 7, False, 2), (4, 100, True, None)):
                with self.subTest(layout=name, ahead=ahead, window=window, normalize=normalize, layers=layers):
                    folder = checkpoints.write(self.folder / name, config, checkpoints.random(config))
                    (folder / "preprocessor_config.json").write_text(json.dumps({"do_normalize": normalize}))
                    model = export.load(folder, ahead, window, layers)
                    pcm = checkpoints.sound()
                    streamed = export.stream(model, pcm)
                    self.assertEqual(streamed.shape, (2, 120 - ahead, 32))
                    self.assertGreater(streamed.std(1).mean(), .1)  # it says something about the sound
                    torch.testing.assert_close(streamed, offline.masked(model, pcm)[:, :120 - ahead], atol=TOLERANCE, rtol=0)

    def test_look_ahead_is_bounded(self):
        """A change of the sound changes no feature that was due before it, and the first one that is."""
        config = checkpoints.BASE
        for ahead in (0, 2, 4):
            with self.subTest(ahead=ahead):
                model = export.load(checkpoints.write(self.folder / "c", config, checkpoints.random(config)), ahead)
                pcm = checkpoints.sound()
                other = pcm.clone()
                other[:, 40 * 640:] += .1 * torch.randn(other[:, 40 * 640:].shape)
                a, b = export.stream(model, pcm), export.stream(model, other)
                due = 80 - ahead  # frames given before call 40
                self.assertEqual((a[:, :due] - b[:, :due]).abs().max(), 0)
                self.assertGreater((a[:, due] - b[:, due]).abs().max(), 1e-4)

    def test_silence_leaves_no_trace(self):
        """After a minute of digital silence the voice is heard as at the start: pauses do not become the new normal level."""
        for name, config in checkpoints.LAYOUTS.items():
            with self.subTest(layout=name):
                model = export.load(checkpoints.write(self.folder / name, config, checkpoints.random(config)), window=8)
                voice = checkpoints.sound()
                fresh = export.stream(model, voice)
                after = export.stream(model, torch.cat([torch.zeros(2, 1500 * 640), voice], 1))[:, 3000:]
                reach = 64 + 3 * 8 + 4  # frames the positional convolution, the layers' windows and the convolutions look back
                torch.testing.assert_close(after[:, reach:], fresh[:, reach:], atol=TOLERANCE, rtol=0)

    def test_loud_noise_stays_finite(self):
        for name, config in checkpoints.LAYOUTS.items():
            with self.subTest(layout=name):
                model = export.load(checkpoints.write(self.folder / name, config, checkpoints.random(config)))
                noise = torch.cat([torch.zeros(1, 6400), torch.randn(1, 250 * 640).sign(), torch.full((1, 6400), 1e-7)], 1)
                self.assertLess(export.stream(model, noise).abs().max(), 100)


class GraphTests(Folder):
    def test_graph_in_onnx_runtime_is_the_masked_pass(self):
        self.assertTrue((ORT / "node_modules" / "onnxruntime-node").exists(), "run ./liveavatar setup first")
        for name, config in checkpoints.LAYOUTS.items():
            with self.subTest(layout=name):
                folder = checkpoints.write(self.folder / name, config, checkpoints.random(config), head=True)
                model, path = export.load(folder, window=20), folder / "speech_encoder.onnx"
                export.write(model, path)
                pcm = checkpoints.sound()
                (folder / "pcm.f32").write_bytes(pcm.numpy().tobytes())
                script = Path(__file__).with_name("stream.js")
                subprocess.run(["node", str(script), str(path), str(folder / "pcm.f32"), "2", str(folder / "features.f32")], check=True,
                               env={"ORT_MODULE": str(ORT / "node_modules" / "onnxruntime-node"), "PATH": "/usr/local/bin:/usr/bin:/bin"})
                got = torch.from_numpy(np.fromfile(folder / "features.f32", "<f4").reshape(2, 120, 32).copy())[:, model.ahead:]
                torch.testing.assert_close(got, offline.masked(model, pcm)[:, :118], atol=TOLERANCE, rtol=0)

    def test_command_writes_the_graph_and_the_lines_of_pack_json(self):
        folder = checkpoints.write(self.folder / "c", checkpoints.BASE, checkpoints.random(checkpoints.BASE))
        out = self.folder / "out"
        run = subprocess.run(["/usr/bin/python3", "-m", "wav2vec2.export", str(folder), "-o", str(out), "--look-ahead", "80"], text=True,
                             capture_output=True, cwd=REPOSITORY / "models" / "training")
        self.assertEqual(run.returncode, 0, run.stderr)
        facts = json.loads((out / "speech_encoder.json").read_text())
        self.assertEqual(facts["audio"]["lookAheadSamples"], 1280)
        self.assertEqual(facts["audio"]["featureSize"], 32)
        self.assertEqual(facts["speechEncoder"]["initialState"], {"state_mask": -10000})
        self.assertIn("cosine", run.stdout)


class EngineTests(Folder):
    @unittest.skipUnless(SERVER.exists(), "the server is not built: ./liveavatar setup builds it")
    def test_engine_renders_with_a_pack_that_holds_it(self):
        """The tiny test pack with a converted encoder in the place of its own: the loader's checks, then a second of frames."""
        pack = self.folder / "pack"
        shutil.copytree(REPOSITORY / "tests" / "packs" / "tiny", pack)
        manifest = json.loads((pack / "pack.json").read_text())
        config = {**checkpoints.BASE, "hidden_size": manifest["audio"]["featureSize"], "num_attention_heads": 2, "num_conv_pos_embedding_groups": 2}
        model = export.load(checkpoints.write(self.folder / "c", config, checkpoints.random(config)))
        export.write(model, pack / "speech_encoder.onnx")
        facts = export.facts(model, pack / "speech_encoder.onnx")
        manifest["audio"], manifest["graphs"]["speechEncoder"] = facts["audio"], facts["speechEncoder"]
        (pack / "pack.json").write_text(json.dumps(manifest))
        clip = self.folder / "clip.webm"
        run = subprocess.run([str(SERVER), "render", str(VOICE), "-o", str(clip), "--pack", str(pack), "--accept-non-speech"],
                             text=True, capture_output=True, env={**os.environ, "LD_PRELOAD": ""})
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertGreater(clip.stat().st_size, 1000)


if __name__ == "__main__":
    unittest.main()
