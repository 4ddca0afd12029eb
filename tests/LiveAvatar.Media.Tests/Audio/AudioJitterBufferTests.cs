using LiveAvatar.Media.Audio;
using LiveAvatar.Media.Timing;

namespace LiveAvatar.Media.Tests.Audio;

/// <summary>Rows: sequence pushed (or none), at which millisecond, what then comes out: 7 a packet, F7 lost with FEC in 8, L7 lost.</summary>
[Trait("category", "unit")]
public class AudioJitterBufferTests
{
    private const int Packet = 480; // 10 ms

    private AudioJitterBuffer _buffer = new();
    private readonly byte[] _payload = new byte[1500];

    [Fact]
    public void InOrder_ComesOutAtOnce() => Run((1, 0, "1"), (2, 10, "2"), (3, 20, "3"), (4, 20, "4"));

    [Fact]
    public void OneMissing_IsGivenUpAfterHoldTime() => Run((1, 0, "1"), (3, 20, ""), (null, 59, ""), (null, 60, "F2 3"), (4, 61, "4"));

    [Fact]
    public void OneMissing_IsGivenUpByTheNextPacketToo() => Run((1, 0, "1"), (3, 20, ""), (4, 60, "F2 3 4"));

    [Fact]
    public void OvertakenPacket_ClosesTheGap() => Run((1, 0, "1"), (3, 20, ""), (2, 30, "2 3"));

    [Fact]
    public void SeveralMissing_OnlyTheLastHasFec() => Run((1, 0, "1"), (5, 40, ""), (null, 80, "L2 L3 F4 5"));

    [Fact]
    public void TwoGaps_EachHasItsOwnTime() => // the first loss shortens the second's hold from 40 to 37.5 ms
        Run((1, 0, "1"), (3, 10, ""), (5, 30, ""), (null, 49, ""), (null, 50, "F2 3"), (null, 67, ""), (null, 68, "F4 5"));

    [Fact]
    public void FirstOfTwoGapsClosed_TheSecondStillWaits() => Run((1, 0, "1"), (3, 10, ""), (5, 30, ""), (2, 35, "2 3"), (4, 36, "4 5"));

    [Fact]
    public void ReorderedStart_BeginsWithWhatCameFirst()
    {
        Run((2, 0, "2"), (3, 10, "3"));
        Push(1, 11, PushResult.Duplicate);
    }

    [Fact]
    public void Duplicate_IsToldApart()
    {
        Run((1, 0, "1"), (3, 10, ""));
        Push(1, 10, PushResult.Duplicate);
        Push(3, 10, PushResult.Duplicate);
        Run((2, 11, "2 3"));
        Push(2, 12, PushResult.Duplicate);
        Assert.Equal(3, _buffer.DuplicateCount);
    }

    [Fact]
    public void TooLate_IsToldOnce()
    {
        Run((1, 0, "1"), (3, 10, ""), (null, 50, "F2 3"));
        Push(2, 51, PushResult.TooLate);
        Push(2, 52, PushResult.Duplicate);
        Assert.Equal((1, 1), (_buffer.LostCount, _buffer.TooLateCount));
    }

    [Fact]
    public void NextDeadline_IsWhenTheGapIsGivenUp()
    {
        Assert.Null(_buffer.NextDeadline(Ms(0)));
        Run((1, 0, "1"));
        Assert.Null(_buffer.NextDeadline(Ms(5)));
        Run((3, 20, ""));
        Assert.Equal(Ms(60), _buffer.NextDeadline(Ms(20)));
        Assert.Equal(Ms(70), _buffer.NextDeadline(Ms(70))); // never in the past
        Push(2, 30, PushResult.Kept);
        Assert.Equal(Ms(30), _buffer.NextDeadline(Ms(30)));
    }

