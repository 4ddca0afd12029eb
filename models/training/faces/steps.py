"""One training step of the face networks, on a GPU recorded once as a CUDA graph and then replayed."""
from contextlib import nullcontext

import torch

from losses import draw, identity_loss, losses

WARM_UP = 3           # steps before the recording: libraries choose their kernels, the optimiser makes its moments


def balance(total, other, at):
    """What to multiply `other` with so that its gradient at `at` is as long as that of `total`."""
    lengths = [torch.autograd.grad(loss, at, retain_graph=True)[0].norm() for loss in (total, other)]
    return (lengths[0] / (lengths[1] + 1e-12)).detach()


class Step:
    """Learns from one batch of the data; callable as (batch, frames of a run) -> the loss's parts, a tensor."""

    def __init__(self, trainer):
        self.trainer, self.graphs, self.count = trainer, {}, {}

    def __call__(self, batch, run):
        if self.trainer.device == "cpu" or self.graphs.get(run) == "none":
            return self.learn(batch, run)
        if run not in self.graphs:
            self.count[run] = self.count.get(run, 0) + 1
            if self.count[run] <= WARM_UP:
                return self._beside(batch, run)
            self._record(batch, run)
            if self.graphs[run] == "none":
                return self.learn(batch, run)
        graph, held, seen = self.graphs[run]
        copy(batch, held)
        graph.replay()
        return seen.clone()

    def _beside(self, batch, run):
        """A plain step on a stream of its own, as recording asks for."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            seen = self.learn(batch, run)
        torch.cuda.current_stream().wait_stream(stream)
        return seen

    def _record(self, batch, run):
        held = clone(batch)
        try:
            torch.cuda.synchronize()
            self._forget()
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                seen = self.learn(held, run)
            self.graphs[run] = graph, held, seen
        except RuntimeError as error:
            print(f"no CUDA graph for runs of {run} ({str(error).splitlines()[0]}): steps go on one kernel at a time", flush=True)
            torch.cuda.synchronize()
            self._forget()
            self.graphs[run] = "none"

    def _forget(self):
        """Drops gradients, so that the graph makes its own."""
        for p in self.trainer.weights + (list(self.trainer.adversary.nets.parameters()) if self.trainer.adversary else []):
            p.grad = None

    def learn(self, batch, run):
        t = self.trainer
        noise = torch.randn_like(t.decoder.face.noise) if t.a.fresh_noise else None
        low = lambda: torch.autocast(t.device, torch.bfloat16, cache_enabled=False)      # the weights stay float32; on a CPU 0.6 of the time
        judging = low if t.device == "cpu" else nullcontext      # on a GPU spectral norms do without autocast
        with low():
            drawn = draw(t.encoder, t.decoder, batch, t.portraits, noise, not t.a.deaf)
        drawn = {k: v.float() for k, v in drawn.items()}
        total, parts = losses(drawn, batch, t.portraits, t.a.lower)
        if "whole" in batch:
            with low():
                total = total + .02 * identity_loss(t.encoder, batch, t.portraits)
        judged = torch.zeros((), device=total.device)
        if t.adversary:
            with judging():
                fooled = t.adversary.fool(drawn, batch, t.portraits, run)
            total = total + t.a.weight * balance(total, fooled, drawn["y"]) * fooled
        t.optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(t.weights, 1.0)
        t.optimiser.step()
        if t.adversary:
            with judging():
                judged = t.adversary.learn(drawn, batch, t.portraits, run)
        return torch.cat([parts, judged[None].float()])


def clone(batch):
    return {k: tuple(x.clone() for x in v) if isinstance(v, tuple) else v.clone() for k, v in batch.items()}


def copy(batch, held):
    for k, v in batch.items():
        for new, old in zip(*((x if isinstance(x, tuple) else (x,)) for x in (v, held[k]))):
            old.copy_(new)
