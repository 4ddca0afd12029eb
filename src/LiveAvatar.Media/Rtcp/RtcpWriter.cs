using System.Buffers.Binary;

namespace LiveAvatar.Media.Rtcp;

/// <summary>Writes compound reports: SR or RR first, then SDES with the CNAME (RFC 3550 section 6.1).</summary>
/// <remarks>Each method returns the length written and throws <see cref="ArgumentException"/> if the buffer is too short.</remarks>
public static class RtcpWriter
{
    private const int MaxReports = 31;
    private const int ReportBlockLength = 24;

    /// <summary>SR with <paramref name="reports"/> (0..31), then SDES with <paramref name="cname"/> (1..255 bytes).</summary>
    public static int WriteSenderReport(
        Span<byte> buffer, in SenderReport report, ReadOnlySpan<ReportBlock> reports, ReadOnlySpan<byte> cname)
    {
        var length = 28 + (reports.Length * ReportBlockLength);
        CheckRoom(buffer, length, reports, cname);
        WriteHeader(buffer, reports.Length, 200, length);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], report.Ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(buffer[8..], report.Ntp);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[16..], report.RtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[20..], report.PacketCount);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[24..], report.OctetCount);
        WriteReports(buffer[28..], reports);
        return length + WriteSdes(buffer[length..], report.Ssrc, cname);
    }

    /// <summary>RR with <paramref name="reports"/> (0..31), then SDES with <paramref name="cname"/> (1..255 bytes).</summary>
    public static int WriteReceiverReport(Span<byte> buffer, uint ssrc, ReadOnlySpan<ReportBlock> reports, ReadOnlySpan<byte> cname)
    {
        var length = 8 + (reports.Length * ReportBlockLength);
        CheckRoom(buffer, length, reports, cname);
        WriteHeader(buffer, reports.Length, 201, length);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], ssrc);
        WriteReports(buffer[8..], reports);
        return length + WriteSdes(buffer[length..], ssrc, cname);
    }

    /// <summary>BYE for one stream (RFC 3550 section 6.6); 8 bytes, to be put behind a report.</summary>
    public static int WriteBye(Span<byte> buffer, uint ssrc)
    {
        WriteHeader(buffer, 1, 203, 8);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], ssrc);
        return 8;
    }

    private static void CheckRoom(Span<byte> buffer, int reportLength, ReadOnlySpan<ReportBlock> reports, ReadOnlySpan<byte> cname)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reports.Length, MaxReports);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cname.Length, 255);
        if (buffer.Length < reportLength + SdesLength(cname))
        {
            throw new ArgumentException("The buffer is shorter than the report with its CNAME.", nameof(buffer));
        }
    }

    private static void WriteHeader(Span<byte> buffer, int count, byte type, int length)
    {
        buffer[0] = (byte)(0x80 | count);
        buffer[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)((length / 4) - 1));
    }

    private static void WriteReports(Span<byte> buffer, ReadOnlySpan<ReportBlock> reports)
    {
        foreach (ref readonly var report in reports)
        {
            BinaryPrimitives.WriteUInt32BigEndian(buffer, report.Ssrc);
            BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], ((uint)report.FractionLost << 24) | ((uint)report.CumulativeLost & 0xFF_FFFF));
            BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], report.HighestSequence);
            BinaryPrimitives.WriteUInt32BigEndian(buffer[12..], report.Jitter);
            BinaryPrimitives.WriteUInt32BigEndian(buffer[16..], report.LastSenderReport);
            BinaryPrimitives.WriteUInt32BigEndian(buffer[20..], report.DelaySinceLastSenderReport);
            buffer = buffer[ReportBlockLength..];
        }
    }

    // One chunk: header, SSRC, item (CNAME = 1, length, text), then 1..4 zero bytes that end the list on a 32-bit boundary.
    private static int SdesLength(ReadOnlySpan<byte> cname) => 8 + ((2 + cname.Length + 4) & ~3);

    private static int WriteSdes(Span<byte> buffer, uint ssrc, ReadOnlySpan<byte> cname)
    {
        var length = SdesLength(cname);
        WriteHeader(buffer, 1, 202, length);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], ssrc);
        buffer[8] = 1;
        buffer[9] = (byte)cname.Length;
        cname.CopyTo(buffer[10..]);
        buffer[(10 + cname.Length)..length].Clear();
        return length;
    }
}
