using LiveAvatar.Rtc;

namespace LiveAvatar.Perf.Network;

/// <summary>A bad network, the same both ways.</summary>
/// <param name="Name">In metrics.</param>
/// <param name="Title">For people.</param>
/// <param name="Link">What it does to each direction.</param>
internal sealed record NetworkCondition(string Name, string Title, LinkImpairment Link)
{
    private static readonly int[] Percents = [2, 5, 10];

    /// <summary>Those that are measured, the good one first.</summary>
    public static IReadOnlyList<NetworkCondition> All { get; } =
    [
        new("clean", "no loss, no delay", new LinkImpairment()),
        .. Losses(0),
        new("rtt50", "RTT 50 ms", Bad(0, 50)),
        .. Losses(50),
        new("burst5_rtt50", "5 % loss in bursts of 4, RTT 50 ms", Bad(5, 50) with { BurstLength = 4 }),
        new("rtt100", "RTT 100 ms", Bad(0, 100)),
        .. Losses(100),
        new("jitter30_rtt50", "jitter 30 ms, RTT 50 ms", Bad(0, 50) with { Jitter = TimeSpan.FromMilliseconds(30) }),
    ];

    private static LinkImpairment Bad(double loss, double roundTrip) => new() { Loss = loss / 100, Delay = TimeSpan.FromMilliseconds(roundTrip / 2) };

    private static IEnumerable<NetworkCondition> Losses(int roundTrip) => Percents.Select(loss => new NetworkCondition(
        roundTrip == 0 ? $"loss{loss}" : $"loss{loss}_rtt{roundTrip}", roundTrip == 0 ? $"{loss} % loss" : $"{loss} % loss, RTT {roundTrip} ms", Bad(loss, roundTrip)));
}
