#!/usr/bin/python3
"""Steers a call over gRPC while it runs and measures when the picture shows it: aiortc drives and watches, grpcio steers.

usage: steering_client.py SERVER GRPC_HOST:PORT DESCRIPTORS [--commands 10]

The driver is silent and the head and eyes are held, so the face hardly moves by itself. Each command jumps between a strong
emotion and none; the picture shows it when the mouth of a decoded frame differs from that of the frame before the command by
clearly more than idling did. (Only the mouth: eyes blink by themselves.)
Prints one line of JSON. Exit code 0 when the run finished (judging the numbers is the caller's part), 3 when a package
is missing, 1 on any other failure.
"""

import argparse
import asyncio
import json
import sys
import time
import urllib.parse

from whip_client import FRAME, RATE, Voice, Watcher, connect, peer, request

try:
    import grpc
    import numpy as np
    from aiortc.mediastreams import MediaStreamError
except ImportError as error:
    print(f"a Python package is missing: {error}. Debian: apt-get install python3-aiortc python3-grpcio python3-protobuf", file=sys.stderr)
    sys.exit(3)

from grpc_table import messages

SETTLE = 1.5  # seconds for a jump to pass and for the face to idle again
MOUTH = np.s_[256:352, 192:320]  # rows and columns of the presenter's 512 x 512 picture
VISIBLE = 2.0  # grey levels, mean over the mouth, beyond idling
LIMIT = 2.0  # seconds after which a command that shows nothing has failed


class Silence(Voice):
    """A microphone that hears nothing."""

    def __init__(self):
        super(Voice, self).__init__()
        self.samples = np.zeros(FRAME, np.int16)
        self.position, self.start = 0, None


class Screen(Watcher):
    """Keeps the last two seconds of pictures with the time each was decoded, its mouth alone."""

    def __init__(self):
        super().__init__()
        self.shown = []

    async def video(self, track):
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            now = time.monotonic()
            self.frames += 1
            self.first_frame = self.first_frame or now
            self.last_frame = now
            self.shown = [*self.shown[-50:], (now, frame.to_ndarray(format="gray")[MOUTH].astype(np.float32))]


def difference(a, b):
    return float(np.abs(a - b).mean())


async def jump(screen, send):
    """Sends a command; how long until the picture shows it, in ms."""
    before = screen.shown[-1][1]
    idling = max(difference(before, picture) for _, picture in screen.shown[-15:-1])  # over 0.6 s
    sent = time.monotonic()
    effect = await send()
    while time.monotonic() - sent < LIMIT:
        for at, picture in screen.shown:
            if at > sent and difference(before, picture) > idling + VISIBLE:
                return (at - sent) * 1000, effect
        await asyncio.sleep(0.002)
    raise SystemExit(f"a command changed nothing within {LIMIT} s; idling makes {idling:.2f}, it made "
                     f"{difference(before, screen.shown[-1][1]):.2f}")


async def run(args):
    message = messages(args.descriptors)
    Request, Response = message("liveavatar.v1.SteerRequest"), message("liveavatar.v1.SteerResponse")
    screen, server = Screen(), args.server.rstrip("/")
    driver = peer(screen, "vp8", Silence())
    try:
        location = await connect(driver, server + "/whip?autoEmotion=0")
        _, _, session, secret = urllib.parse.urlsplit(location).path.split("/")
        async with grpc.aio.insecure_channel(args.grpc) as channel:
            steer = channel.stream_stream("/liveavatar.v1.ControlService/Steer", Request.SerializeToString, Response.FromString)
            stream = steer(metadata=[("authorization", f"Bearer {secret}")])

            async def command(number, **fields):
                began = time.monotonic()
                await stream.write(Request(session=session, id=number, command={"ramp": {"duration": {}}, **fields}))
                answer = await stream.read()
                if answer.id != number or answer.WhichOneof("result") != "effect":
                    raise SystemExit(f"command {number} was answered with {answer}")
                return {"frame": answer.effect.frame, "answerMs": (time.monotonic() - began) * 1000}

            await command(1, pose={"weight": 1})
            await command(2, gaze={"weight": 1})
            await asyncio.sleep(2 * SETTLE)
            latencies, effects = [], []
            for number in range(3, args.commands + 3):
                emotion = {"named": {"happy": 1.0}} if number % 2 else {}
                latency, effect = await jump(screen, lambda: command(number, emotion=emotion))
                latencies.append(latency)
                effects.append(effect)
                await asyncio.sleep(SETTLE)
            await stream.done_writing()
            code = await stream.code()
        span = screen.last_frame - screen.first_frame
        print(json.dumps({
            "latenciesMs": [round(value, 1) for value in latencies],
            "answersMs": [round(effect["answerMs"], 1) for effect in effects],
            "frames": [effect["frame"] for effect in effects],
            "framesPerSecond": round((screen.frames - 1) / span, 2),
            "status": code.name,
        }))
        request(server + location if location.startswith("/") else location, "DELETE")
    finally:
        await driver.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server")
    parser.add_argument("grpc")
    parser.add_argument("descriptors")
    parser.add_argument("--commands", type=int, default=10)
    asyncio.run(run(parser.parse_args()))
