using System.Buffers.Binary;

namespace LiveAvatar.Media.Rtp;

/// <summary>The bytes inside each header extension element.</summary>
/// <remarks>
/// <code>
/// abs-send-time      | 24 bits: NTP seconds modulo 64 as 6.18 fixed point                      |
/// transport-wide-cc  | 16 bits: sequence number over all streams of the connection             |
/// playout-delay      | 12 bits: min / 10 ms | 12 bits: max / 10 ms                             |
/// abs-capture-time   | 64 bits: NTP time    | optional 64 bits: clock offset, signed 32.32     |
/// </code>
/// </remarks>
public static class HeaderExtensionFormat
{
    private static readonly TimeSpan PlayoutDelayStep = TimeSpan.FromMilliseconds(10);

    /// <summary>Writes 3 bytes.</summary>
    public static void WriteAbsSendTime(Span<byte> destination, ulong ntp) => WriteUInt24(destination, (uint)(ntp >> 14) & 0xFF_FFFF);

    /// <summary>Writes 3 bytes; values are rounded to 10 ms and clamped to the field.</summary>
    public static void WritePlayoutDelay(Span<byte> destination, in PlayoutDelay delay) =>
        WriteUInt24(destination, (PlayoutDelaySteps(delay.Min) << 12) | PlayoutDelaySteps(delay.Max));

    /// <summary>Reads a transport-wide sequence number; false unless the element has 2 bytes (4 in version 2, whose request is ignored).</summary>
    public static bool TryReadTransportSequence(ReadOnlySpan<byte> element, out ushort sequence)
    {
        sequence = 0;
        return element.Length is 2 or 4 && BinaryPrimitives.TryReadUInt16BigEndian(element, out sequence);
    }

    /// <summary>Reads the limits of a playout delay; false unless the element has 3 bytes.</summary>
    public static bool TryReadPlayoutDelay(ReadOnlySpan<byte> element, out PlayoutDelay delay)
    {
        delay = default;
        if (element.Length != 3)
        {
            return false;
        }

        var bits = ReadUInt24(element);
        delay = new PlayoutDelay((bits >> 12) * PlayoutDelayStep, (bits & 0xFFF) * PlayoutDelayStep);
        return true;
    }

    /// <summary>Reads an absolute send time as 6.18 fixed-point seconds (0..2^24 - 1); false unless the element has 3 bytes.</summary>
    public static bool TryReadAbsSendTime(ReadOnlySpan<byte> element, out uint fixedPoint)
    {
        fixedPoint = element.Length == 3 ? ReadUInt24(element) : 0;
        return element.Length == 3;
    }

    /// <summary>Reads a capture time and, if there, the offset of the sender's clock to the capturer's (0 if not); false unless 8 or 16 bytes.</summary>
    public static bool TryReadAbsCaptureTime(ReadOnlySpan<byte> element, out ulong ntp, out long clockOffset)
    {
        ntp = 0;
        clockOffset = 0;
        if (element.Length is not (8 or 16))
        {
            return false;
        }

        ntp = BinaryPrimitives.ReadUInt64BigEndian(element);
        clockOffset = element.Length == 16 ? BinaryPrimitives.ReadInt64BigEndian(element[8..]) : 0;
        return true;
    }

    private static uint PlayoutDelaySteps(TimeSpan delay) =>
        (uint)Math.Clamp((delay.Ticks + (PlayoutDelayStep.Ticks / 2)) / PlayoutDelayStep.Ticks, 0, 0xFFF);

    private static void WriteUInt24(Span<byte> destination, uint value)
    {
        destination[0] = (byte)(value >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)value);
    }

    private static uint ReadUInt24(ReadOnlySpan<byte> source) =>
        ((uint)source[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(source[1..]);
}
