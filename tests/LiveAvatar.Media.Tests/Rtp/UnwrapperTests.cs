using LiveAvatar.Media.Rtp;

namespace LiveAvatar.Media.Tests.Rtp;

[Trait("category", "unit")]
public class UnwrapperTests
{
    [Fact]
    public void First_StandsForItself() => Sequence((65535, 65535));

    [Fact]
    public void Wrap_Continues() => Sequence((65534, 65534), (65535, 65535), (0, 65536), (1, 65537));

    [Fact]
    public void ReorderedOverTheWrap_FallsBehind() => Sequence((65535, 65535), (1, 65537), (0, 65536), (65534, 65534), (2, 65538));

    [Fact]
    public void OlderThanTheFirst_IsNegative() => Sequence((0, 0), (65535, -1), (1, 1));

    [Fact]
    public void HalfTheRange_CountsAsBehind()
    {
        Sequence((0, 0), (32768, -32768));
        Sequence((0, 0), (32767, 32767));
    }

    [Fact]
    public void Nearest_MovesNothing()
    {
        var unwrapper = new SequenceUnwrapper();
        Assert.Equal(40000, unwrapper.Nearest(40000));
        Assert.Equal(10, unwrapper.Unwrap(10));
        Assert.Equal(-25536, unwrapper.Nearest(40000));
        Assert.Equal(30010, unwrapper.Unwrap(30010));
        Assert.Equal(40000, unwrapper.Nearest(40000));
    }

    [Fact]
    public void Reset_StartsAnew()
    {
        var unwrapper = new SequenceUnwrapper();
        unwrapper.Unwrap(65535);
        unwrapper.Unwrap(0);
        unwrapper.Reset();
        Assert.Equal(0, unwrapper.Unwrap(0));
    }

    [Fact]
    public void FortyHours_StayExact()
    {
        // 100 packets of 480 samples a second: 220 wraps of the sequence number, 1.6 of the timestamp, from shortly before both.
        var sequences = new SequenceUnwrapper();
        var timestamps = new TimestampUnwrapper();
        const long firstSequence = 65000;
        const long firstTimestamp = 0xFFFF_0000;
        for (long n = 0; n < 40 * 3600 * 100; n++)
        {
            if (sequences.Unwrap((ushort)(firstSequence + n)) != firstSequence + n
                || timestamps.Unwrap((uint)(firstTimestamp + (480 * n))) != firstTimestamp + (480 * n))
            {
                Assert.Fail($"packet {n}");
            }
        }
    }

    [Fact]
    public void Timestamp_WrapsBothWays()
    {
        var unwrapper = new TimestampUnwrapper();
        Assert.Equal(0xFFFFFFFF, unwrapper.Unwrap(0xFFFFFFFF));
        Assert.Equal(0x1_0000_01DF, unwrapper.Unwrap(0x1DF));
        Assert.Equal(0xFFFFFE1F, unwrapper.Unwrap(0xFFFFFE1F));
    }

    private static void Sequence(params (int Wire, long Unwrapped)[] rows)
    {
        var unwrapper = new SequenceUnwrapper();
        foreach (var (wire, unwrapped) in rows)
        {
            Assert.Equal(unwrapped, unwrapper.Unwrap((ushort)wire));
        }
    }
}
