"""Fits the decoder's turn alone to the flow that the renderer knows: python3 fit_turn.py RUN FRAMES_FOLDER [--steps 3000]

It is a small network of pose and identity, and a step costs a twentieth of a whole one: what would take the training an hour
to straighten out takes a minute here. It changes RUN/state.pt (and the averaged weights in it), with which train.py goes on.
"""
import argparse
import time
from pathlib import Path

import numpy as np
import torch

import train
from adversary import adam
from losses import Portraits, turn_losses
from nets import FLOW_SCALE, FrameDecoder, IdentityEncoder

BATCH = {"cpu": 24, "cuda": 64}


@torch.no_grad()
def settle(turn, codes, portraits):
    """Sets silhouette and room to the portraits' own, by least squares over their codes."""
    known = torch.cat([codes * .3, torch.ones_like(codes[:, :1])], 1)
    inverse = torch.linalg.pinv(known.double().cpu(), rcond=.01).to(codes)
    for net, wanted in ((turn.silhouette, portraits.silhouettes), (turn.room, portraits.rooms / FLOW_SCALE)):
        solved = inverse @ wanted.flatten(1)
        net.weight.copy_(solved[:-1].T), net.bias.copy_(solved[-1])


def fit(decoder, data, portraits, codes, steps, rate, minutes=np.inf, smoke=False):
    """The rate follows a cosine over `steps` or `minutes`, whatever ends first."""
    device = codes.device
    settle(decoder.turn, codes, portraits)
    optimiser = adam(decoder.turn.parameters(), rate, (.9, .98), device)
    rng, start, seen, shares = np.random.default_rng(17), time.time(), [], train.shares(data)
    for step in range(2 if smoke else steps):
        part = max(step / steps, (time.time() - start) / (60 * minutes))
        if part >= 1:
            break
        for group in optimiser.param_groups:
            now = float(rate * min(1, (step + 1) / 50) * (.01 + .99 * .5 * (1 + np.cos(np.pi * part))))
            group["lr"] = group["lr"].fill_(now) if torch.is_tensor(group["lr"]) else now
        look, motion, flow = data.flows(rng, BATCH[device.type], shares)
        pose = decoder.clamp(motion)[:, 52:]
        _, body, room, shape = decoder.turn(pose, codes[look])
        error, outline, rooms = turn_losses(body, room, shape, flow, look, portraits)
        optimiser.zero_grad(set_to_none=True)
        (error + .05 * outline + rooms).backward()
        optimiser.step()
        seen.append(torch.stack([error * 256, outline, rooms * 256]).detach())
        if step % 200 == 199:
            done = time.time() - start
            print(f"turn: step {step + 1}, {done:.0f} s; error (pixels), outline, room (pixels)", torch.stack(seen[-200:]).mean(0).cpu().numpy().round(3), flush=True)


def main(arguments=None, data=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("run", type=Path), p.add_argument("frames", type=Path)
    p.add_argument("--steps", type=int, default=3000), p.add_argument("--lr", type=float, default=2e-3), p.add_argument("--smoke", action="store_true")
    p.add_argument("--minutes", type=float, default=np.inf, help="end after so long, if that comes first")
    a = p.parse_args(arguments)
    torch.set_num_threads(1)
    device = train.device()
    state = torch.load(a.run / "state.pt", map_location="cpu")
    encoder, decoder = IdentityEncoder(), FrameDecoder()
    encoder.load_state_dict(state["nets"][0]), decoder.load_state_dict(state["nets"][1])
    encoder.to(device), decoder.to(device)
    data = data or train.frames(a.frames)
    portraits = Portraits(data, encoder, device)
    with torch.no_grad():
        codes = encoder.maps(portraits.rgb)[0]
    fit(decoder, data, portraits, codes, a.steps, a.lr, a.minutes, a.smoke)
    fitted = {"turn." + k: v.cpu() for k, v in decoder.turn.state_dict().items()}
    state["nets"][1].update(fitted), state["average"][1].update({k: v.clone() for k, v in fitted.items()})
    order = [id(p) for net in (encoder, decoder) for p in net.parameters()]
    for p in decoder.turn.parameters():            # their moments belong to other weights
        for kept in state["optimiser"]["state"].get(order.index(id(p)), {}).values():
            kept.zero_()
    torch.save(state, a.run / "state.tmp")
    (a.run / "state.tmp").rename(a.run / "state.pt")


if __name__ == "__main__":
    main()
