using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Fuzz;

/// <summary>A parser under hostile input: it may reject, it may never throw or hang.</summary>
public delegate void FuzzTarget(ReadOnlySpan<byte> data);

/// <summary>Every parser of peer bytes in LiveAvatar.Media, by name.</summary>
public static class FuzzTargets
{
    public static IReadOnlyDictionary<string, FuzzTarget> All { get; } = new Dictionary<string, FuzzTarget>
    {
        ["rtp"] = Rtp,
    };

    private static void Rtp(ReadOnlySpan<byte> data)
    {
        if (!RtpPacketView.TryParse(data, out var packet))
        {
            return;
        }

        // What was accepted must also be consistent, or a later slice throws instead.
        Assert.InRange(packet.HeaderLength + packet.Payload.Length, RtpPacketView.FixedHeaderLength, data.Length);
        _ = packet.SequenceNumber + packet.Timestamp + packet.Ssrc + (uint)packet.PayloadType;
        for (var id = 0; id <= 255; id++)
        {
            if (packet.TryGetExtension(id, out var value))
            {
                HeaderExtensionFormat.TryReadAbsCaptureTime(value, out _, out _);
                HeaderExtensionFormat.TryReadAbsSendTime(value, out _);
                HeaderExtensionFormat.TryReadPlayoutDelay(value, out _);
                HeaderExtensionFormat.TryReadTransportSequence(value, out _);
            }
        }
    }
}
