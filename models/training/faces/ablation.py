"""The papers' ablations on our data: python3 ablation.py START FRAMES_FOLDER WORK OUT.json [--steps 300] [--look NAME]

Every row goes on from the same checkpoint START for the same number of steps; what is learnt differs:
  l1         L1 on the lower half of the face alone (Vougioukas et al. 2018)     deaf    l1 without the voice's articulation (READ Avatars)
  frame      l1 with the frame discriminator                                     fresh   l1 with a new noise image per step (DAE-Talker has one for all)
  sequence   l1 with both discriminators
WORK holds each row's run, resumable. Pictures are judged on held-out frames, mouths on teacher renders of oo, l and uh
in four head poses (made here), blinks on 20 s of the teacher's motion that nothing was trained on, with the head held still.
"""
import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

import networks
import train
from frames import Frames, where
from looks import SHIPPED
from metrics import box, flicker, planes, psnr
from poses import performance
from score import compare

ROWS = {"l1": ["--lower"], "frame": ["--lower", "--adversary", "frame"], "sequence": ["--lower", "--adversary", "sequence"],
        "deaf": ["--lower", "--deaf"], "fresh": ["--lower", "--fresh-noise"]}
SOUNDS = {"oo": (dict(mouthFunnel=.5, mouthPucker=.45, jawOpen=.12), (0, 0, .4)), "l": (dict(jawOpen=.26, mouthUpperUp=.15, mouthLowerDown=.2), (1, .1, 0)),
          "uh": (dict(jawOpen=.34, mouthUpperUp=.15, mouthLowerDown=.2), (0, 0, .15))}
HEADS = np.array([(0, 0, 0, 0, 0, 0), (.12, .03, 0, 0, 0, 0), (-.12, 0, .04, 0, 0, 0), (0, .08, -.04, 0, 0, .02)], np.float32)
INTERIOR = 72, 44                    # pixels around the mouth's middle


def sounds():
    """Rows of motion and tongue: each sound in each head pose."""
    motion, tongue = np.zeros((len(SOUNDS) * len(HEADS), 58), np.float32), []
    for i, (shapes, curve) in enumerate(SOUNDS.values()):
        for j, head in enumerate(HEADS):
            row = motion[i * len(HEADS) + j]
            for name, value in shapes.items():
                for full in (name, name + "Left", name + "Right"):
                    if full in networks.INDEX:
                        row[networks.INDEX[full]] = value
            row[-6:] = head
            tongue.append(curve)
    return dict(motion=motion, tongue=np.array(tongue, np.float32), emotion=np.zeros((len(motion), 7), np.float32))


def mouth_errors(encoder, decoder, portrait, marks, rows, truth):
    """Mean absolute luma error inside the mouth, per sound."""
    drawn = networks.frames(encoder, decoder, portrait, networks.inputs(decoder, rows))
    errors = []
    for r, frame in enumerate(drawn):
        place = box(where(truth["flow"][r], marks["mouth"]), *INTERIOR)
        errors.append(np.abs(planes(frame)[0][place].astype(float) - truth["y"][r][place]).mean())
    return dict(zip(SOUNDS, np.round(np.reshape(errors, (len(SOUNDS), -1)).mean(1), 3).tolist()))


def blinks(encoder, decoder, portrait, marks, motion, emotion, tongue):
    """Blinks per second seen in the pixels, and commanded: an eye that is nearer to its closed picture than to its open one."""
    motion = motion.copy()
    motion[:, -6:] = 0
    shut = np.zeros((2, 58), np.float32)
    shut[1, [networks.INDEX["eyeBlinkLeft"], networks.INDEX["eyeBlinkRight"]]] = 1
    rows = dict(motion=np.concatenate([shut, motion]), tongue=np.concatenate([tongue[:2] * 0, tongue]), emotion=np.concatenate([emotion[:2] * 0, emotion]))
    drawn = networks.frames(encoder, decoder, portrait, networks.inputs(decoder, rows))
    eye = np.array(marks["eyes"][0])
    place = box(((eye[1] + 1) * 64 - .5, (eye[0] + 1) * 64 - .5), 44, 24)
    place = tuple(slice(int(s.start), int(s.stop)) for s in place)
    eyes = np.stack([planes(f)[0][place].astype(float).ravel() for f in drawn])
    towards = eyes[1] - eyes[0]
    shutness = (eyes[2:] - eyes[0]) @ towards / (towards @ towards)
    count = lambda x: int(((x[1:] > .5) & (x[:-1] <= .5)).sum())
    seconds = len(motion) / 25
    lids = motion[:, networks.INDEX["eyeBlinkLeft"]]
    return {"blinksPerSecond": round(count(shutness) / seconds, 3), "blinksAsked": round(count(lids) / seconds, 3)}