    [Fact]
    public void PausedSpeech_IsNoLoss()
    {
        // DTX: the numbers go on, the timestamp jumps.
        Push(1, 0, PushResult.Kept, timestamp: 0);
        Push(2, 400, PushResult.Kept, timestamp: 19_200);
        Assert.Equal("1 2", Pop(400));
        Assert.Equal(0, _buffer.LostCount);
    }

    [Fact]
    public void LossBeforeAPause_IsPlacedByItsOwnLength()
    {
        Push(1, 0, PushResult.Kept, timestamp: 0);
        Push(4, 400, PushResult.Kept, timestamp: 19_200);
        var units = PopUnits(440);
        Assert.Equal(
            [(1, 0, Packet), (2, 480, Packet), (3, 19_200 - 480, Packet), (4, 19_200, Packet)],
            units.Select(u => ((int)u.Sequence, (int)u.RtpTimestamp, u.DurationSamples48k)));
    }

    [Fact]
    public void LossWithLessRoom_IsShortened()
    {
        // A 10 ms packet, then two missing in 10 ms: they were 5 ms each.
        Push(1, 0, PushResult.Kept, timestamp: 0);
        Push(4, 10, PushResult.Kept, timestamp: 960);
        Assert.Equal([(480, 480), (480, 240), (720, 240), (960, 480)],
            PopUnits(60).Select(u => (u.Kind == AudioUnitKind.Packet && u.Sequence == 1 ? 480 : (int)u.RtpTimestamp, u.DurationSamples48k)));
    }

    [Fact]
    public void TimestampsWithoutRoomForTheLoss_ConcealNothing()
    {
        Push(1, 0, PushResult.Kept, timestamp: 100_000);
        Push(4, 10, PushResult.Kept, timestamp: 90);
        Assert.Equal("1 4", Pop(60));
        Assert.Equal(2, _buffer.LostCount);
    }

    [Fact]
    public void Outage_IsSkippedWithoutWaiting()
    {
        Run((1, 0, "1"), (27, 300, ""), (null, 340, "L2 L3 L4 L5 L6 L7 L8 L9 L10 L11 L12 L13 L14 L15 L16 L17 L18 L19 L20 L21 L22 L23 L24 L25 F26 27"));
        Run((54, 700, "54")); // 26 missing
        Assert.Equal(25 + 26, _buffer.LostCount);
        Push(53, 701, PushResult.Duplicate); // nobody waits for it any more, and nobody counted it as late
    }

    [Theory]
    [InlineData(40_000)]
    [InlineData(-40_000)]
    public void SenderStartingOver_GoesOn(long sequence)
    {
        Run((1000, 0, "1000"));
        if (sequence < 0)
        {
            Push(sequence, 10, PushResult.TooLate); // a single one may be a stray
            Run((sequence + 1, 20, $"{sequence + 1}"), (sequence + 2, 30, $"{sequence + 2}"));
            Assert.Equal(1, _buffer.RestartCount);
        }
        else
        {
            Run((sequence, 10, $"{sequence}"), (sequence + 1, 20, $"{sequence + 1}"));
        }
    }

    [Fact]
    public void SingleStrayFromLongAgo_ChangesNothing()
    {
        Run((1000, 0, "1000"));
        Push(500, 1, PushResult.TooLate);
        Run((1001, 10, "1001"));
        Push(600, 11, PushResult.TooLate);
        Push(700, 12, PushResult.TooLate);
        Run((1002, 20, "1002"));
        Assert.Equal(0, _buffer.RestartCount);
    }

    [Fact]
    public void Full_RefusesTheNewest()
    {
        _buffer = new AudioJitterBuffer(new AudioJitterBufferOptions { Capacity = 3 });
        Push(1, 0, PushResult.Kept);
        Push(2, 0, PushResult.Kept);
        Push(3, 0, PushResult.Kept);
        Push(4, 0, PushResult.Full);
        Assert.Equal("1 2 3", Pop(0));
        Assert.Equal(1, _buffer.RefusedCount);
    }

