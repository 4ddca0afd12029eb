using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Timing;

namespace LiveAvatar.Media.Tests.Rtcp;

[Trait("category", "unit")]
public class ReceiverReportStateTests
{
    private const uint Ssrc = 77;

    private readonly ReceiverReportState _state = new(Ssrc, 48_000);

    [Fact]
    public void BeforeTheFirstPacket_ThereIsNoReport() => Assert.False(_state.TryCreateReport(TimeSpan.Zero, out _));

    [Fact]
    public void NothingLost_ReportsZero()
    {
        Receive(0, 99);
        var report = Report();
        Assert.Equal((Ssrc, 0, 0, 99u), (report.Ssrc, report.FractionLost, report.CumulativeLost, report.HighestSequence));
        Assert.Equal(0u, report.Jitter);
    }

    [Fact]
    public void EachReport_CoversItsOwnInterval()
    {
        Receive(0, 49);
        Receive(100, 149); // 50 of 150 lost
        Assert.Equal((85, 50), LossOf(Report()));
        Receive(150, 249); // nothing lost since
        Assert.Equal((0, 50), LossOf(Report()));
        Assert.Equal((0, 50), LossOf(Report())); // nothing expected since
    }

    [Fact]
    public void LatePackets_ReduceTheLoss()
    {
        Receive(0, 9);
        Receive(12, 19);
        Receive(10, 11);
        Assert.Equal((0, 0), LossOf(Report()));
    }

    [Fact]
    public void Duplicates_MakeItNegative()
    {
        Receive(0, 9);
        Receive(0, 9);
        Assert.Equal((0, -10), LossOf(Report()));
    }

    [Fact]
    public void Wrap_CountsInTheUpperHalf()
    {
        Receive(65530, 65540);
        Assert.Equal(0x0001_0004u, Report().HighestSequence);
    }

    [Fact]
    public void OneWildNumber_IsNotARestart()
    {
        Receive(0, 9);
        _state.OnPacket(50_000, 0, default);
        Receive(10, 19);
        Assert.Equal((0, 0), LossOf(Report()));
        Assert.Equal(21, _state.ReceivedCount);
    }

    [Theory]
    [InlineData(50_000)]
    [InlineData(-50_000)]
    public void TwoInARow_AreARestart(long start)
    {
        Receive(0, 9);
        Receive(start, start + 9);
        var report = Report();
        Assert.Equal((0, 0), LossOf(report));
        Assert.Equal((uint)(start + 9), report.HighestSequence);
    }

    [Fact]
    public void Jitter_FollowsTheFormulaOfA8()
    {
        // Packets 10 ms apart on the clock, arriving alternately 0 and 4 ms late: every deviation is 4 ms = 192 units.
        var expected = 0L;
        for (var n = 0; n < 200; n++)
        {
            _state.OnPacket(n, 480 * n, TimeSpan.FromMilliseconds((10 * n) + (n % 2 == 0 ? 0 : 4)));
            expected += n == 0 ? 0 : 192 - ((expected + 8) >> 4);
        }

        Assert.Equal((uint)(expected >> 4), Report().Jitter);
        Assert.InRange(_state.Jitter.TotalMilliseconds, 3.8, 4.0);
    }

    [Fact]
    public void SenderReport_IsReferredTo()
    {
        Receive(0, 9);
        Assert.Equal((0u, 0u), (Report().LastSenderReport, Report().DelaySinceLastSenderReport));
        _state.OnSenderReport(0x0000_1234_5678_0000, TimeSpan.FromSeconds(10));
        Assert.True(_state.TryCreateReport(TimeSpan.FromSeconds(10.5), out var report));
        Assert.Equal((0x1234_5678u, 0x8000u), (report.LastSenderReport, report.DelaySinceLastSenderReport));
    }

    [Fact]
    public void RoundTrip_IsWhatThePathTook()
    {
        var clock = WallClock.Pair(TimeSpan.Zero, new DateTimeOffset(2036, 2, 7, 6, 28, 15, TimeSpan.Zero)); // a second before the wrap
        var sentAt = TimeSpan.FromMilliseconds(900);
        _state.OnPacket(0, 0, default);
        _state.OnSenderReport(clock.ToNtp(sentAt), TimeSpan.FromSeconds(50)); // the peer's own clock
        Assert.True(_state.TryCreateReport(TimeSpan.FromSeconds(50.250), out var report));

        var estimator = new RttEstimator();
        Assert.True(estimator.OnReport(report, clock.ToNtp(sentAt + TimeSpan.FromMilliseconds(280))));
        Assert.Equal(30, estimator.Latest!.Value.TotalMilliseconds, 0.05);
        Assert.Equal(estimator.Latest, estimator.Smoothed);

        Assert.True(estimator.OnReport(report, clock.ToNtp(sentAt + TimeSpan.FromMilliseconds(360))));
        Assert.Equal(40, estimator.Smoothed!.Value.TotalMilliseconds, 0.05);
        Assert.Equal(30, estimator.Minimum!.Value.TotalMilliseconds, 0.05);
    }

    [Fact]
    public void ImpossibleRoundTrips_AreIgnored()
    {
        var estimator = new RttEstimator();
        Assert.False(estimator.OnReport(new ReportBlock(1, 0, 0, 0, 0, 0, 5), 1UL << 40)); // no SR received yet
        Assert.False(estimator.OnReport(new ReportBlock(1, 0, 0, 0, 0, 100, 0xFFFF), 100UL << 16)); // delay longer than the trip
        Assert.False(estimator.OnReport(new ReportBlock(1, 0, 0, 0, 0, 1, 0), 40UL << 32)); // 40 s
        Assert.Null(estimator.Latest);
        Assert.True(estimator.OnReport(new ReportBlock(1, 0, 0, 0, 0, 100, 1), 100UL << 16)); // one unit below zero is rounding
        Assert.Equal(TimeSpan.Zero, estimator.Latest);
    }

    private void Receive(long first, long last)
    {
        for (var n = first; n <= last; n++)
        {
            _state.OnPacket(n, 480 * n, TimeSpan.FromMilliseconds(10 * n));
        }
    }

    private ReportBlock Report()
    {
        Assert.True(_state.TryCreateReport(TimeSpan.FromSeconds(1), out var report));
        return report;
    }

    private static (int Fraction, int Cumulative) LossOf(ReportBlock report) => (report.FractionLost, report.CumulativeLost);
}
