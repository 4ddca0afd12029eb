"""A voice through an Opus call: libopus by ctypes, with lost packets concealed by the decoder (RFC 6716, 20 ms packets)."""

import ctypes as C
import os

import numpy as np

from common.motion import SAMPLE_RATE

PACKET = SAMPLE_RATE // 50
MOST = 1500  # bytes of a packet
_VOIP, _SET_BITRATE, _GET_LOOKAHEAD, _SET_COMPLEXITY = 2048, 4002, 4027, 4010


class OpusCall:
    """One direction of a call. LIBOPUS names the library where the system has none of its own."""

    def __init__(self, complexity=0):
        self._lib = lib = C.CDLL(os.environ.get("LIBOPUS", "libopus.so.0"))
        lib.opus_encoder_create.restype = lib.opus_decoder_create.restype = C.c_void_p
        error = C.c_int()
        self._encoder = C.c_void_p(lib.opus_encoder_create(SAMPLE_RATE, 1, _VOIP, C.byref(error)))
        self._decoder = C.c_void_p(lib.opus_decoder_create(SAMPLE_RATE, 1, C.byref(error)))
        value = C.c_int()
        lib.opus_encoder_ctl(self._encoder, _GET_LOOKAHEAD, C.byref(value))
        self.delay = value.value
        self._set(_SET_COMPLEXITY, complexity)
        self._packet = (C.c_ubyte * MOST)()

    def _set(self, name, value):
        self._lib.opus_encoder_ctl(self._encoder, C.c_int(name), C.c_int(value))

    def packets(self, x, bits_per_second):
        """int16 [samples] -> packets until the last sample has left the encoder."""
        self._set(_SET_BITRATE, int(bits_per_second))
        sent = np.zeros(-(-(len(x) + self.delay) // PACKET) * PACKET, np.int16)
        sent[:len(x)] = x
        for k in range(0, len(sent), PACKET):
            size = self._lib.opus_encode(self._encoder, C.c_void_p(sent.ctypes.data + 2 * k), PACKET, self._packet, MOST)
            yield bytes(self._packet[:size])

    def hear(self, packets):
        """Packets, None for a lost one -> int16, the encoder's delay still before it."""
        packets = list(packets)
        heard = np.zeros(len(packets) * PACKET, np.int16)
        for k, packet in enumerate(packets):
            self._lib.opus_decode(self._decoder, packet, 0 if packet is None else len(packet),
                                  C.c_void_p(heard.ctypes.data + 2 * k * PACKET), PACKET, 0)
        return heard

    def send(self, x, bits_per_second, lost=()):
        """int16 [samples] -> what arrives, in step with x; lost is bool [packets], True where a packet never comes."""
        sent = self.packets(x, bits_per_second)
        heard = self.hear([None if k < len(lost) and lost[k] else packet for k, packet in enumerate(sent)])
        return heard[self.delay:self.delay + len(x)]

    def at_random(self, x, rng):
        """int16 at 12 to 40 kbit/s; one call in three loses packets, in bursts."""
        packets = len(x) // PACKET + 2
        lost = np.zeros(packets, bool)
        if rng.random() < .33:
            for k in np.flatnonzero(rng.random(packets) < rng.uniform(.005, .06)):
                lost[k:k + int(rng.integers(1, 4))] = True
        return self.send(x, rng.uniform(12e3, 40e3), lost)
