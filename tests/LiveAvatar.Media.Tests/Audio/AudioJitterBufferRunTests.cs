using LiveAvatar.Media.Audio;
using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Audio;

/// <summary>Long and random runs through the jitter buffer, beside the single cases of <see cref="AudioJitterBufferTests"/>.</summary>
[Trait("category", "unit")]
public class AudioJitterBufferRunTests
{
    private const int Packet = 480; // 10 ms

    private readonly byte[] _payload = new byte[1500];

    [Fact]
    public void FortyHours_WithWrapsAndLoss()
    {
        // As the caller sees it: unwrapped numbers and 64-bit timestamps far past 2^32, from shortly before both wraps.
        var buffer = new AudioJitterBuffer();
        var sequences = new SequenceUnwrapper();
        var timestamps = new TimestampUnwrapper();
        var random = new Random(11);
        long lost = 0;
        long packets = 0;
        long expected = 65_000;
        var concealed = false;
        const int step = 2880; // 60 ms, so that the loop stays short
        for (long n = 0; n < 40 * 3600 * 1000 / 60; n++)
        {
            if (n > 0 && random.Next(50) == 0)
            {
                lost++;
                continue;
            }

            var now = Ms(60 * n);
            buffer.Push(sequences.Unwrap((ushort)(65_000 + n)), timestamps.Unwrap((uint)(0xFFFF_0000 + (step * n))), [0x18], now);
            while (buffer.TryPop(now, _payload, out var unit) || (buffer.Count > 0 && buffer.TryPop(now + Ms(80), _payload, out unit)))
            {
                Assert.Equal(expected++, unit.Sequence);
                Assert.Equal(0xFFFF_0000 + (step * (unit.Sequence - 65_000)), unit.RtpTimestamp);
                packets += unit.Kind == AudioUnitKind.Packet ? 1 : 0;
                concealed |= unit.Kind == AudioUnitKind.Lost;
            }
        }

        Assert.InRange(lost - buffer.LostCount, 0, 2); // the very last may still be unknown
        Assert.True(concealed && packets > 2_000_000);
    }

    [Fact]
    public void AnyOrderOfArrival_GivesEachNumberOnceInOrder()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var jitter = random.Next(0, 120);
            var arrivals = Enumerable.Range(1, 200)
                .Where(n => n == 1 || random.Next(100) >= 10)
                .SelectMany(n => Enumerable.Repeat(n, random.Next(20) == 0 ? 2 : 1)) // some twice
                .Select(n => (Sequence: n, At: n == 1 ? 0 : (10 * n) + (random.NextDouble() * jitter)))
                .OrderBy(packet => packet.At).ToList();
            var buffer = new AudioJitterBuffer();
            var next = 1L;
            var late = 0L;
            foreach (var (sequence, at) in arrivals)
            {
                // As the caller does: first what was due before, then the packet.
                while (buffer.NextDeadline(Ms(0)) is { } due && due <= Ms(at))
                {
                    Take(buffer, due);
                }

                late += buffer.Push(sequence, sequence * Packet, [0x90, (byte)sequence], Ms(at)) == PushResult.TooLate ? 1 : 0;
                Take(buffer, Ms(at));
            }

            Take(buffer, Ms(100_000));
            Assert.Equal(arrivals.Max(packet => packet.Sequence) + 1, next);
            Assert.Equal(0, buffer.Count);
            Assert.Equal(late, buffer.TooLateCount);
            var arrived = arrivals.Select(packet => packet.Sequence).Distinct().Count();
            Assert.Equal(next - 1 - arrived, buffer.LostCount - late); // lost for good, or too late: nothing else is missing

            void Take(AudioJitterBuffer from, TimeSpan now)
            {
                while (from.TryPop(now, _payload, out var unit))
                {
                    Assert.Equal(next++, unit.Sequence);
                    Assert.Equal(unit.Sequence * Packet, unit.RtpTimestamp);
                    if (unit.Kind != AudioUnitKind.Lost)
                    {
                        var holder = unit.Kind == AudioUnitKind.Packet ? unit.Sequence : unit.Sequence + 1;
                        Assert.Equal((byte)holder, _payload[1]);
                    }
                }
            }
        }
    }

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        var buffer = new AudioJitterBuffer();
        long n = 0;
        byte[] packet = [0x90, 1, 2];
        Allocation.AssertNone(() =>
        {
            n += n % 7 == 3 ? 2 : 1; // some losses
            buffer.Push(n, n * 480, packet, Ms(10 * n));
            while (buffer.TryPop(Ms(10 * n), _payload, out _))
            {
            }

            buffer.NextDeadline(Ms(10 * n));
        });
    }

    private static TimeSpan Ms(double ms) => TimeSpan.FromMicroseconds(ms * 1000);
}