@torch.no_grad()
def silence(encoder, decoder, portrait, frames=12):
    """Flicker (levels of luma, root mean square) of a face at rest, as trained and with a new noise image per frame."""
    device = decoder.listen.device
    skips, zero = encoder(portrait[None].to(device)), [torch.zeros(1, n, device=device) for n in (58, 3, 7, 10)]
    generator = torch.Generator().manual_seed(1)
    draw = lambda noise: planes(decoder.draw(*zero, *skips, noise)[0].cpu().numpy())[0]
    fixed = np.stack([draw(None) for _ in range(frames)])
    fresh = np.stack([draw(torch.randn(decoder.face.noise.shape, generator=generator).to(device)) for _ in range(frames)])
    return {"flickerFixedNoise": round(flicker(fixed), 4), "flickerFreshNoise": round(flicker(fresh), 4)}


def judge(checkpoint, data, look, rows, truth, still, deaf=False):
    """Everything measured of one row; deaf: its decoder was trained without articulation, so it is given none."""
    encoder, decoder = networks.load(checkpoint, device=train.device())
    if deaf:
        decoder.listen.zero_()
    out, scores = {}, []
    for k, name in enumerate(data.looks):
        held = {n: v[::4] for n, v in data.held_out[name].items()}
        drawn = networks.frames(encoder, decoder, data.portraits[k], networks.inputs(decoder, held))
        scores += [compare(f, held, r, data.marks[name]) for r, f in enumerate(drawn)]
    for name in ("facePsnr", "faceSsim", "sharpness", "mouthPsnr", "mouthSsim", "mouthSharpness"):
        out[name] = round(float(np.mean([s[name] for s in scores])), 4)
    portrait, marks = data.portraits[data.looks.index(look)], data.marks[look]
    out.update(mouthError=mouth_errors(encoder, decoder, portrait, marks, rows, truth), **blinks(encoder, decoder, portrait, marks, *still),
               **silence(encoder, decoder, portrait))
    return out


def truth(frames, look):
    """The teacher's sounds: the arrays of frames/sounds_<look>.npz, drawn where they are missing."""
    path = Path(frames) / f"sounds_{look}.npz"
    if not path.exists():
        from data import draw
        from render import Renderer
        rows = sounds()
        np.savez(path, **draw(Renderer(look), rows["motion"], rows["tongue"]))
    return dict(np.load(path))


def compare_rows(start, frames, work, out, steps=None, look=SHIPPED[0], seconds=20, minutes=np.inf, data=None, chosen=ROWS):
    """Trains and judges each row; writes the report after each. Rows that would begin after `minutes` are left out."""
    held = Frames(frames, [k for k in SHIPPED if any(Path(frames).glob(f"chunk_{k}_001.npz"))])
    still, begin = performance(np.random.default_rng(987654), seconds), time.time()
    judged = lambda path, deaf=False: judge(path, held, look, sounds(), truth(frames, look), still, deaf)
    report = {"stepsEach": steps, "start": judged(start)}
    for name in chosen:
        if time.time() - begin > 60 * minutes:
            break
        train.main([str(frames), str(work / name), "60", "--steps", str(steps), "--start", str(start), "--lr", "4e-4", "--every", "1000", *ROWS[name]], data)
        report[name] = judged(work / name / "last.pt", name == "deaf")
        print(name, report[name], flush=True)
        out.with_suffix(".tmp").write_text(json.dumps(report, indent=2) + "\n")
        out.with_suffix(".tmp").rename(out)
    return report


def main(arguments=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("start"), p.add_argument("frames", type=Path), p.add_argument("work", type=Path), p.add_argument("out", type=Path)
    p.add_argument("--steps", type=int, default=300), p.add_argument("--look", default=SHIPPED[0]), p.add_argument("--seconds", type=int, default=20)
    a = p.parse_args(arguments)
    torch.set_num_threads(1)
    compare_rows(a.start, a.frames, a.work, a.out, a.steps, a.look, a.seconds)


if __name__ == "__main__":
    main()
