"""Training data of the speech encoder: labels of sound played at another speed, voices made others, parcels."""

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import environment
import numpy as np
import torch

from common.phones import LABIAL, PHONE
from speech import packets, parcels
from speech.augment import Spoiler
from speech.builder import Builder
from speech.data import Crops, played
from speech.library import MEET, Library
from speech.opus import OpusCall
from speech.pitch import pitch_track
from speech.throats import cut, join

SEGMENTS = [(.5, .62, PHONE["AA"]), (.62, .75, PHONE["M"]), (.75, .9, PHONE["IY"]), (1.2, 1.28, PHONE["B"]), (1.28, 1.5, PHONE["UW"])]


def voice(seconds=8, rate=16000):
    """Syllables of a buzzing tone: something with pitch, spectrum and an outline in time."""
    t = np.arange(seconds * rate) / rate
    x = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 20)) * (np.sin(2 * np.pi * 1.3 * t) > 0)
    return (x * 6000).astype(np.int16)


def naive(at, speed, frames):
    """Phone and closure of each frame, one by one."""
    phones, closure = np.zeros(frames, int), np.zeros(frames)
    for i in range(frames):
        a, b = (at / 16000 + .02 * k * speed for k in (i, i + 1))
        for start, stop, phone in SEGMENTS:
            if start <= (a + b) / 2 < stop:
                phones[i] = phone
            if phone in LABIAL:
                opens = start + max(LABIAL[phone] * (stop - start), .035)
                closure[i] += max(0, min(b, opens) - max(a, start - MEET)) / (b - a)
    return phones, closure.clip(0, 1)


class WorkTests(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = Path(held.name)
        patch = mock.patch.dict(os.environ, LIVEAVATAR_WORK=held.name)
        patch.start()
        self.addCleanup(patch.stop)
        built = Builder()
        built.add(voice(), SEGMENTS, 0)
        (self.folder / "speech").mkdir()
        built.save(self.folder / "speech" / "espeak.npz")


class LabelTests(WorkTests):
    def test_labels_follow_the_speed(self):
        library = Library(["espeak"])
        for at, speed in ((0, 1.0), (1234, .75), (4321, 1.25)):
            phones, curves, closure = library.labels(np.array([float(at)]), np.array([speed]), 80)
            wanted, shut = naive(at, speed, 80)
            self.assertEqual(phones[0].tolist(), wanted.tolist())
            np.testing.assert_allclose(closure[0].numpy(), shut, atol=1e-4)
            self.assertEqual(curves.shape[:2], (1, 40))

    def test_the_order_of_phones_has_neither_silence_nor_repetition(self):
        self.assertEqual(Library(["espeak"]).order(0, 1.0, 100).tolist(), [s[2] for s in SEGMENTS])
        self.assertEqual(Library(["espeak"]).order(16000, 1.0, 100).tolist(), [s[2] for s in SEGMENTS[3:]])

    def test_a_silent_set_has_the_labels_of_silence(self):
        library = Library(["espeak"], {"quiet": np.zeros(32000, np.int16)})
        phones, curves, closure = library.labels(np.array([float(library.span["quiet"][0])]), np.array([1.0]), 50)
        self.assertEqual((phones.sum().item(), closure.sum().item(), curves.sum().item()), (0, 0, 0))

    def test_crops_are_whole_and_finite(self):
        crops = Crops({"espeak": 1.0, "flite": 1.0}, self.folder, seconds=4)
        batch = crops.draw(8)
        self.assertEqual(batch.heard.shape, (8, 64000))
        self.assertTrue(torch.isfinite(batch.heard).all() and batch.heard.abs().max() <= 1)


class SoundTests(WorkTests):
    def test_cut_and_joined_is_the_same(self):
        x = torch.randn(2, 5000)
        torch.testing.assert_close(join(cut(x), 5000), x, atol=1e-5, rtol=0)

    def test_played_faster_a_tone_is_higher(self):
        tone = torch.sin(2 * np.pi * 90 * torch.arange(40000) / 16000)[None]
        voiced, pitch = pitch_track(played(tone, 32000))
        self.assertTrue(voiced[0, 5:-5].all())
        self.assertAlmostEqual(pitch[0, 50].item(), np.log2(90 * 1.25 / 150), delta=.03)

    def test_another_voice_in_a_room_keeps_its_time(self):
        spoiler = Spoiler(self.folder, np.random.default_rng(0))
        x = torch.from_numpy(voice(4)[None].repeat(6, 0) / np.float32(32768))
        outline = lambda y: torch.nn.functional.avg_pool1d(y.abs()[:, None], 320, 80)[:, 0]
        a, b = outline(x), outline(spoiler.way(spoiler.voice(x)))
        a, b = a - a.mean(1, keepdim=True), b - b.mean(1, keepdim=True)
        for row in range(6):
            fits = [float((a[row, 20:-20] * b[row, 20 + d:b.shape[1] - 20 + d]).sum()) for d in range(-10, 11)]
            self.assertLessEqual(abs(int(np.argmax(fits)) - 10), 1, f"row {row}: late by {np.argmax(fits) - 10} times 5 ms")


class ParcelTests(WorkTests):
    def test_packets_come_back_in_step(self):
        x = voice()
        y = np.concatenate([packets.heard(r) for r in packets.recordings(packets.arrays(packets.coded(x, 40e3)))])
        self.assertEqual(len(y), len(x))
        fits = [float(np.dot(x[100:-100].astype(float), y[100 + d:len(y) - 100 + d])) for d in range(-20, 21)]
        self.assertLessEqual(abs(int(np.argmax(fits)) - 20), 3)

    def test_labels_come_back(self):
        z = dict(np.load(self.folder / "speech" / "espeak.npz"))
        back = parcels.labels_back(parcels.labels(z, len(z["curves"])))
        np.testing.assert_allclose(back["segments"], z["segments"], atol=1e-4)
        self.assertEqual(back["phones"].tolist(), z["phones"].tolist())
        np.testing.assert_allclose(back["curves"].astype(np.float32), z["curves"].astype(np.float32), atol=.003)

    def test_a_lost_packet_costs_its_time_only(self):
        x, lost = voice(), np.zeros(500, bool)
        lost[40] = True
        self.assertEqual(len(OpusCall().send(x, 24e3, lost)), len(x))


if __name__ == "__main__":
    unittest.main()
