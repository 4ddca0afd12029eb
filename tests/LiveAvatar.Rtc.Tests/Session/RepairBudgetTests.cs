using LiveAvatar.Rtc.Session;

namespace LiveAvatar.Rtc.Tests.Session;

public sealed class RepairBudgetTests
{
    private const int Rate = 1_000_000;
    private readonly RepairBudget _budget = new();

    [Fact]
    public void TenPercentLoss_IsRepairedForEver()
    {
        // 25 frames of 5 packets a second; every tenth packet is asked for.
        for (var packet = 0; packet < 10_000; packet += 10)
        {
            Assert.True(_budget.TryTake(1000, Rate, TimeSpan.FromMilliseconds(8 * packet)));
        }
    }

    [Fact]
    public void MoreThanThePathsNext400Ms_IsWrittenOff()
    {
        var now = TimeSpan.FromSeconds(10);
        var sent = 0;
        while (_budget.TryTake(1000, Rate, now))
        {
            sent += 1000;
        }

        Assert.InRange(sent * 8, 0.35 * Rate, 0.4 * Rate);
        Assert.True(_budget.TryTake(1000, Rate, now)); // after the key frame single losses are repaired again
    }

    [Fact]
    public void NarrowerPath_WritesOffSooner()
    {
        var now = TimeSpan.FromSeconds(10);
        Assert.True(_budget.TryTake(4500, 100_000, now));
        Assert.False(_budget.TryTake(1000, 100_000, now));
    }
}
