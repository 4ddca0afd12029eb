"""A quick look at how training goes: the averaged weights on some held-out frames."""
import numpy as np
import torch

import networks
from metrics import box, gradient, planes, psnr, ssim
from frames import where
from nets import FrameDecoder, IdentityEncoder
from looks import SHIPPED

FACE_BOX = 224, 256   # pixels around the nose in which faces are compared


def middle(marks):
    """Half-way between eyes and mouth, in -1..1."""
    return (np.mean(marks["eyes"], 0) + np.array(marks["mouth"])) / 2


class Judge:
    def __init__(self, data, device, each=5):
        """each: held-out frames of each presenter."""
        self.nets = [n.to(device).eval() for n in (IdentityEncoder(), FrameDecoder())]
        self.people = []
        for k, look in enumerate(data.looks):
            if look in SHIPPED and look in data.held_out:
                held = data.held_out[look]
                rows = np.linspace(0, len(held["y"]) - 1, each).astype(int)
                held = {n: np.array(held[n][rows]) for n in ("y", "flow", "motion", "tongue", "emotion")}
                boxes = [box(where(flow, middle(data.marks[look])), *FACE_BOX) for flow in held["flow"]]
                self.people.append((look, data.portraits[k], held, boxes))

    @torch.no_grad()
    def __call__(self, values):
        """One line: PSNR, SSIM and sharpness of each presenter's face, under the encoder's and decoder's weights `values`."""
        for net, weights in zip(self.nets, values):
            net.load_state_dict(weights)
        told = self.nets[1]
        if not told.listen.abs().max():
            told.listen[:3] = torch.eye(3)
        out = []
        for look, portrait, held, boxes in self.people:
            drawn = networks.frames(*self.nets, portrait, networks.inputs(told, held))
            pairs = [(planes(frame)[0][b], truth[b]) for frame, truth, b in zip(drawn, held["y"], boxes)]
            out.append(f"{look} {np.mean([psnr(*p) for p in pairs]):.2f} {np.mean([ssim(*p) for p in pairs]):.4f} "
                       f"{np.mean([gradient(a) / gradient(b) for a, b in pairs]):.3f}")
        return "; ".join(out)
