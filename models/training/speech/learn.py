"""A training loop that stops on time and can go on where it stopped."""

import math
import time

import torch

from common.paths import work


def warm_cosine(progress, step, warm=100, floor=.04):
    """Learning-rate factor: linear warm-up over `warm` steps, then half a cosine down to `floor`."""
    return min(1, (step + 1) / warm) * (floor + (1 - floor) * .5 * (1 + math.cos(math.pi * min(1, progress))))


def train(name, model, loss_of, minutes, rate, report=None, save_every=240, decay=.02):
    """Minimises loss_of(model) for `minutes` of wall clock.

    loss_of returns (loss, {name: number}). A checkpoint work/speech/<name>.pt holds weights, optimiser and the seconds
    spent, so that a stopped run goes on; a run with no minutes left returns at once.
    """
    path = work("speech", name + ".pt")
    optimiser = torch.optim.AdamW(model.parameters(), rate, betas=(.9, .98), weight_decay=decay)
    spent, step, mean = 0.0, 0, {}
    if path.exists():
        saved = torch.load(path)
        model.load_state_dict(saved["model"])
        if "optimiser" in saved:  # the committed checkpoints carry weights alone
            optimiser.load_state_dict(saved["optimiser"])
        spent, step = saved["spent"], saved["step"]
    began, saved_at = time.time() - spent, spent

    def save(seconds):
        torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "spent": seconds, "step": step}, path)

    model.train()
    while (seconds := time.time() - began) < minutes * 60:
        for group in optimiser.param_groups:
            group["lr"] = rate * warm_cosine(seconds / (minutes * 60), step)
        loss, parts = loss_of(model)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        for key, value in parts.items():
            mean[key] = value if key not in mean else .97 * mean[key] + .03 * value
        if seconds - saved_at > save_every:
            saved_at = seconds
            save(seconds)
            extra = report(model) if report else ""
            model.train()
            print(f"{name} {seconds:.0f} s, step {step}:", {k: round(v, 4) for k, v in mean.items()}, extra, flush=True)
    save(time.time() - began)
    model.eval()
    return model
