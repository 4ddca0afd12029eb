"""Trains both face networks: python3 train.py FRAMES_FOLDER OUT_FOLDER MINUTES [options, see --help]

Adam on the losses of losses.py; the rate follows a cosine over MINUTES. It goes on where OUT_FOLDER/state.pt stopped;
OUT_FOLDER/last.pt is what to export: the averaged weights.
"""
import argparse
import time
from pathlib import Path

import numpy as np
import torch

from adversary import Adversary
from frames import Frames
from looks import LOOKS, SHIPPED
from losses import Portraits, draw, identity_loss, losses
from nets import FrameDecoder, IdentityEncoder
from region import to_rgb

BATCH, RUN = 6, 6      # frames per step, three windows of each; a step that feeds the sequence discriminator is one run
SHIPPED_SHARE = .88    # of the frames show shipped presenters, evenly; the rest shows the others


class Average:
    """Exponential moving average of weights; what is exported."""

    def __init__(self, nets):
        self.nets, self.values, self.steps = nets, [{k: v.clone() for k, v in n.state_dict().items()} for n in nets], 0

    def update(self):
        self.steps += 1
        decay = min(.998, self.steps / (self.steps + 20))
        for net, mean in zip(self.nets, self.values):
            for k, v in net.state_dict().items():
                mean[k].lerp_(v, 1 - decay) if v.is_floating_point() else mean[k].copy_(v)


def shares(data):
    """Probability of each look that has frames."""
    shipped = [k in SHIPPED for k in data.looks]
    part = [SHIPPED_SHARE / max(1, sum(shipped)) if s else (1 - SHIPPED_SHARE) / max(1, len(shipped) - sum(shipped)) for s in shipped]
    part = np.array(part) * [bool(data.train[k]) for k in data.looks]
    return part / part.sum()


def balance(total, other, at):
    """What to multiply `other` with so that its gradient at `at` is as long as that of `total`."""
    lengths = [torch.autograd.grad(loss, at, retain_graph=True)[0].norm() for loss in (total, other)]
    return (lengths[0] / (lengths[1] + 1e-12)).detach()


