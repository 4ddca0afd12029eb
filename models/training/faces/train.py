"""Trains both face networks: python3 train.py FRAMES_FOLDER OUT_FOLDER MINUTES [options, see --help]

Adam on the losses of losses.py; the rate follows a cosine over MINUTES. It goes on where OUT_FOLDER/state.pt stopped;
OUT_FOLDER/last.pt is what to export: the averaged weights. On a GPU the frames live in its memory and a step is one CUDA graph.
"""
import argparse
import time
from pathlib import Path

import numpy as np
import torch

import networks
from adversary import Adversary, adam
from frames import Frames
from judge import Judge
from looks import LOOKS, SHIPPED
from losses import Portraits
from nets import FrameDecoder, IdentityEncoder
from resident import Resident
from steps import Step

RUN = 6                # frames of the runs that the sequence discriminator is fed
BATCH = {"cpu": 6, "cuda": 48}       # frames per step, three windows of each
RATE = {"cpu": 1.5e-3, "cuda": 1e-3}
SHIPPED_SHARE = .88    # of the frames show shipped presenters, evenly; the rest shows the others


def device():
    return "cuda" if torch.cuda.is_available() else "cpu"


def frames(folder, where=None):
    """The frames of every look that has a portrait in `folder`; their chunks may come later."""
    folder, where = Path(folder), where or device()
    looks = [k for k in LOOKS if (folder / f"still_{k}.png").exists()]
    return Frames(folder, looks) if where == "cpu" else Resident(folder, looks, where)


class Average:
    """Exponential moving average of weights; what is exported."""

    def __init__(self, nets):
        self.nets, self.values, self.steps = nets, [{k: v.clone() for k, v in n.state_dict().items()} for n in nets], 0

    @torch.no_grad()
    def update(self):
        self.steps += 1
        decay = min(.998, self.steps / (self.steps + 20))
        for net, mean in zip(self.nets, self.values):
            weights = dict(net.named_parameters())
            means = [mean[k] for k in weights]
            torch._foreach_mul_(means, decay)
            torch._foreach_add_(means, [w.detach() for w in weights.values()], alpha=1 - decay)


def shares(data):
    """Probability of each look that has frames."""
    shipped = [k in SHIPPED and bool(data.train[k]) for k in data.looks]
    others = [k not in SHIPPED and bool(data.train[k]) for k in data.looks]
    part = np.array(shipped) * SHIPPED_SHARE / max(1, sum(shipped)) + np.array(others) * (1 - SHIPPED_SHARE) / max(1, sum(others))
    return part / part.sum()


class Trainer:
    def __init__(self, a, data=None):
        self.a, self.out, self.device = a, Path(a.out), device()
        self.out.mkdir(parents=True, exist_ok=True)
        self.data = data or frames(a.frames)
        self.nets = self.encoder, self.decoder = IdentityEncoder(), FrameDecoder()
        if a.start:
            networks.restore(self.nets, torch.load(a.start, map_location="cpu"))
        for net in self.nets:
            net.to(self.device, memory_format=torch.channels_last)
        self.weights = [p for net in self.nets for p in net.parameters()]
        self.rate = a.lr or RATE[self.device]
        self.optimiser = adam(self.weights, self.rate, (.9, .98), self.device)
        self.average, self.step, self.spent = Average(self.nets), 0, 0.0
        self.adversary = Adversary(sequence=a.adversary == "sequence", device=self.device) if a.adversary != "none" else None
        self.resume()
        self.portraits = Portraits(self.data, self.encoder, self.device)
        self.rng = np.random.default_rng([a.seed, self.step])
        self.steps = Step(self)
        self.judge = Judge(self.data, self.device)

    def resume(self):
        path = self.out / "state.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=self.device)
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
        kept = [self.out / "last.pt", *([self.a.keep] if self.a.keep else [])]
        for path, what in ((self.out / "state.pt", state), *((p, self.last()) for p in kept)):
            torch.save(what, path.with_suffix(".tmp"))
            path.with_suffix(".tmp").rename(path)

    def last(self):
        encoder, decoder = ({k: v.cpu() for k, v in values.items()} for values in self.average.values)
        return dict(encoder=encoder, decoder=decoder, step=self.step)

    def one(self, part):
        """One step at `part` (0..1) of the schedule; the loss's parts and the discriminators' loss, a tensor."""
        rate = float(self.rate * min(1, (self.step + 1) / self.a.warm) * (.02 + .98 * .5 * (1 + np.cos(np.pi * part))))
        for group in self.optimiser.param_groups:
            if torch.is_tensor(group["lr"]):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate
        run = self.data.longest_run(RUN) if self.a.adversary == "sequence" and self.step % 2 else 1
        whole = self.device != "cpu" or self.step % 3 == 0
        batch = self.data.batch(self.rng, self.a.batch or BATCH[self.device], shares(self.data), run=run, whole=whole)
        seen = self.steps(batch, run)
        self.average.update()
        self.step += 1
        return seen

    def loop(self):
        limit, shown, saved, seen, mark = self.a.minutes * 60, time.time(), time.time(), 0, self.step
        while self.step < self.a.steps if self.a.steps else self.spent < min(limit, self.a.pause * 60):
            before = time.time()
            seen = seen + self.one(self.step / self.a.steps if self.a.steps else min(1, self.spent / limit))
            if self.device != "cpu" and self.step % 10 == 0:
                torch.cuda.synchronize()
            now = time.time()
            self.spent += now - before
            if now - shown > self.a.every or self.a.smoke:
                count, parts = self.data.refresh(), np.round((seen / (self.step - mark)).cpu().numpy(), 5)
                print(f"step {self.step}, {(limit - self.spent) / 60:.1f} min left, {count} frames, {(self.step - mark) / (now - shown):.1f}/s; "
                      f"luma edges chroma flow turn outline judge {parts} {self.judge(self.average.values)}", flush=True)
                self.spent += time.time() - now
                seen, shown, mark = 0, time.time(), self.step
            if now - saved > (120 if self.device == "cpu" else 30):
                self.save()
                saved = time.time()
            if self.a.smoke and self.step >= 3:
                break
        self.save()


def main(arguments=None, data=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("frames"), p.add_argument("out"), p.add_argument("minutes", type=float)
    p.add_argument("--start"), p.add_argument("--lr", type=float), p.add_argument("--seed", type=int, default=0), p.add_argument("--batch", type=int)
    p.add_argument("--warm", type=int, default=100, help="steps over which the rate rises")
    p.add_argument("--adversary", choices=("none", "frame", "sequence"), default="none", help="sequence: the frame discriminator too")
    p.add_argument("--weight", type=float, default=.15, help="of the adversarial loss's gradient at the picture, relative to all the others'")
    p.add_argument("--lower", action="store_true", help="L1 on the lower half of the face alone, as Vougioukas et al.")
    p.add_argument("--deaf", action="store_true", help="without the voice's articulation, for the ablation")
    p.add_argument("--fresh-noise", action="store_true", help="a new noise image per step, for the ablation")
    p.add_argument("--pause", type=float, default=np.inf, help="minutes after which to stop for now, the schedule unchanged")
    p.add_argument("--steps", type=int, help="end after so many steps instead, however long they take")
    p.add_argument("--every", type=float, default=30, help="seconds between two lines of progress")
    p.add_argument("--keep", type=Path, help="another place for last.pt")
    p.add_argument("--smoke", action="store_true", help="three steps")
    a = p.parse_args(arguments)
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    torch.backends.cudnn.benchmark = torch.backends.cuda.matmul.allow_tf32 = True
    Trainer(a, data).loop()


if __name__ == "__main__":
    main()
