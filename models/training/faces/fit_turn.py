"""Fits the decoder's turning flow alone to the flow that the renderer knows: python3 fit_turn.py RUN FRAMES_FOLDER [--steps 3000]

It is a small network of pose and identity, and a step costs a twentieth of a whole one: what would take the training an hour
to straighten out takes a minute here. It changes RUN/state.pt (and the averaged weights in it), with which train.py goes on.
"""
import argparse
import time
from pathlib import Path

import numpy as np
import torch

from frames import Frames
from losses import GRID
from looks import LOOKS
from nets import FLOW_SCALE, TURN, FrameDecoder, IdentityEncoder, up

BATCH = 24


def sample(data, rng, codes):
    """(pose and identity [n, 56], offset [n, 2, 128, 128], weight [n, 1, 128, 128]) of random frames of all looks."""
    looks = [k for k in data.looks if data.train[k]]
    rows = [(data.looks.index(k), *data.pick(rng, k)) for k in rng.choice(looks, BATCH)]
    motion = torch.from_numpy(np.stack([c["motion"][r] for _, c, r in rows])).float()
    flow = torch.from_numpy(np.stack([c["flow"][r] for _, c, r in rows]).astype(np.float32)).permute(0, 3, 1, 2)
    inside = flow[:, 2:3]
    return motion, codes[[k for k, _, _ in rows]], (flow[:, :2] - GRID) * inside, .3 + .7 * inside


def fit(decoder, data, codes, steps, rate, smoke=False):
    optimiser = torch.optim.Adam(decoder.turn.parameters(), lr=rate, betas=(.9, .98))
    rng, start, seen = np.random.default_rng(17), time.time(), []
    for step in range(2 if smoke else steps):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 50) * (.01 + .99 * .5 * (1 + np.cos(np.pi * step / steps)))
        motion, identity, offset, weight = sample(data, rng, codes)
        with torch.no_grad():
            pose = decoder.clamp(motion)[:, 52:]
        turn = decoder.turn(torch.cat([pose, identity * .3], 1)).reshape(-1, 2, TURN, TURN) * FLOW_SCALE
        loss = ((up(turn, "bilinear") - offset).abs() * weight).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        seen.append(float(loss.detach()))
        if step % 200 == 199:
            done = time.time() - start
            print(f"turn: step {step + 1}, {done / (step + 1) * (steps - step - 1):.0f} s left, error {np.mean(seen[-200:]) * 256:.3f} pixels", flush=True)


def main(arguments=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("run", type=Path), p.add_argument("frames", type=Path)
    p.add_argument("--steps", type=int, default=3000), p.add_argument("--lr", type=float, default=2e-3), p.add_argument("--smoke", action="store_true")
    a = p.parse_args(arguments)
    torch.set_num_threads(1)
    state = torch.load(a.run / "state.pt", map_location="cpu")
    encoder, decoder = IdentityEncoder(), FrameDecoder()
    encoder.load_state_dict(state["nets"][0]), decoder.load_state_dict(state["nets"][1])
    data = Frames(a.frames, [k for k in LOOKS if (a.frames / f"still_{k}.png").exists()])
    with torch.no_grad():
        codes = encoder.maps(data.portraits)[0]
    fit(decoder, data, codes, a.steps, a.lr, a.smoke)
    fitted = {"turn." + k: v for k, v in decoder.turn.state_dict().items()}
    state["nets"][1].update(fitted), state["average"][1].update({k: v.clone() for k, v in fitted.items()})
    order = [id(p) for net in (encoder, decoder) for p in net.parameters()]
    for p in decoder.turn.parameters():            # their moments belong to other weights
        state["optimiser"]["state"].pop(order.index(id(p)), None)
    torch.save(state, a.run / "state.tmp")
    (a.run / "state.tmp").rename(a.run / "state.pt")


if __name__ == "__main__":
    main()
