"""What the encoder is trained on, and all its losses in one step."""

import numpy as np
import torch
import torch.nn.functional as F

from common.phones import PHONE
from speech.data import Crops
from speech.encoder import SpeechEncoder
from speech.heads import frame_losses, pitch_loss
from speech.masked import Clusters, masked_loss, spans
from speech.mel import LogMel
from speech.pitch import pitch_track

MIX = {"espeak": .15, "espeak_abroad": .05, "festival": .18, "flite": .14, "abroad": .15, "real": .27, "emodb": .06}
SPOKEN_TRANSCRIPTS = ("real",)  # sets whose phone order is certain and whose times are not: these get the CTC loss
BATCH, HIDDEN_BATCH, PITCH_ROWS = 8, 2, 4
HIDDEN_EVERY = 4  # steps
# The distilled convolutions cost more than the transformer and have less to learn: they learn each second step, and are held to the
# log-mel then, or they forget what the training voices do not need.
FRONT_EVERY = 2
WEIGHTS = {"phone": 1.0, "shape": 8.0, "curve_closure": 2.0, "teeth": 1.0, "closure": 10.0, "letters": .15, "units": .15, "pitch": .3, "mel": .5}


def letters_loss(logits, phones):
    """CTC on the order of the phones of each row; logits [rows, frames, PHONES], phones int64 [rows, frames]."""
    said = logits.log_softmax(2).transpose(0, 1)
    orders = []
    for row in phones:
        order = torch.unique_consecutive(row)
        orders.append(order[order != PHONE["sil"]])
    sizes = torch.tensor([len(o) for o in orders])
    return F.ctc_loss(said, torch.cat(orders), torch.full((len(orders),), said.shape[0]), sizes, blank=PHONE["sil"], zero_infinity=True)


class Loss:
    """All losses of one step: frames and CTC on labelled crops, masked prediction on unlabelled ones."""

    def __init__(self, data, seed, speech=None):
        self.crops = Crops(MIX, data, seed)
        self.step, self.speech, self.mel = 0, speech, LogMel()
        if speech is not None:
            self.rng = np.random.default_rng(seed + 1)
            self.clusters = Clusters(speech, np.random.default_rng(0))

    def unlabelled_rows(self):
        """(clean, spoiled) [HIDDEN_BATCH, samples]."""
        n = self.crops.samples
        clean = np.stack([self.speech[i:i + n] for i in self.rng.integers(0, len(self.speech) - n, HIDDEN_BATCH)])
        clean = clean.astype(np.float32) / 32768
        return clean, np.stack([self.crops.spoiler.way(x) for x in clean])

    def __call__(self, task):
        pcm, phones, curves, closure, names = self.crops.draw(BATCH)
        phones, curves, closure = (torch.from_numpy(a) for a in (phones, curves, closure))
        pcm, mask = torch.from_numpy(pcm), None
        self.step += 1
        hides = self.speech is not None and self.step % HIDDEN_EVERY == 0
        if hides:
            clean, spoiled = (torch.from_numpy(a) for a in self.unlabelled_rows())
            pcm = torch.cat([pcm, spoiled])
            mask = torch.zeros(len(pcm), phones.shape[1], dtype=torch.bool)
            mask[BATCH:] = spans(self.rng, HIDDEN_BATCH, phones.shape[1])
        learns = self.step % FRONT_EVERY == 0
        with torch.set_grad_enabled(learns):
            sound = task.encoder.front(pcm)[0]
        features = task.encoder.above(sound, mask)
        losses, hits = frame_losses(task.heads(features[:BATCH]), phones, curves, closure)
        spoken = [k for k, name in enumerate(names) if name in SPOKEN_TRANSCRIPTS and phones[k].any()]
        if spoken:
            losses["letters"] = letters_loss(task.heads.letters(features[spoken]).float(), phones[spoken])
        voiced, pitch = (torch.from_numpy(np.stack(a)) for a in zip(*map(pitch_track, self.crops.last_clean[:PITCH_ROWS])))
        losses["pitch"] = pitch_loss(task.heads.pitch(features[:PITCH_ROWS]).float(), voiced, pitch)
        if learns and isinstance(task.encoder, SpeechEncoder):
            losses["mel"] = (task.heads.mel(sound[:PITCH_ROWS]).float() - self.mel(pcm[:PITCH_ROWS])).abs().mean()
        if hides:
            losses["units"] = masked_loss(task.heads.units(features[BATCH:]).float(), self.clusters.of(clean), mask[BATCH:])
        total = sum(WEIGHTS[k] * v for k, v in losses.items())
        return total, {"hits": hits.item(), **{k: float(v) for k, v in losses.items()}}
