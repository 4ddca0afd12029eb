"""A training loop that stops on time and can go on where it stopped."""

import json
import math
import os
import signal
import sys
import time
from pathlib import Path

import torch

from common.device import DEVICE, LARGE
from common.paths import work

SMOOTH, SMOOTH_EVERY = .98, 5  # the smoothed weights look back about 250 steps
COUNTED_EVERY = 10  # steps; the means of the losses take in one step of so many
WARM, SAVE_EVERY, DECAY = (300, 30, .05) if LARGE else (100, 240, .02)  # steps, seconds, weight decay


def warm_cosine(progress, step, warm=WARM, floor=.04):
    """Learning-rate factor: linear warm-up over `warm` steps, then half a cosine down to `floor`."""
    return min(1, (step + 1) / warm) * (floor + (1 - floor) * .5 * (1 + math.cos(math.pi * min(1, progress))))


def save(path, content):
    """Whole or not at all: others read checkpoints while they are renewed."""
    torch.save(content, path.with_suffix(".part"))
    os.replace(path.with_suffix(".part"), path)


def save_json(path, content):
    """The same for numbers; every number rounded to 4 digits."""
    def plain(v):
        return {k: plain(x) for k, x in v.items()} if isinstance(v, dict) else v if isinstance(v, (str, list)) else round(float(v), 4)

    path.with_suffix(".part").write_text(json.dumps(plain(content), indent=1) + "\n")
    os.replace(path.with_suffix(".part"), path)


def finite(weights):
    return all(bool(torch.isfinite(v).all()) for v in weights.values())


def train(name, model, loss_of, minutes, rate, report=None, pause=None, save_every=SAVE_EVERY):
    """Minimises loss_of(model) for `minutes` of wall clock and leaves the smoothed weights in the model; `pause` stops it earlier.

    loss_of returns (loss, {name: number or tensor}). Checkpoint work/speech/<name>.run.pt holds weights, optimiser and the seconds spent,
    so that a stopped run goes on; work/speech/<name>.pt holds the smoothed weights, for whoever reads them, and is copied to the folder
    LIVEAVATAR_OUT if that is set. A run with no minutes left returns at once. Where weights have come to be no numbers, it goes on from the last
    checkpoint, at half the rate.
    """
    path, out = work("speech", name + ".run.pt"), work("speech", name + ".pt")
    optimiser = torch.optim.AdamW(model.parameters(), rate, betas=(.9, .98), weight_decay=DECAY, **({"fused": True} if LARGE else {}))
    spent, step, mean = 0.0, 0, {}
    smooth = {k: v.detach().clone() for k, v in model.state_dict().items()}
    if path.exists():
        saved = torch.load(path, map_location=DEVICE)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        smooth, spent, step = saved["smooth"], saved["spent"], saved["step"]
    began, saved_at = time.time() - spent, spent

    def keep(seconds):
        save(path, {"model": model.state_dict(), "smooth": smooth, "optimiser": optimiser.state_dict(), "spent": seconds, "step": step})
        content = {"model": {k: v.cpu() for k, v in smooth.items()}, "spent": seconds, "step": step}
        for place in filter(None, (out, os.environ.get("LIVEAVATAR_OUT") and Path(os.environ["LIVEAVATAR_OUT"], name + ".pt"))):
            save(place, content)

    def tell(seconds):
        print(f"{name} {seconds:.0f} s, {max(0, minutes * 60 - seconds):.0f} s left, step {step}:",
              {k: round(float(v), 4) for k, v in mean.items()}, report(smooth) if report else "", flush=True)

    model.train()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(keep(time.time() - began)))  # a stopped run loses nothing
    while (seconds := time.time() - began) < min(pause or minutes, minutes) * 60:
        for group in optimiser.param_groups:
            group["lr"] = rate * warm_cosine(seconds / (minutes * 60), step)
        loss, parts = loss_of(model)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        if step % SMOOTH_EVERY == 0:
            share = min(SMOOTH, step / (step + 10 * SMOOTH_EVERY))
            for key, value in model.state_dict().items():
                smooth[key].lerp_(value, 1 - share) if value.is_floating_point() else smooth[key].copy_(value)
        if step % COUNTED_EVERY == 1:
            for key, value in parts.items():
                value = value.detach() if torch.is_tensor(value) else value
                mean[key] = value if key not in mean else .9 * mean[key] + .1 * value
        if seconds - saved_at > save_every:
            saved_at = seconds
            if not finite(smooth) and path.exists():
                saved, rate, mean = torch.load(path, map_location=DEVICE), rate / 2, {}
                model.load_state_dict(saved["model"])
                optimiser.load_state_dict(saved["optimiser"])
                smooth = saved["smooth"]
                print(f"{name} {seconds:.0f} s: no numbers any more; back to step {saved['step']}, rate {rate}", flush=True)
                continue
            keep(seconds)
            tell(seconds)
            model.train()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if finite(smooth) or not path.exists():
        keep(time.time() - began)
    if mean:
        tell(time.time() - began)
    model.load_state_dict(smooth)
    return model.eval()
