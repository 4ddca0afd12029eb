"""Trains both face networks: python3 train.py FRAMES_FOLDER OUT_FOLDER MINUTES [--start CHECKPOINT] [--lr LR] [--heard]

Adam on L1 and gradient losses in YUV, weighted to mouth and eyes, plus the flow that the renderer knows. It trains on
windows of 160x160 pixels; everything up to a quarter of the resolution is computed whole.
"""
import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from frames import WINDOW, Frames
from looks import LOOKS, SHIPPED
from nets import GH, GW, FrameDecoder, IdentityEncoder, pixel_grid
from region import HEIGHT, WIDTH

BATCH = 6              # frames; three windows of each


def windows(x, corners, scale):
    """Cuts one window per (sample, y, x) out of x [samples or 1, c, h, w]; y, x and the size are in cells of `scale` pixels."""
    s = WINDOW * scale
    return torch.cat([x[i % len(x):i % len(x) + 1, :, y * scale:y * scale + s, c * scale:c * scale + s] for i, y, c in corners])


def losses(encoder, decoder, data, portraits, importance, grid):
    """Scalar loss and its parts for one batch."""
    kinds, which = torch.unique(data["look"], return_inverse=True)
    identity, _, skip_y, skip_uv, s16, s8, s4 = encoder(portraits[kinds])
    x, code, turn = decoder.features(data["motion"], data["context"], data["emotion"], data["noise_code"], identity[which], s16[which], s8[which], s4[which])
    corners = data["corner"]
    sample = torch.tensor([i for i, _, _ in corners])
    turn = windows(turn, corners, 1)
    y, uv, flow, _ = decoder.picture(windows(x, corners, 1), code[sample], turn, skip_y[which][sample], skip_uv[which][sample],
                                     windows(decoder.grid, corners, 4), windows(decoder.grid_half, corners, 2))
    home, inside = data["flow"][:, :2], data["flow"][:, 2:3]
    offset = (home - windows(grid, corners, 1)) * inside
    weight = F.grid_sample(importance[data["look"]][sample][:, None], (home * inside).permute(0, 2, 3, 1), align_corners=False)
    weight = 1 + (weight - 1) * inside
    flow_loss = ((flow - offset).abs() * (.2 + .8 * inside) * weight).mean()
    turn_loss = ((turn - offset).abs() * inside).mean()
    big = F.interpolate(weight, scale_factor=4.0, mode="nearest")
    luma = ((y - data["y"]).abs() * big).mean()
    dx = ((y[..., 1:] - y[..., :-1]) - (data["y"][..., 1:] - data["y"][..., :-1])).abs() * big[..., 1:]
    dy = ((y[..., 1:, :] - y[..., :-1, :]) - (data["y"][..., 1:, :] - data["y"][..., :-1, :])).abs() * big[..., 1:, :]
    chroma = ((uv - torch.cat([data["u"], data["v"]], 1)).abs() * F.interpolate(weight, scale_factor=2.0, mode="nearest")).mean()
    edges = dx.mean() + dy.mean()
    total = luma + 1.2 * edges + 1.5 * chroma + 4.0 * flow_loss + 2.0 * turn_loss
    return total, (luma.item(), edges.item(), chroma.item(), flow_loss.item(), turn_loss.item())


class Average:
    """Exponential moving average of weights; what is exported."""

    def __init__(self, nets):
        self.nets, self.values, self.steps = nets, [{k: v.clone() for k, v in n.state_dict().items()} for n in nets], 0

    def update(self):
        self.steps += 1
        decay = min(.995, self.steps / (self.steps + 20))
        for net, mean in zip(self.nets, self.values):
            for k, v in net.state_dict().items():
                mean[k].lerp_(v, 1 - decay) if v.is_floating_point() else mean[k].copy_(v)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("frames"), p.add_argument("out"), p.add_argument("minutes", type=float)
    p.add_argument("--start"), p.add_argument("--lr", type=float, default=1.5e-3), p.add_argument("--seed", type=int, default=0)
    p.add_argument("--heard", action="store_true", help="real contexts (frames with sound and bank.npz) in place of the stand-in")
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    folder = Path(a.frames)
    looks = [k for k in LOOKS if (folder / f"still_{k}.png").exists()]
    data = Frames(folder, looks, a.heard)
    encoder, decoder = IdentityEncoder(), FrameDecoder()
    with torch.no_grad():
        decoder.out.weight[40:42] *= .2
        decoder.turn[4].weight *= .2
        decoder.out.bias[24:40] = 1.5
    if a.start:
        state = torch.load(a.start, map_location="cpu")
        encoder.load_state_dict(state["encoder"]), decoder.load_state_dict(state["decoder"])
    grid = pixel_grid(GH, GW)
    nets = (encoder, decoder)
    for net in nets:
        net.to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=a.lr, betas=(.9, .98))
    average = Average(nets)
    start = shown = saved = time.time()
    step, mark, seen = 0, 0, np.zeros(5)
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    while (part := (time.time() - start) / (a.minutes * 60)) < 1:
        rate = a.lr * min(1, (step + 1) / 100) * (.03 + .97 * .5 * (1 + np.cos(np.pi * part)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        share = np.array([(.42 if k in SHIPPED else .16 / max(1, len(looks) - 2)) * bool(data.train[k]) for k in looks])
        batch = data.batch(rng, BATCH, share / share.sum())
        with torch.autocast("cpu", torch.bfloat16):       # half the time on a CPU with AMX; the weights stay float32
            total, parts = losses(encoder, decoder, batch, data.portraits, data.importance, grid)
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_([*encoder.parameters(), *decoder.parameters()], 1.0)
        optimiser.step()
        average.update()
        seen, step = seen + parts, step + 1
        if time.time() - shown > 30:
            print(f"{(time.time() - start) / 60:.1f} min, step {step}, luma edges chroma flow turn", np.round(seen / (step - mark), 5),
                  "frames", sum(map(len, data.train.values())), flush=True)
            seen, shown, mark = np.zeros(5), time.time(), step
        if time.time() - saved > 120:
            data.refresh()
            save(out, average, step)
            saved = time.time()
    save(out, average, step)


def save(out, average, step):
    torch.save({"encoder": average.values[0], "decoder": average.values[1], "step": step}, out / "last.tmp")
    (out / "last.tmp").rename(out / "last.pt")


if __name__ == "__main__":
    main()
