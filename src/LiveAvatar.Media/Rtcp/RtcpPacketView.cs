using System.Buffers.Binary;

namespace LiveAvatar.Media.Rtcp;

/// <summary>Reads one packet of an RTCP datagram in place; the Try methods say false to what does not fit, and never throw.</summary>
/// <remarks>Valid as long as the datagram's bytes. Made by <see cref="RtcpReader"/>.</remarks>
public readonly ref struct RtcpPacketView
{
    private const int SsrcLength = 4;
    private const int SenderInfoLength = 20;
    private const int ReportBlockLength = 24;
    private const int FirEntryLength = 8;

    internal RtcpPacketView(int type, int format, ReadOnlySpan<byte> body)
    {
        Type = type;
        Format = format;
        Body = body;
    }

    /// <summary>The packet type on the wire, 192..223.</summary>
    public int Type { get; }

    /// <summary>The 5 bits that hold a count or a feedback format.</summary>
    public int Format { get; }

    /// <summary>What follows the first 32 bits, without padding.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>What the packet is; a body too short for its kind makes it <see cref="RtcpKind.Other"/>.</summary>
    public RtcpKind Kind => (Type, Format) switch
    {
        (200, _) when Body.Length >= SsrcLength + SenderInfoLength => RtcpKind.SenderReport,
        (201, _) when Body.Length >= SsrcLength => RtcpKind.ReceiverReport,
        (203, _) => RtcpKind.Bye,
        (205, 1) when Body.Length >= 2 * SsrcLength => RtcpKind.Nack,
        (205, 15) when Body.Length >= TransportFeedback.ChunksStart => RtcpKind.TransportFeedback,
        (206, 1) when Body.Length >= 2 * SsrcLength => RtcpKind.PictureLoss,
        (206, 4) when Body.Length >= 2 * SsrcLength => RtcpKind.FullIntraRequest,
        (206, 15) when Body.Length >= 16 && Body.Slice(8, 4).SequenceEqual("REMB"u8) => RtcpKind.ReceiverBandwidth,
        _ => RtcpKind.Other,
    };

    /// <summary>Who sent it: the first SSRC; 0 if the body is empty.</summary>
    public uint SenderSsrc => ReadSsrc(0);

    /// <summary>The stream that feedback is about (RFC 4585 section 6.1); 0 where there is none.</summary>
    public uint MediaSsrc => Type is 205 or 206 ? ReadSsrc(SsrcLength) : 0;

    /// <summary>How many report blocks the packet really holds, whatever its count says; 0 unless it is an SR or RR.</summary>
    public int ReportCount => ReportsStart is var start and > 0 ? Math.Min(Format, (Body.Length - start) / ReportBlockLength) : 0;

    private int ReportsStart => Kind switch
    {
        RtcpKind.SenderReport => SsrcLength + SenderInfoLength,
        RtcpKind.ReceiverReport => SsrcLength,
        _ => 0,
    };

    /// <summary>The sender information of an SR.</summary>
    public bool TryReadSenderReport(out SenderReport report)
    {
        report = default;
        if (Kind != RtcpKind.SenderReport)
        {
            return false;
        }

        report = new SenderReport(
            SenderSsrc,
            BinaryPrimitives.ReadUInt64BigEndian(Body[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(Body[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(Body[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(Body[20..]));
        return true;
    }

    /// <summary>Report block <paramref name="index"/> of an SR or RR; false past <see cref="ReportCount"/>.</summary>
    public bool TryReadReport(int index, out ReportBlock report)
    {
        report = default;
        if (index < 0 || index >= ReportCount)
        {
            return false;
        }

        var block = Body.Slice(ReportsStart + (index * ReportBlockLength), ReportBlockLength);
        var lost = BinaryPrimitives.ReadUInt32BigEndian(block[4..]);
        report = new ReportBlock(
            BinaryPrimitives.ReadUInt32BigEndian(block),
            (byte)(lost >> 24),
            (int)(lost << 8) >> 8, // sign-extends 24 bits
            BinaryPrimitives.ReadUInt32BigEndian(block[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[20..]));
        return true;
    }

    /// <summary>The sequence numbers a generic NACK asks for; none if it is not one.</summary>
    public NackedSequences NackedSequences => new(Kind == RtcpKind.Nack ? Body[(2 * SsrcLength)..] : default);

    /// <summary>Whether a full intra request names <paramref name="ssrc"/>, and its command number (a repeat has the same one).</summary>
    public bool TryReadFullIntraRequest(uint ssrc, out byte commandNumber)
    {
        commandNumber = 0;
        if (Kind != RtcpKind.FullIntraRequest)
        {
            return false;
        }

        for (var at = 2 * SsrcLength; at + FirEntryLength <= Body.Length; at += FirEntryLength)
        {
            if (ReadSsrc(at) == ssrc)
            {
                commandNumber = Body[at + SsrcLength];
                return true;
            }
        }

        return false;
    }

    /// <summary>The bitrate a REMB allows, in bit/s; a value past 2^63 reads as the largest long.</summary>
    public bool TryReadReceiverBandwidth(out long bitsPerSecond)
    {
        bitsPerSecond = 0;
        if (Kind != RtcpKind.ReceiverBandwidth)
        {
            return false;
        }

        // | 8 bits: number of SSRCs | 6 bits: exponent | 18 bits: mantissa |
        var bits = BinaryPrimitives.ReadUInt32BigEndian(Body[12..]);
        var exponent = (int)(bits >> 18) & 0x3F;
        var mantissa = (long)(bits & 0x3_FFFF);
        bitsPerSecond = exponent > 63 - 18 && mantissa > (long.MaxValue >> exponent) ? long.MaxValue : mantissa << exponent;
        return true;
    }

    private uint ReadSsrc(int offset) => Body.Length >= offset + SsrcLength ? BinaryPrimitives.ReadUInt32BigEndian(Body[offset..]) : 0;
}
