#!/usr/bin/python3
"""Writes the vectors aiortc-*.hex with the serialisers of aiortc 1.4.0, a stack independent of ours.

Run by hand with Debian's python3-aiortc; the results are committed and never remade to turn a test green.
"""
from pathlib import Path

import aiortc
from aiortc import rtp
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters

HERE = Path(__file__).parent


def write(name, comment, data):
    lines = [data[i:i + 16].hex(" ") for i in range(0, len(data), 16)]
    (HERE / f"{name}.hex").write_text(f"# {comment}; made by aiortc {aiortc.__version__}.\n" + "\n".join(lines) + "\n")


extensions = rtp.HeaderExtensionsMap()
extensions.configure(RTCRtpParameters(headerExtensions=[
    RTCRtpHeaderExtensionParameters(id=4, uri="urn:ietf:params:rtp-hdrext:sdes:mid"),
    RTCRtpHeaderExtensionParameters(id=2, uri="http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"),
    RTCRtpHeaderExtensionParameters(id=1, uri="urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
]))
packet = rtp.RtpPacket(payload_type=111, marker=1, sequence_number=65533, timestamp=4294966000, ssrc=305419896, payload=b"\x78voice")
packet.extensions = rtp.HeaderExtensions(mid="audio", abs_send_time=0x123456, audio_level=(True, 30))
packet.csrc = [1, 2]
packet.padding_size = 6
write("aiortc-rtp", "Opus packet, 2 CSRCs, mid 'audio' (4), abs-send-time 0x123456 (2), level (1), 6 bytes of padding",
      packet.serialize(extensions))

receiver = rtp.RtcpReceiverInfo(ssrc=7, fraction_lost=12, packets_lost=-345, highest_sequence=0x1FFFE, jitter=99, lsr=1234567, dlsr=65536)
sender = rtp.RtcpSenderInfo(ntp_timestamp=0xE90A0B0C0D0E0F10, rtp_timestamp=90000, packet_count=55, octet_count=66000)
compound = b"".join(bytes(p) for p in (
    rtp.RtcpSrPacket(ssrc=5, sender_info=sender, reports=[receiver]),
    rtp.RtcpSdesPacket(chunks=[rtp.RtcpSourceInfo(ssrc=5, items=[(1, b"{cname}")])]),
    rtp.RtcpRtpfbPacket(fmt=rtp.RTCP_RTPFB_NACK, ssrc=5, media_ssrc=7, lost=[9, 10, 14, 25, 26, 65535]),
    rtp.RtcpPsfbPacket(fmt=rtp.RTCP_PSFB_PLI, ssrc=5, media_ssrc=7),
    rtp.RtcpPsfbPacket(fmt=rtp.RTCP_PSFB_APP, ssrc=5, media_ssrc=0, fci=rtp.pack_remb_fci(2_500_000, [7])),
    rtp.RtcpByePacket(sources=[5])))
write("aiortc-rtcp", "SR, SDES, NACK of 9 10 14 25 26 65535, PLI, REMB 2.5 Mbit/s, BYE", compound)

descriptor = VpxPayloadDescriptor(partition_start=1, partition_id=0, picture_id=4711, tl0picidx=0, tid=(1, 1))
write("aiortc-vp8-descriptor", "start, picture 4711, TL0PICIDX 0, TID 1 with layer sync", bytes(descriptor))
