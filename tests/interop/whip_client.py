#!/usr/bin/python3
"""Calls a LiveAvatar server with aiortc and watches the same session: an independent WebRTC stack as a peer.

usage: whip_client.py SERVER VOICE.wav [--seconds 6] [--codec vp8|h264]

Prints one line of JSON: what the driver and the viewer decoded. Exit code 0 when the run finished (judging the numbers
is the caller's part), 3 when a package is missing, 1 on any other failure.
"""

import argparse
import asyncio
import fractions
import json
import sys
import time
import urllib.parse
import urllib.request
import wave

try:
    import numpy as np
    from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
    from aiortc.mediastreams import AudioStreamTrack, MediaStreamError
    from av import AudioFrame
except ImportError as error:
    print(f"a Python package is missing: {error}. Debian: apt-get install python3-aiortc", file=sys.stderr)
    sys.exit(3)

RATE = 48000
FRAME = RATE // 50  # aiortc's Opus encoder takes 20 ms


class Voice(AudioStreamTrack):
    """A WAV file as a microphone, in a loop and in real time."""

    def __init__(self, path):
        super().__init__()
        with wave.open(path) as file:
            if file.getnchannels() != 1 or file.getsampwidth() != 2 or RATE % file.getframerate():
                raise SystemExit(f"{path}: 16-bit mono at a divisor of {RATE} Hz is needed")
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
            self.samples = np.repeat(samples, RATE // file.getframerate())
        self.position = 0
        self.start = None

    async def recv(self):
        if self.readyState != "live":
            raise MediaStreamError
        self.start = self.start or time.monotonic()
        await asyncio.sleep(max(0, self.start + self.position / RATE - time.monotonic()))
        block = np.take(self.samples, range(self.position, self.position + FRAME), mode="wrap")
        frame = AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self.position, fractions.Fraction(1, RATE)
        self.position += FRAME
        return frame


class Watcher:
    """Decodes everything a track delivers and keeps what tells a real picture or sound from an empty one."""

    def __init__(self):
        self.size, self.frames, self.movement, self.contrast = None, 0, 0.0, 0.0
        self.sound_frames, self.loudest, self.first_frame, self.last_frame = 0, 0.0, None, None
        self.previous = None
        self.tasks = []

    def add(self, track):
        self.tasks.append(asyncio.ensure_future(self.video(track) if track.kind == "video" else self.audio(track)))

    async def video(self, track):
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            grey = frame.to_ndarray(format="gray").astype(np.float32)
            self.size = [frame.width, frame.height]
            self.frames += 1
            self.first_frame = self.first_frame or time.monotonic()
            self.last_frame = time.monotonic()
            self.contrast = float(grey.std())
            if self.previous is not None:
                self.movement += float(np.abs(grey - self.previous).mean())
            self.previous = grey

    async def audio(self, track):
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            self.sound_frames += 1
            level = np.abs(frame.to_ndarray().astype(np.float32)).max() / 32768
            self.loudest = max(self.loudest, float(level))

    def report(self):
        span = self.last_frame - self.first_frame if self.frames > 1 else 0
        return {
            "size": self.size,
            "frames": self.frames,
            "framesPerSecond": round((self.frames - 1) / span, 2) if span else 0,
            "movement": round(self.movement / max(1, self.frames - 1), 4),
            "contrast": round(self.contrast, 2),
            "soundFrames": self.sound_frames,
            "loudest": round(self.loudest, 4),
        }


def request(url, method, body=None):
    headers = {"Content-Type": "application/sdp"} if body else {}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=10) as response:
        return response.status, response.headers.get("Location"), response.read().decode()


async def connect(pc, endpoint):
    """Offers, takes the answer, waits for the connection; returns the resource's path."""
    loop = asyncio.get_running_loop()
    await pc.setLocalDescription(await pc.createOffer())
    status, location, answer = await loop.run_in_executor(None, request, endpoint, "POST", pc.localDescription.sdp.encode())
    if status != 201:
        raise SystemExit(f"{endpoint}: status {status}")
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    deadline = time.monotonic() + 10
    while pc.connectionState != "connected":
        if time.monotonic() > deadline or pc.connectionState in ("failed", "closed"):
            raise SystemExit(f"{endpoint}: connection {pc.connectionState}")
        await asyncio.sleep(0.02)
    return location


def peer(watcher, codec, voice=None):
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.on("track", watcher.add)
    if voice:
        pc.addTransceiver(voice, direction="sendonly")
    else:
        pc.addTransceiver("audio", direction="recvonly")
    video = pc.addTransceiver("video", direction="recvonly")
    codecs = RTCRtpReceiver.getCapabilities("video").codecs
    video.setCodecPreferences([c for c in codecs if c.mimeType.lower() in (f"video/{codec}", "video/rtx")])
    return pc


async def run(args):
    server = args.server.rstrip("/")
    driver_sees, viewer_sees = Watcher(), Watcher()
    driver = peer(driver_sees, args.codec, Voice(args.voice))
    viewer = peer(viewer_sees, args.codec)
    began = time.monotonic()
    try:
        location = await connect(driver, server + "/whip")
        connected = time.monotonic() - began
        session = urllib.parse.urlsplit(location).path.split("/")[2]  # /whip/{session}/{token}
        viewing = await connect(viewer, f"{server}/whep/{session}")
        await asyncio.sleep(args.seconds)
        report = {"connectedAfter": round(connected, 3), "session": session,
                  "driver": driver_sees.report(), "viewer": viewer_sees.report()}
        for resource in (viewing, location):
            url = resource if resource.startswith("http") else server + resource
            request(url, "DELETE")
    finally:
        await viewer.close()
        await driver.close()
    print(json.dumps(report))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server")
    parser.add_argument("voice")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--codec", choices=("vp8", "h264"), default="vp8")
    asyncio.run(run(parser.parse_args()))
