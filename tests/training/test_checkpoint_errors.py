"""Folders that are no checkpoint are refused in one sentence that names the file; nothing in them is run."""

import json
import os
import pickle
import struct
import tempfile
import unittest
from pathlib import Path

import torch

import environment  # noqa: F401 (finds the training code)
import checkpoints
from wav2vec2 import CheckpointError, export


class RefusalTests(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = Path(held.name)
        self.network = checkpoints.random(checkpoints.BASE)
        checkpoints.write(self.folder, checkpoints.BASE, self.network)

    def refused(self, *words):
        with self.assertRaises(CheckpointError) as caught:
            export.load(self.folder)
        said = str(caught.exception)
        self.assertNotIn("\n", said)
        for word in words:
            self.assertIn(word, said)

    def configure(self, **changes):
        (self.folder / "config.json").write_text(json.dumps({**checkpoints.BASE, **changes}))

    def test_untouched_it_loads(self):
        export.load(self.folder)

    def test_missing_files(self):
        (self.folder / "model.safetensors").unlink()
        self.refused("model.safetensors", "pytorch_model.bin", "download")
        (self.folder / "config.json").unlink()
        self.refused("config.json", "missing")

    def test_configurations(self):
        for changes, words in (({"model_type": "hubert"}, ("model_type", "'hubert'")),
                               ({"hidden_act": "relu"}, ("hidden_act", "'relu'")),
                               ({"add_adapter": True}, ("add_adapter",)),
                               ({"conv_stride": [5, 2, 2, 2, 2, 2, 1]}, ("160 samples", "320")),
                               ({"conv_kernel": [3] * 7}, ("shorter than its stride",)),
                               ({"conv_kernel": [10, 3]}, ("conv_kernel",)),
                               ({"hidden_size": "big"}, ("hidden_size", "'big'")),
                               ({"hidden_size": 30}, ("hidden_size", "multiple")),
                               ({"num_hidden_layers": True}, ("num_hidden_layers",)),
                               ({"feat_extract_norm": "batch"}, ("feat_extract_norm", "'batch'")),
                               ({"hidden_size": 64}, ("shape", "[32", "[64")),
                               ({"num_hidden_layers": 5}, ("encoder.layers.3", "no tensor"))):
            with self.subTest(changes=changes):
                self.configure(**changes)
                self.refused(*words)
        for text in ("{", "[]", ""):
            (self.folder / "config.json").write_text(text)
            self.refused("config.json", "valid JSON")

    def test_sampling_rate(self):
        (self.folder / "preprocessor_config.json").write_text(json.dumps({"sampling_rate": 8000}))
        self.refused("sampling_rate", "8000")

    def test_every_cut_of_safetensors(self):
        path = self.folder / "model.safetensors"
        whole = path.read_bytes()
        header = struct.unpack("<Q", whole[:8])[0] + 8
        for length in (0, 3, 8, 9, header - 1, header, header + 1, (header + len(whole)) // 2, len(whole) - 1):
            with self.subTest(length=length):
                path.write_bytes(whole[:length])
                self.refused("model.safetensors")

    def test_headers_that_lie(self):
        path = self.folder / "model.safetensors"
        for header in ({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, {"a": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}},
                       {"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, -4]}}, {"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}},
                       {"a": 3}, {"a": {"dtype": "F32"}}, [1]):
            with self.subTest(header=header):
                text = json.dumps(header).encode()
                path.write_bytes(struct.pack("<Q", len(text)) + text + b"\0" * 8)
                self.refused("model.safetensors", "download it again")

    def test_not_finite(self):
        with torch.no_grad():
            self.network.encoder["layers"][1].attention.q_proj.weight[3, 4] = float("nan")
        checkpoints.write(self.folder, checkpoints.BASE, self.network)
        self.refused("encoder.layers.1.attention.q_proj.weight", "not finite")

    def test_cut_pickles(self):
        (self.folder / "model.safetensors").unlink()
        path = self.folder / "pytorch_model.bin"
        for kind in ("zip", "legacy"):
            checkpoints.write(self.folder, checkpoints.BASE, self.network, kind=kind)
            whole = path.read_bytes()
            for length in (0, 10, 200, len(whole) // 2, len(whole) - 1):
                with self.subTest(kind=kind, length=length):
                    path.write_bytes(whole[:length])
                    self.refused("pytorch_model.bin")

    def test_pickles_that_run_something(self):
        (self.folder / "model.safetensors").unlink()
        path, witness = self.folder / "pytorch_model.bin", self.folder / "it-ran"

        class Evil:
            def __reduce__(self):
                return os.system, (f"touch {witness}",)

        for kind in ("zip", "legacy", "bare"):
            with self.subTest(kind=kind):
                if kind == "bare":
                    path.write_bytes(pickle.dumps(Evil()))
                else:
                    torch.save({"weight": torch.zeros(1), "evil": Evil()}, path, _use_new_zipfile_serialization=kind == "zip")
                self.refused("pytorch_model.bin", "system", "not run")
                self.assertFalse(witness.exists())

    def test_tensors_that_reach_outside(self):
        """A shape larger than its storage, in the format that has no checksum of its own."""
        (self.folder / "model.safetensors").unlink()
        path = self.folder / "pytorch_model.bin"
        torch.save({"weight": torch.zeros(2, 3)}, path, _use_new_zipfile_serialization=False)
        data = path.read_bytes()
        self.assertEqual(data.count(b"K\x02K\x03\x86"), 1)  # the pair (2, 3)
        path.write_bytes(data.replace(b"K\x02K\x03\x86", b"K\x02K\x63\x86"))
        self.refused("pytorch_model.bin", "cut off")
        path.write_bytes(data)
        self.refused("has no tensor")  # as it was, it is read


if __name__ == "__main__":
    unittest.main()
