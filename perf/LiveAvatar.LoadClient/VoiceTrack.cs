using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Timing;

namespace LiveAvatar.LoadClient;

/// <summary>A driver's voice: packets of 10 ms, each due at its place in a fixed schedule, whatever became of those before it.</summary>
/// <remarks>Open loop: a late sender catches up and says how late it was, so that a slow generator cannot hide a slow server.</remarks>
internal sealed class VoiceTrack(IReadOnlyList<byte[]> packets, WallClock wall)
{
    public const uint Ssrc = 2002;

    /// <summary>Sound in a packet.</summary>
    public static readonly TimeSpan PacketTime = TimeSpan.FromMilliseconds(10);

    private static readonly HeaderExtensionIds Extensions = new(Mid: 0, AbsSendTime: 0, TransportSequence: 0, PlayoutDelay: 0, LoadOffer.CaptureTimeId);
    private TimeSpan? _start;
    private long _next;
    private uint _octets;

    /// <summary>How late each packet left, ms.</summary>
    public List<double> Lateness { get; } = [];

    /// <summary>Writes the next packet if it is due; 0 when none is.</summary>
    public int Write(Span<byte> buffer, TimeSpan now)
    {
        _start ??= now;
        var begins = _start.Value + (_next * PacketTime); // the first sample; a microphone hands the packet over when the last one has come
        var due = begins + PacketTime;
        if (due > now)
        {
            return 0;
        }

        Lateness.Add((now - due).TotalMilliseconds);
        var payload = packets[(int)(_next % packets.Count)];
        var header = new RtpHeader(LoadOffer.OpusType, Marker: _next == 0, (ushort)_next, Timestamp(_next), Ssrc);
        var length = RtpPacketWriter.WriteHeader(buffer, header, Extensions, new HeaderExtensionValues { AbsCaptureTimeNtp = wall.ToNtp(begins) });
        payload.CopyTo(buffer[length..]);
        _next++;
        _octets += (uint)payload.Length;
        return length + payload.Length;
    }

    /// <summary>When the next packet is due.</summary>
    public TimeSpan Due(TimeSpan now) => (_start ?? now) + ((_next + 1) * PacketTime);

    /// <summary>What a sender report says, which ties the stream to the wall clock.</summary>
    public SenderReport Report(TimeSpan now) => new(Ssrc, wall.ToNtp(now), Timestamp(_next), (uint)_next, _octets);

    private static uint Timestamp(long packet) => unchecked((uint)(packet * 480));
}
