"""Recordings as Opus packets in arrays: small enough to travel, in step with their labels."""

import struct

import numpy as np

from common.motion import SAMPLE_RATE
from speech.opus import PACKET, OpusCall

CHUNK = 60 * SAMPLE_RATE  # long sound is cut into recordings of this length, which can be decoded side by side
KEYS = ("bytes", "sizes", "counts", "skip", "samples")  # per file; per packet; per recording: packets, samples to drop, samples to keep


def arrays(recordings):
    """[(packets, samples to drop, samples to keep)] -> {KEYS: array}."""
    packets = [p for ps, _, _ in recordings for p in ps]
    return {"bytes": np.frombuffer(b"".join(packets), np.uint8), "sizes": np.array([len(p) for p in packets], np.uint16),
            "counts": np.array([len(ps) for ps, _, _ in recordings]), "skip": np.array([s for _, s, _ in recordings]),
            "samples": np.array([n for _, _, n in recordings])}


def recordings(z):
    """The inverse of `arrays`."""
    ends = np.cumsum(z["sizes"].astype(np.int64))
    content, starts, at = z["bytes"].tobytes(), ends - z["sizes"], 0
    for count, skip, samples in zip(z["counts"], z["skip"], z["samples"]):
        yield [content[a:b] for a, b in zip(starts[at:at + count], ends[at:at + count])], int(skip), int(samples)
        at += count


def coded(x, bits_per_second, complexity=2):
    """int16 of any length -> recordings of CHUNK."""
    out = []
    for k in range(0, len(x), CHUNK):
        call, part = OpusCall(complexity), x[k:k + CHUNK]
        out.append((list(call.packets(part, bits_per_second)), call.delay, len(part)))
    return out


def heard(recording):
    """A recording -> int16."""
    packets, skip, samples = recording
    return OpusCall().hear(packets)[skip:skip + samples]


def of_ogg(path):
    """The recording in an Ogg Opus file whose packets last 20 ms."""
    content, at, packets, part = path.read_bytes(), 0, [], b""
    while at < len(content):
        assert content[at:at + 4] == b"OggS"
        granule, = struct.unpack_from("<q", content, at + 6)
        lacing = content[at + 27:at + 27 + content[at + 26]]
        at += 27 + len(lacing)
        for size in lacing:
            part += content[at:at + size]
            at += size
            if size < 255:
                packets.append(part)
                part = b""
    skip, = struct.unpack_from("<H", packets[0], 10)
    return packets[2:], skip // 3, min((granule - skip) // 3, (len(packets) - 2) * PACKET - skip // 3)
