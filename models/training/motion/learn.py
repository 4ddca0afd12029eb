"""A training loop that stops on time, says how long it will take, and can go on where it stopped."""

import math
import os
import time

import torch

from common.paths import work

WARM_STEPS, FLOOR = 100, .04
SAY_EVERY, SAVE_EVERY = 30, 120  # seconds


def schedule(progress, step):
    """Learning-rate factor: linear warm-up, then half a cosine down to FLOOR."""
    return min(1, (step + 1) / WARM_STEPS) * (FLOOR + (1 - FLOOR) * .5 * (1 + math.cos(math.pi * min(1, progress))))


def save(name, content):
    """Writes work/motion/<name>.pt in one piece."""
    path = work("motion", name + ".pt")
    torch.save(content, path.with_suffix(".tmp"))
    os.replace(path.with_suffix(".tmp"), path)


def load(name):
    path = work("motion", name + ".pt")
    return torch.load(path, map_location="cpu") if path.exists() else None


def warm(model, weights):
    """Takes over the weights that fit by name and shape; returns the names that did not."""
    own = model.state_dict()
    fits = {k: v for k, v in weights.items() if k in own and own[k].shape == v.shape}
    model.load_state_dict(fits, strict=False)
    return sorted(set(own) - set(fits))


def train(name, model, loss_of, minutes, rate, against=None, decay=0.0, half_life=0):
    """Minimises loss_of(model) for `minutes` of wall clock, with the optimiser of an adversary in turns when `against` is given.

    loss_of returns (loss, {name: number}) or, with an adversary, (loss, loss of the adversary, {name: number}); numbers may be tensors. The
    checkpoint holds weights, optimisers and the seconds spent: a stopped run goes on, a finished one returns at once.
    With half_life (steps) the result is the running mean of the weights.
    """
    optimiser = torch.optim.AdamW(model.parameters(), rate, betas=(.9, .98), weight_decay=decay)
    rival = torch.optim.AdamW(against.parameters(), rate, betas=(.5, .98)) if against else None
    mean, device = {k: v.clone() for k, v in model.state_dict().items()}, next(model.parameters()).device
    spent, step, told = 0.0, 0, {}
    saved = load(name)
    if saved and "optimiser" in saved:
        model.load_state_dict(saved["raw"])
        optimiser.load_state_dict(saved["optimiser"])
        mean = {k: v.to(device) for k, v in saved["model"].items()}
        if rival and "rival" in saved:
            against.load_state_dict(saved["against"])
            rival.load_state_dict(saved["rival"])
        spent, step = saved["spent"], saved["step"]
    elif saved:
        print(name, "starts from earlier weights; new are", warm(model, saved["model"]))
        mean = {k: v.clone() for k, v in model.state_dict().items()}
    began = time.time() - spent
    said, kept = spent, spent

    def keep(seconds):
        state = {"model": mean if half_life else model.state_dict(), "raw": model.state_dict(), "optimiser": optimiser.state_dict(),
                 "spent": seconds, "step": step}
        if rival:
            state.update(against=against.state_dict(), rival=rival.state_dict())
        save(name, state)

    model.train()
    while (seconds := time.time() - began) < minutes * 60:
        factor = schedule(seconds / (minutes * 60), step)
        for group in (*optimiser.param_groups, *(rival.param_groups if rival else ())):
            group["lr"] = rate * factor
        loss, *other, parts = loss_of(model)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if rival:
            rival.zero_grad()
            other[0].backward()
            rival.step()
        step += 1
        if half_life:
            share = max(.5 ** (1 / half_life), 1 - 10 / (step + 10)) if step > 20 else 0
            with torch.no_grad():
                for key, value in model.state_dict().items():
                    mean[key] = mean[key].lerp(value, 1 - share) if value.is_floating_point() else value.clone()
        for key, value in parts.items():
            told[key] = value if key not in told else .97 * told[key] + .03 * value
        if seconds - said > SAY_EVERY:
            said = seconds
            print(f"{name}: {seconds:.0f} s of {minutes * 60:.0f}, {minutes * 60 - seconds:.0f} s left, step {step}:",
                  {k: round(float(v), 4) for k, v in told.items()}, flush=True)
        if seconds - kept > SAVE_EVERY:
            kept = seconds
            keep(seconds)
    keep(time.time() - began)
    print(f"{name}: done, {step} steps:", {k: round(float(v), 4) for k, v in told.items()}, flush=True)
    model.load_state_dict(mean if half_life else model.state_dict())
    return model.eval()
