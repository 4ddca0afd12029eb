using System.Buffers.Binary;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Rtc.Srtp;

namespace LiveAvatar.Rtc.Session;

/// <summary>A written RTP packet on its way through the pacer; used again for the next one.</summary>
internal sealed class OutgoingPacket
{
    public byte[] Bytes { get; } = new byte[RtpLimits.MaxPacket + SrtpProfiles.MaxOverhead];

    /// <summary>Bytes of the plain packet.</summary>
    public int Length { get; set; }

    public int HeaderLength { get; set; }

    public RtpHeader Header { get; set; }

    public RtpStampOffsets Stamps { get; set; }

    /// <summary>Sent for the first time, so a NACK may ask for it; retransmissions are not kept again.</summary>
    public bool IsOriginal { get; set; }

    /// <summary>Already protected: sent as it is (a repeat under the same sequence number must be the same bytes).</summary>
    public bool IsProtected { get; set; }

    /// <summary>Where the payload goes.</summary>
    public Span<byte> Room => Bytes.AsSpan(HeaderLength, RtpLimits.MaxPayload);

    /// <summary>Sets the sequence number and the marker of a header written without them.</summary>
    public void Number(ushort sequence, bool marker)
    {
        Header = Header with { SequenceNumber = sequence, Marker = marker };
        BinaryPrimitives.WriteUInt16BigEndian(Bytes.AsSpan(2), sequence);
        Bytes[1] = (byte)((Bytes[1] & 0x7F) | (marker ? 0x80 : 0));
    }

    public ReadOnlySpan<byte> Payload => Bytes.AsSpan(HeaderLength, Length - HeaderLength);
}
