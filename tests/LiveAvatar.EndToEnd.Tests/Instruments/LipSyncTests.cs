using LiveAvatar.CallKit;
using LiveAvatar.CallKit.Analysis;

namespace LiveAvatar.EndToEnd.Tests.Instruments;

/// <summary>The estimator on curves whose offset is known.</summary>
public sealed class LipSyncTests
{
    public static TheoryData<int> Offsets => [.. Enumerable.Range(-10, 21).Select(i => 20 * i)];

    [Theory]
    [MemberData(nameof(Offsets))]
    public void InjectedOffset_IsFoundWithin10Ms(int videoLeadMs)
    {
        var loudness = Speech(10, 0.0);
        var opening = Speech(40, videoLeadMs).Select(s => s with { Value = Math.Sqrt(s.Value) + (0.05 * Noise(s.Time)) });

        var result = LipSync.Estimate([.. opening], loudness);

        Assert.InRange(result.VideoLeadMs, videoLeadMs - 10, videoLeadMs + 10);
        Assert.InRange(result.Correlation, 0.7, 1);
    }

    [Fact]
    public void UnrelatedMouth_HasNoCorrelation()
    {
        var mouth = Speech(40, 5000).Select(s => s with { Value = Noise(s.Time) });

        Assert.InRange(LipSync.Estimate([.. mouth], Speech(10, 0)).Correlation, -1, 0.35);
    }

    [Fact]
    public void StillMouth_IsRefused() =>
        Assert.Throws<CallKitException>(() => LipSync.Estimate([.. Speech(40, 0).Select(s => s with { Value = 1 })], Speech(10, 0)));

    // Energy of a row of syllables, sampled every stepMs, shifted to come leadMs early.
    private static Sample[] Speech(double stepMs, double leadMs)
    {
        var random = new Random(3);
        var syllables = new List<(double Start, double Length, double Height)>();
        for (var at = 300.0; at < 14000; at += 140 + (random.NextDouble() * (random.Next(5) == 0 ? 600 : 100)))
        {
            syllables.Add((at, 80 + (random.NextDouble() * 120), 0.3 + (0.7 * random.NextDouble())));
        }

        return
        [
            .. Enumerable.Range(0, (int)(14000 / stepMs)).Select(i =>
            {
                var time = i * stepMs;
                var moment = time + leadMs;
                var height = syllables
                    .Where(s => moment >= s.Start && moment < s.Start + s.Length)
                    .Sum(s => s.Height * Math.Sin(Math.PI * (moment - s.Start) / s.Length));
                return new Sample(time, 0.2 * height * height);
            }),
        ];
    }

    private static double Noise(double time) => Math.Sin((time * 12.9898) + (Math.Sin(time) * 78.233));
}
