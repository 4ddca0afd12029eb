"""A voice through an Opus call: libopus by ctypes, with lost packets concealed by the decoder (RFC 6716, 20 ms packets)."""

import ctypes as C

import numpy as np

from common.motion import SAMPLE_RATE

PACKET = SAMPLE_RATE // 50
_VOIP, _SET_BITRATE, _GET_LOOKAHEAD, _SET_COMPLEXITY, _SET_LOSS, _SET_FEC = 2048, 4002, 4027, 4010, 4014, 4012


class OpusCall:
    """One direction of a call. Every voice starts it anew."""

    def __init__(self):
        self._lib = lib = C.CDLL("libopus.so.0")
        lib.opus_encoder_create.restype = lib.opus_decoder_create.restype = C.c_void_p
        error = C.c_int()
        self._encoder = C.c_void_p(lib.opus_encoder_create(SAMPLE_RATE, 1, _VOIP, C.byref(error)))
        self._decoder = C.c_void_p(lib.opus_decoder_create(SAMPLE_RATE, 1, C.byref(error)))
        value = C.c_int()
        lib.opus_encoder_ctl(self._encoder, _GET_LOOKAHEAD, C.byref(value))
        self._delay = value.value
        self._set(_SET_COMPLEXITY, 0)
        self._packet = (C.c_ubyte * 1500)()

    def _set(self, name, value):
        self._lib.opus_encoder_ctl(self._encoder, C.c_int(name), C.c_int(value))

    def send(self, x, bits_per_second, lost):
        """int16 [samples] -> what arrives, in step with x; lost is bool [packets], True where a packet never comes."""
        self._set(_SET_BITRATE, int(bits_per_second))
        packets = -(-(len(x) + self._delay) // PACKET)
        sent = np.zeros(packets * PACKET, np.int16)
        sent[:len(x)] = x
        heard = np.zeros_like(sent)
        for k in range(packets):
            part = sent[k * PACKET:(k + 1) * PACKET]
            size = self._lib.opus_encode(self._encoder, C.c_void_p(part.ctypes.data), PACKET, self._packet, len(self._packet))
            gone = k < len(lost) and lost[k]
            self._lib.opus_decode(self._decoder, None if gone else self._packet, 0 if gone else size,
                                  C.c_void_p(heard[k * PACKET:].ctypes.data), PACKET, 0)
        return heard[self._delay:self._delay + len(x)]
