"""What the encoder is trained on, and all its losses in one step."""

import os
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from common.device import DEVICE, LARGE, put
from common.motion import SAMPLE_RATE
from common.phones import PHONE
from speech.buzz import buzz
from speech.calls import Calls
from speech.data import Crops
from speech.encoder import SpeechEncoder
from speech.heads import frame_losses, pitch_loss
from speech.masked import Clusters, masked_loss, spans
from speech.mel import LogMel
from speech.pitch import pitch_track

MIX = {"espeak": .16, "espeak_abroad": .06, "festival": .16, "flite": .10, "abroad": .16, "catalan": .02, "real": .30, "emodb": .04}
SPOKEN_TRANSCRIPTS = ("real",)  # sets whose phone order is certain and whose times are not: these get the CTC loss
SURE = .6  # least probability of a phone in unspoiled, unlabelled speech that becomes a target
DROPPED = .05  # share of the channels between convolutions and transformer that a row does without
WEIGHTS = {"phone": 1.0, "shape": 8.0, "curve_closure": 2.0, "teeth": 1.0, "closure": 10.0, "letters": .15, "units": .15, "agree": .3, "pitch": .3, "mel": 1.0}


@dataclass(frozen=True)
class Sizes:
    """Rows of 4 s in a step, and how often (in steps) what costs much is done."""

    batch: int  # labelled rows
    hidden: int  # unlabelled rows, for masked prediction
    hidden_every: int
    pitched: int  # rows whose pitch is asked for
    heard: int  # labelled rows whose log-mel is asked of the convolutions
    buzzed: int  # rows of no voice at all that are asked for their log-mel alone
    # On a CPU the distilled convolutions cost more than the transformer and have less to learn. They are held to the log-mel whenever they learn,
    # or they forget what the training voices do not need.
    front_every: int


SIZES = Sizes(224, 32, 1, 64, 128, 32, 1) if LARGE else Sizes(8, 2, 4, 4, 4, 1, 2)
BATCH = SIZES.batch


def letters_loss(logits, orders):
    """CTC on the order of the phones of each row; logits [rows, frames, PHONES], orders: int64 arrays."""
    said = logits.log_softmax(2).transpose(0, 1)
    sizes = np.array([len(o) for o in orders])
    padded = np.zeros((len(orders), sizes.max()), np.int64)
    for row, order in zip(padded, orders):
        row[:len(order)] = order
    return F.ctc_loss(said, put(padded), torch.full((len(orders),), said.shape[0]), torch.from_numpy(sizes), blank=PHONE["sil"], zero_infinity=True)


def agreement(wanted, outputs):
    """How far the phones and closures heard in spoiled speech are from those heard in the same speech before, where those were sure of a phone."""
    (phones, _, shuts), (says, _, closes) = wanted, outputs
    p = phones.softmax(3)
    sure = p.amax(3) > SURE
    off = -(p * says.log_softmax(3)).sum(3) * sure
    return off.mean() + (F.binary_cross_entropy_with_logits(closes, shuts.sigmoid(), reduction="none") * sure).mean()


class Loss:
    """All losses of one step: frames and CTC on labelled crops; masked prediction and agreement with itself on unlabelled ones."""

    def __init__(self, data, seed, speech=None):
        self.crops = Crops(MIX, data, seed, calls=Calls(max(1, (os.cpu_count() or 1) - 4)) if LARGE else None)
        self.step, self.mel = 0, LogMel().to(DEVICE)
        self.speech = None
        if speech is not None:
            self.rng = np.random.default_rng(seed + 1)
            self.clusters = Clusters(speech, np.random.default_rng(0))
            self.speech = put(np.array(speech))

    @property
    def hours(self):
        return self.step * BATCH * self.crops.samples / SAMPLE_RATE / 3600

    def close(self):
        if self.crops.calls:
            self.crops.calls.close()

    def unlabelled_rows(self):
        """(clean, spoiled) [SIZES.hidden, samples]."""
        n = self.crops.samples
        at = put(self.rng.integers(0, len(self.speech) - n, SIZES.hidden))
        clean = self.speech[at[:, None] + torch.arange(n, device=DEVICE)].float() / 32768
        return clean, self.crops.spoiler.way(self.crops.spoiler.voice(clean))

    def __call__(self, task):
        b = self.crops.draw(BATCH)
        pcm, mask, known = b.heard, None, self.crops.plain(BATCH)
        self.step += 1
        hides = self.speech is not None and self.step % SIZES.hidden_every == 0
        if hides:
            clean, spoiled = self.unlabelled_rows()
            pcm = torch.cat([pcm, spoiled])
            mask = torch.zeros(len(pcm), b.phones.shape[1], dtype=torch.bool, device=DEVICE)
            mask[BATCH:] = spans(self.rng, SIZES.hidden, b.phones.shape[1])
        learns = self.step % SIZES.front_every == 0
        with torch.set_grad_enabled(learns):
            sound = task.encoder.front(pcm)[0]
        kept = torch.rand(len(sound), 1, sound.shape[2], device=DEVICE) > DROPPED
        features = task.encoder.above(sound * kept / (1 - DROPPED), mask)
        outputs = task.heads(features)
        losses, hits = frame_losses([o[:BATCH] for o in outputs], b.phones, b.curves, b.closure)
        spoken = [(k, order) for k, row in enumerate(b.said[:known]) if row[0] in SPOKEN_TRANSCRIPTS and len(order := self.crops.order(row))]
        if spoken:
            rows, orders = zip(*spoken)
            losses["letters"] = letters_loss(task.heads.letters(features[put(np.array(rows))]).float(), orders)
        pitched = min(SIZES.pitched, known)
        losses["pitch"] = pitch_loss(task.heads.pitch(features[:pitched]).float(), *pitch_track(b.clean[:pitched]))
        if learns and isinstance(task.encoder, SpeechEncoder):
            losses["mel"] = self.mel_loss(task, pcm, sound)
        if hides:
            with torch.no_grad():
                wanted = task(clean)
            losses["agree"] = agreement(wanted, [o[BATCH:] for o in outputs])
            losses["units"] = masked_loss(task.heads.units(features[BATCH:]).float(), self.clusters.of(clean), mask[BATCH:])
        total = sum(WEIGHTS[k] * v for k, v in losses.items())
        return total, {"hits": hits, **losses}

    def mel_loss(self, task, pcm, sound):
        """How far the convolutions are from telling the log-mel of what is heard, and of sounds of no voice."""
        spoiler, n = self.crops.spoiler, self.crops.samples
        noise = buzz(spoiler.draw, spoiler.normal, SIZES.buzzed, n) * 10 ** spoiler.draw(-2.2, -.6, SIZES.buzzed, 1)
        noise = noise.clamp(-1, 1)
        heard = torch.cat([sound[:SIZES.heard], sound[BATCH:], task.encoder.front(noise)[0]])
        wanted = self.mel(torch.cat([pcm[:SIZES.heard], pcm[BATCH:], noise]))
        return (task.heads.mel(heard).float() - wanted).abs().mean()