class Trainer:
    def __init__(self, a):
        self.a, self.out = a, Path(a.out)
        self.out.mkdir(parents=True, exist_ok=True)
        folder = Path(a.frames)
        self.data = Frames(folder, [k for k in LOOKS if (folder / f"still_{k}.png").exists()])     # chunks may come later
        self.nets = self.encoder, self.decoder = IdentityEncoder(), FrameDecoder()
        if a.start:
            state = torch.load(a.start, map_location="cpu")
            for net, part in zip(self.nets, ("encoder", "decoder")):
                net.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state[part].items()})
        for net in self.nets:
            net.to(memory_format=torch.channels_last)
        self.weights = [p for net in self.nets for p in net.parameters()]
        self.optimiser = torch.optim.Adam(self.weights, lr=a.lr, betas=(.9, .98))
        self.average, self.step, self.spent = Average(self.nets), 0, 0.0
        self.adversary = Adversary(sequence=a.adversary == "sequence") if a.adversary != "none" else None
        self.resume()
        self.portraits = Portraits(self.data, self.encoder)
        self.rng = np.random.default_rng([a.seed, self.step])

    def resume(self):
        path = self.out / "state.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location="cpu")
        for net, weights in zip(self.nets, state["nets"]):
            net.load_state_dict(weights)
        self.optimiser.load_state_dict(state["optimiser"])
        self.average.values, self.average.steps = state["average"], state["step"]
        self.step, self.spent = state["step"], state["spent"]
        if self.adversary and state["adversary"]:
            self.adversary.nets.load_state_dict(state["adversary"])

    def save(self):
        state = dict(nets=[n.state_dict() for n in self.nets], optimiser=self.optimiser.state_dict(), average=self.average.values,
                     step=self.step, spent=self.spent, adversary=self.adversary and self.adversary.nets.state_dict())
        last = dict(encoder=self.average.values[0], decoder=self.average.values[1], step=self.step)
        for name, what in (("state", state), ("last", last)):
            torch.save(what, self.out / f"{name}.tmp")
            (self.out / f"{name}.tmp").rename(self.out / f"{name}.pt")

    def one(self, part):
        """One step at `part` (0..1) of the schedule; the loss's parts and the discriminators' loss."""
        rate = self.a.lr * min(1, (self.step + 1) / 100) * (.02 + .98 * .5 * (1 + np.cos(np.pi * part)))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        run = self.data.longest_run(RUN) if self.a.adversary == "sequence" and self.step % 2 else 1
        batch = self.data.batch(self.rng, BATCH, shares(self.data), run=run)
        noise = torch.randn_like(self.decoder.face.noise) if self.a.fresh_noise else None
        with torch.autocast("cpu", torch.bfloat16):       # 0.6 of the time on a CPU with bfloat16; the weights stay float32
            drawn = draw(self.encoder, self.decoder, batch, self.portraits, noise, not self.a.deaf)
        drawn = {k: v.float() for k, v in drawn.items()}
        total, parts = losses(drawn, batch, self.portraits, self.a.lower)
        if self.step % 3 == 0:
            total = total + .02 * self.recognise(batch["look"])
        judged = 0.0
        if self.adversary:
            with torch.autocast("cpu", torch.bfloat16):
                fooled = self.adversary.fool(drawn, batch, self.portraits, run)
            total = total + self.a.weight * balance(total, fooled, drawn["y"]) * fooled
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
        self.optimiser.step()
        if self.adversary:
            with torch.autocast("cpu", torch.bfloat16):
                judged = self.adversary.learn(drawn, batch, self.portraits, run)
        self.average.update()
        self.step += 1
        return np.array([*parts, judged])

    def recognise(self, looks):
        """Identity loss of one whole frame of each look in the batch."""
        looks = torch.unique(looks)
        pictures = []
        for k in looks:
            chunk, row = self.data.pick(self.rng, self.data.looks[k])
            pictures.append(to_rgb(*(chunk[plane][row] for plane in "yuv")))
        frames = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2) / 255.0
        with torch.autocast("cpu", torch.bfloat16):
            return identity_loss(self.encoder, frames, looks, self.portraits)

    def loop(self):
        limit, shown, saved, seen, mark = self.a.minutes * 60, time.time(), time.time(), 0, self.step
        while self.step < self.a.steps if self.a.steps else self.spent < min(limit, self.a.pause * 60):
            before = time.time()
            seen = seen + self.one(self.step / self.a.steps if self.a.steps else self.spent / limit)
            now = time.time()
            self.spent += now - before
            if now - shown > 30 or self.a.smoke:
                print(f"step {self.step}, {(limit - self.spent) / 60:.1f} min left, {self.data.refresh()} frames; luma edges chroma flow turn judge",
                      np.round(seen / (self.step - mark), 5), flush=True)
                seen, shown, mark = 0, now, self.step
            if now - saved > 120:
                self.save()
                saved = time.time()
            if self.a.smoke and self.step >= 3:
                break
        self.save()


def main(arguments=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("frames"), p.add_argument("out"), p.add_argument("minutes", type=float)
    p.add_argument("--start"), p.add_argument("--lr", type=float, default=1.5e-3), p.add_argument("--seed", type=int, default=0)
    p.add_argument("--adversary", choices=("none", "frame", "sequence"), default="none", help="sequence: the frame discriminator too")
    p.add_argument("--weight", type=float, default=.15, help="of the adversarial loss's gradient at the picture, relative to all the others'")
    p.add_argument("--lower", action="store_true", help="L1 on the lower half of the face alone, as Vougioukas et al.")
    p.add_argument("--deaf", action="store_true", help="without the voice's articulation, for the ablation")
    p.add_argument("--fresh-noise", action="store_true", help="a new noise image per step, for the ablation")
    p.add_argument("--pause", type=float, default=np.inf, help="minutes after which to stop for now, the schedule unchanged")
    p.add_argument("--steps", type=int, help="end after so many steps instead, however long they take")
    p.add_argument("--smoke", action="store_true", help="three steps")
    a = p.parse_args(arguments)
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    Trainer(a).loop()


if __name__ == "__main__":
    main()
