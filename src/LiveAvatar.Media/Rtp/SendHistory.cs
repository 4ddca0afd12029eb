namespace LiveAvatar.Media.Rtp;

/// <summary>Keeps the packets sent of one stream for a while, so that a NACK can be answered (RFC 4585 section 6.2.1).</summary>
/// <remarks>
/// Plain payloads, not protected packets: a resend has another SSRC, number and SRTP index. All memory is taken at construction,
/// <c>maxPackets</c> × <c>maxPayload</c> bytes, and given back by <see cref="Dispose"/>, after which nothing is found. A peer
/// that asks again and again for the same packet gets it once per round trip.
/// </remarks>
public sealed class SendHistory : IDisposable
{
    private static readonly TimeSpan LeastResendInterval = TimeSpan.FromMilliseconds(5); // several NACKs in one burst mean one loss

    private readonly TimeSpan _keep;
    private readonly int _maxPayload;
    private readonly Slot[] _slots;
    private byte[] _payloads;

    /// <summary>Makes an empty history.</summary>
    /// <param name="keep">How long a packet can be asked for; null = 500 ms, after which a video frame is no longer worth repairing.</param>
    /// <param name="maxPackets">How many packets at most, rounded up to a power of two; the oldest goes first.</param>
    /// <param name="maxPayload">The longest payload that is kept; longer ones are not.</param>
    public SendHistory(TimeSpan? keep = null, int maxPackets = 512, int maxPayload = RtpLimits.MaxPayload)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPackets, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxPackets, 1 << 15);
        _keep = keep ?? TimeSpan.FromMilliseconds(500);
        _maxPayload = maxPayload;
        // A power of two divides 65536, so that a slot's owner is the same on both sides of the wrap.
        var count = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)maxPackets);
        _slots = new Slot[count];
        _payloads = LargeBuffers.Pool.Rent(count * maxPayload);
    }

    /// <summary>Requests for packets never sent, or no longer kept.</summary>
    public long UnknownCount { get; private set; }

    /// <summary>Requests that came within one round trip of the resend before.</summary>
    public long ThrottledCount { get; private set; }

    /// <summary>Remembers a packet at the moment it is first sent.</summary>
    /// <returns>False if its payload is too long to be kept, or the history is disposed of.</returns>
    public bool Add(in RtpHeader header, ReadOnlySpan<byte> payload, TimeSpan now)
    {
        var index = Index(header.SequenceNumber);
        ref var slot = ref _slots[index];
        if (payload.Length > _maxPayload || _payloads.Length == 0)
        {
            slot = default;
            return false;
        }

        payload.CopyTo(_payloads.AsSpan(index * _maxPayload));
        slot = new Slot { Used = true, Header = header, Length = payload.Length, SentAt = now };
        return true;
    }

    /// <summary>Finds a packet to be sent again, and takes note that it is.</summary>
    /// <param name="sequence">The number the NACK asks for.</param>
    /// <param name="now">The time of the resend.</param>
    /// <param name="roundTrip">The peer cannot have seen a resend younger than this.</param>
    /// <param name="packet">What to send again.</param>
    public bool TryGet(ushort sequence, TimeSpan now, TimeSpan roundTrip, out SentPacket packet)
    {
        packet = default;
        var index = Index(sequence);
        ref var slot = ref _slots[index];
        if (!slot.Used || slot.Header.SequenceNumber != sequence || now - slot.SentAt > _keep)
        {
            UnknownCount++;
            return false;
        }

        var interval = roundTrip > LeastResendInterval ? roundTrip : LeastResendInterval;
        if (slot.ResentAt is { } resentAt && now - resentAt < interval)
        {
            ThrottledCount++;
            return false;
        }

        slot.ResentAt = now;
        packet = new SentPacket(slot.Header, _payloads.AsSpan(index * _maxPayload, slot.Length));
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_payloads.Length > 0)
        {
            LargeBuffers.Pool.Return(_payloads);
            _payloads = [];
            Array.Clear(_slots);
        }
    }

    private int Index(ushort sequence) => sequence & (_slots.Length - 1);

    private struct Slot
    {
        public bool Used;
        public RtpHeader Header;
        public int Length;
        public TimeSpan SentAt;
        public TimeSpan? ResentAt;
    }
}
