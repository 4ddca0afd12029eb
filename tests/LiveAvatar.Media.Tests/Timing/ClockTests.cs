using FsCheck;
using FsCheck.Fluent;
using LiveAvatar.Media.Timing;

namespace LiveAvatar.Media.Tests.Timing;

[Trait("category", "unit")]
public class ClockTests
{
    private static readonly DateTimeOffset Moment = new(2026, 11, 21, 3, 30, 0, 500, TimeSpan.Zero);

    [Fact]
    public void UnixEpoch_IsTheKnownNtpSecond() => // 70 years, 17 of them leap
        Assert.Equal(2_208_988_800UL << 32, NtpTime.FromDateTime(DateTimeOffset.UnixEpoch));

    [Fact]
    public void HalfASecond_IsHalfTheFraction() => Assert.Equal(0x8000_0000u, (uint)NtpTime.FromDateTime(Moment));

    [Fact]
    public void AnyTick_RoundTrips() => Prop.ForAll<uint, ushort>((a, b) =>
    {
        var moment = DateTimeOffset.UnixEpoch.AddTicks(((long)a << 25) + (b * 131L)); // 1970..2426 in odd ticks, cut to the eras below
        return moment.Year is < 1969 or > 2103 || NtpTime.ToDateTime(NtpTime.FromDateTime(moment)) == moment;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void EraWrapOf2036_IsContinuous()
    {
        var last = new DateTimeOffset(2036, 2, 7, 6, 28, 15, 999, TimeSpan.Zero);
        var next = last.AddMilliseconds(2);
        var (before, after) = (NtpTime.FromDateTime(last), NtpTime.FromDateTime(next));
        Assert.True(after < before);
        Assert.Equal(next, NtpTime.ToDateTime(after));
        Assert.Equal(TimeSpan.FromMilliseconds(2), NtpTime.Difference(after, before));
        Assert.Equal(TimeSpan.FromMilliseconds(-2), NtpTime.Difference(before, after));
        Assert.Equal(after, NtpTime.Add(before, TimeSpan.FromMilliseconds(2)), 1UL << 12);
    }

    [Fact]
    public void AddedOffset_ComesBackAsDifference() => Prop.ForAll<long, int>((ntp, ticks) =>
        NtpTime.Difference(NtpTime.Add((ulong)ntp, TimeSpan.FromTicks(ticks)), (ulong)ntp).Ticks == ticks).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1000, 65536)]
    [InlineData(5.25, 344)] // 5.25 ms = 344.06 units
    [InlineData(-3, 0)]
    public void CompactDuration_IsSixteenDotSixteen(double milliseconds, uint compact) =>
        Assert.Equal(compact, NtpTime.ToCompact(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void CompactDuration_ReadsBackWithinOneUnit() =>
        Assert.Equal(123.456, NtpTime.FromCompact(NtpTime.ToCompact(TimeSpan.FromMilliseconds(123.456))).TotalMilliseconds, 1000.0 / 65536);

    [Fact]
    public void CompactOfEndlessDuration_Saturates() => Assert.Equal(65535u << 16, NtpTime.ToCompact(TimeSpan.MaxValue));

    [Fact]
    public void WallClock_MapsBothWays()
    {
        var clock = WallClock.Pair(TimeSpan.FromSeconds(100), Moment);
        Assert.Equal(NtpTime.FromDateTime(Moment), clock.ToNtp(TimeSpan.FromSeconds(100)));
        for (var hours = 0; hours < 100; hours++)
        {
            var time = new TimeSpan(hours, 3, 7) + TimeSpan.FromTicks(hours);
            Assert.Equal(time, clock.FromNtp(clock.ToNtp(time)));
        }

        Assert.Equal(TimeSpan.FromSeconds(-1), clock.FromNtp(NtpTime.FromDateTime(Moment.AddSeconds(-101))));
    }

    [Theory]
    [InlineData(48_000, 0, 0)]
    [InlineData(48_000, 1_440_000_000_000, 6_912_000_000)] // 40 h
    [InlineData(90_000, 1_440_000_000_000, 12_960_000_000)]
    [InlineData(90_000, 111, 1)] // 11.1 us = 0.999 units
    [InlineData(90_000, -111, -1)]
    public void RtpTimestamp_IsRoundedMediaTime(int rate, long ticks, long timestamp) =>
        Assert.Equal(timestamp, new RtpClock(rate).ToTimestamp(TimeSpan.FromTicks(ticks)));

    [Theory]
    [InlineData(48_000)]
    [InlineData(90_000)]
    public void RtpTimestamp_RoundTrips(int rate)
    {
        var clock = new RtpClock(rate);
        Prop.ForAll<long>(n =>
        {
            var timestamp = n % (1L << 44); // years
            return clock.ToTimestamp(clock.ToTime(timestamp)) == timestamp;
        }).QuickCheckThrowOnFailure();
    }
}
