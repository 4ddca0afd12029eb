"""The trained networks of a checkpoint, and frames drawn with them."""
import sys
from pathlib import Path

import numpy as np
import torch

from nets import CONTEXT, NOISE, FrameDecoder, IdentityEncoder
from region import POSE_SHOWN

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.motion import INDEX  # noqa: E402, F401  (for those who draw a face of their own)


def restore(nets, state):
    """Sets encoder and decoder to a checkpoint's weights, in float32. Checkpoints from before the silhouette (pack 0.2) start without one."""
    for net, part in zip(nets, ("encoder", "decoder")):
        found = {k: v.float() if v.is_floating_point() else v for k, v in state[part].items()}
        before = {k for k in found if k.startswith("turn.") and k[5].isdigit()}
        found.update({"turn.body." + k[5:]: found.pop(k) for k in before})
        missing, unknown = net.load_state_dict(found, strict=False)
        if unknown or not before and missing:
            raise SystemExit(f"the checkpoint does not fit: {missing[:3]} {unknown[:3]}")


def load(checkpoint, articulation=None, device="cpu"):
    """(encoder, decoder), as they ship: poses are shortened to POSE_SHOWN. articulation: file with weight [3, 256] and bias [3], which read the tongue's curves out of the context."""
    encoder, decoder = IdentityEncoder(), FrameDecoder()
    if checkpoint != "-":
        restore((encoder, decoder), torch.load(checkpoint, map_location="cpu"))
    if articulation and Path(articulation).exists():
        listen = torch.load(articulation, map_location="cpu")
        decoder.listen.copy_(torch.as_tensor(listen["weight"]).float().T), decoder.listen_bias.copy_(torch.as_tensor(listen["bias"]).float())
    elif not decoder.listen.abs().max():
        decoder.listen[:3] = torch.eye(3)             # until there is a voice to listen to: the context's first three numbers
    decoder.reach = POSE_SHOWN
    return encoder.to(device).eval(), decoder.to(device).eval()


def context_for(decoder, articulation):
    """The smallest contexts [n, 256] from which the decoder reads the articulation [n, 3]."""
    inverse = np.linalg.pinv(decoder.listen.cpu().numpy().astype(np.float64))
    return ((articulation - decoder.listen_bias.cpu().numpy()) @ inverse).astype(np.float32)


def inputs(decoder, rows):
    """Decoder inputs of frames of a chunk: motion, context, emotion, noise code (none: nothing depends on it but idle motion)."""
    n = len(rows["motion"])
    return [np.asarray(rows["motion"], np.float32), context_for(decoder, np.clip(rows["tongue"], 0, 1)),
            np.asarray(rows["emotion"], np.float32), np.zeros((n, NOISE), np.float32)]


@torch.no_grad()
def frames(encoder, decoder, portrait, told):
    """I420 bytes [n, 768, 512] for inputs [n, .] and one portrait [3, 512, 512]."""
    assert told[1].shape[1] == CONTEXT
    device = decoder.listen.device
    skips, some = encoder(portrait[None].to(device)), 1 if device.type == "cpu" else 16
    out = []
    for i in range(0, len(told[0]), some):
        rows = [torch.from_numpy(x[i:i + some]).to(device) for x in told]
        out.append(decoder(*rows, *(x.expand(len(rows[0]), *x.shape[1:]) for x in skips)).cpu().numpy())
    return np.concatenate(out)