    [Fact]
    public void TooLongPayload_IsRefused() => Assert.Equal(PushResult.TooLong, _buffer.Push(1, 0, new byte[1501], default));

    [Fact]
    public void Payload_ComesBackWithItsFacts()
    {
        var clock = WallClock.Pair(TimeSpan.Zero, new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));
        _buffer.Push(7, 480, [0x90, 1, 2], Ms(3), clock.ToNtp(Ms(1)));
        _buffer.Push(9, 1440, [0x90, 5], Ms(5), clock.ToNtp(Ms(21)));

        Assert.True(_buffer.TryPop(Ms(3), _payload, out var unit));
        Assert.Equal(new AudioUnit(AudioUnitKind.Packet, 3, 7, 480, 480, Ms(3), clock.ToNtp(Ms(1))), unit);
        Assert.Equal([0x90, 1, 2], _payload[..3]);

        Assert.True(_buffer.TryPop(Ms(100), _payload, out unit));
        Assert.Equal((AudioUnitKind.LostButNextHere, 2, 8, 960, 480), (unit.Kind, unit.Length, unit.Sequence, unit.RtpTimestamp, unit.DurationSamples48k));
        Assert.Equal([0x90, 5], _payload[..2]);
        Assert.Equal(Ms(11), clock.FromNtp(unit.CaptureNtp));

        Assert.True(_buffer.TryPop(Ms(100), _payload, out unit));
        Assert.Equal((AudioUnitKind.Packet, 2, 9, Ms(5)), (unit.Kind, unit.Length, unit.Sequence, unit.Arrived));
        Assert.Equal([0x90, 5], _payload[..2]);
    }

    [Fact]
    public void UnreadablePacket_TakesTheLengthOfTheOneBefore()
    {
        _buffer.Push(1, 0, [0x90], default);
        _buffer.Push(2, 480, [], default);
        var units = PopUnits(0);
        Assert.Equal([480, 480], units.Select(u => u.DurationSamples48k));
        Assert.Equal(0, units[1].Length);
    }

    [Fact]
    public void LossesWithoutReordering_ShortenTheHold()
    {
        var (sequence, at) = (1L, 0.0);
        for (var n = 0; n < 100; n++)
        {
            Push(sequence, at, PushResult.Kept);
            Pop(at + 1000);
            (sequence, at) = (sequence + 2, at + 2000);
        }

        Assert.Equal(Ms(10), _buffer.Hold);
    }

    [Fact]
    public void OvertakenPackets_LengthenTheHold()
    {
        Run((1, 0, "1"), (3, 10, ""), (2, 45, "2 3")); // 35 ms late
        Assert.Equal(Ms(52.5), _buffer.Hold);
        Run((5, 100, ""), (null, 153, "F4 5"));
        Push(4, 500, PushResult.TooLate);
        Assert.Equal(Ms(80), _buffer.Hold);
    }

    private void Run(params (long? Push, double At, string Out)[] rows)
    {
        foreach (var (push, at, expected) in rows)
        {
            if (push is { } sequence)
            {
                Push(sequence, at, PushResult.Kept);
            }

            Assert.Equal(expected, Pop(at));
        }
    }

    private void Push(long sequence, double at, PushResult expected, long? timestamp = null) =>
        Assert.Equal(expected, _buffer.Push(sequence, timestamp ?? (sequence * Packet), [0x90, (byte)sequence], Ms(at)));

    private string Pop(double at) => string.Join(' ', PopUnits(at).Select(unit =>
        (unit.Kind == AudioUnitKind.Lost ? "L" : unit.Kind == AudioUnitKind.LostButNextHere ? "F" : "") + unit.Sequence));

    private List<AudioUnit> PopUnits(double at)
    {
        var units = new List<AudioUnit>();
        while (_buffer.TryPop(Ms(at), _payload, out var unit))
        {
            units.Add(unit);
        }

        return units;
    }

    private static TimeSpan Ms(double ms) => TimeSpan.FromMicroseconds(ms * 1000);
}
