using LiveAvatar.Media.Rtcp;
using LiveAvatar.Rtc.Congestion;

namespace LiveAvatar.Rtc.Tests.Congestion;

/// <summary>A 25 fps stream that follows the estimate, over a modelled link, in virtual time.</summary>
public sealed class BandwidthEstimatorTests
{
    private const int Wanted = 1_200_000;

    [Fact]
    public void QuietPath_KeepsTheFullRate() => Assert.Equal(Wanted, new Link { Capacity = 20_000_000 }.Run(30).Target);

    [Theory]
    [InlineData(5)]
    [InlineData(15)]
    [InlineData(30)]
    public void Jitter_IsNotTakenForCongestion(int milliseconds)
    {
        var result = new Link { Capacity = 20_000_000, Jitter = milliseconds }.Run(60);
        Assert.InRange(result.Mean, 0.75 * Wanted, Wanted);
    }

    [Theory]
    [InlineData(400_000)]
    [InlineData(800_000)]
    public void NarrowLink_IsFoundAndNotOverrun(int capacity)
    {
        var result = new Link { Capacity = capacity }.Run(60);
        Assert.InRange(result.Mean, 0.5 * capacity, 1.05 * capacity);
        Assert.InRange(result.MeanQueue, 0, 120);
    }

    [Fact]
    public void WidenedLink_IsTakenUpAgain()
    {
        var link = new Link { Capacity = 400_000 };
        Assert.InRange(link.Run(30).Target, 150_000, 500_000);
        link.Capacity = 20_000_000;
        Assert.Equal(Wanted, link.Run(40).Target);
    }

    [Fact]
    public void SuddenlyNarrowLink_IsUnderCapacityWithin1500msAndBackIn8s()
    {
        var link = new Link { Capacity = 2_000_000 };
        Assert.Equal(Wanted, link.Run(10).Target);
        link.Capacity = 300_000;
        Assert.InRange(link.Run(1.5).Target, 100_000, 300_000);
        Assert.InRange(link.Run(10).Mean, 180_000, 310_000);
        link.Capacity = 2_000_000;
        Assert.InRange(link.Run(8).Target, 0.9 * Wanted, Wanted);
    }

    /// <summary>An encoder that makes less than it may says nothing of how wide the path is.</summary>
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.85)]
    [InlineData(0.75)]
    public void LaggingEncoder_IsNotTakenForAWiderLink(double share)
    {
        var link = new Link { Capacity = 2_000_000, Share = share };
        link.Run(10);
        link.Capacity = 300_000;
        link.Run(3);
        var result = link.Run(60);
        Assert.InRange(result.LongQueue, 0, 180);
        Assert.InRange(result.Mean, 180_000, 420_000);
    }

    /// <summary>A longer route is no queue, though its delay stays.</summary>
    [Theory]
    [InlineData(20_000_000, 80)]
    [InlineData(20_000_000, 150)]
    [InlineData(20_000_000, 400)]
    [InlineData(400_000, 80)]
    [InlineData(400_000, 150)]
    [InlineData(400_000, 400)]
    public void LongerRoute_IsNotTakenForAQueue(int capacity, int milliseconds)
    {
        var link = new Link { Capacity = capacity };
        link.Run(10);
        link.Delay += milliseconds;
        Assert.InRange(link.Run(16).Mean, 0.65 * Math.Min(capacity, Wanted), Math.Max(Wanted, capacity));
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.10)]
    public void RandomLoss_IsNotCongestion(double loss) =>
        Assert.InRange(new Link { Capacity = 20_000_000, Loss = loss }.Run(60).Mean, 0.8 * Wanted, Wanted);

    [Fact]
    public void LossOfAQuarter_IsBackedOffFrom() => Assert.InRange(new Link { Capacity = 20_000_000, Loss = 0.25 }.Run(30).Target, 100_000, 0.5 * Wanted);

    [Fact]
    public void ReceiversOwnLimit_IsKept()
    {
        var estimator = new BandwidthEstimator(Wanted);
        estimator.OnReceiverLimit(300_000);
        Assert.Equal(300_000, estimator.Target);
        estimator.OnReceiverLimit(1);
        Assert.Equal(BandwidthEstimator.MinBitrate, estimator.Target);
        estimator.OnReceiverLimit(0);
        Assert.Equal(Wanted, estimator.Target);
    }

    [Fact]
    public void FeedbackAboutAnything_NeverThrowsOrLeavesTheRange()
    {
        var random = new Random(31);
        var estimator = new BandwidthEstimator(Wanted);
        var now = TimeSpan.Zero;
        for (var round = 0; round < 20_000; round++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(0, 200));
            estimator.OnSent((ushort)random.Next(0, 3000), random.Next(0, 1300), now);
            var entries = new TransportFeedbackEntry[random.Next(0, 20)];
            for (var index = 0; index < entries.Length; index++)
            {
                entries[index] = new TransportFeedbackEntry(
                    (ushort)random.Next(0, 3000), random.Next(3) > 0, TimeSpan.FromMilliseconds(random.Next(-1_000_000, 1_000_000)));
            }

            estimator.OnFeedback(entries, TimeSpan.FromMilliseconds(random.Next(0, 500)), now);
            Assert.InRange(estimator.Target, BandwidthEstimator.MinBitrate, Wanted);
        }
    }

    /// <summary>What was seen in the second half of a run; <c>LongQueue</c> is the 99th percentile.</summary>
    private sealed record Result(int Target, double Mean, double MeanQueue, double LongQueue);

    /// <summary>A first-in-first-out link of a given capacity with a deep buffer, and a receiver that reports each 100 ms.</summary>
    private sealed class Link
    {
        private readonly BandwidthEstimator _estimator = new(Wanted);
        private readonly Random _random = new(5);
        private readonly List<TransportFeedbackEntry> _pending = [];
        private double _now;
        private double _freeAt;
        private double _lastArrival;
        private double _nextFeedback = 100;
        private ushort _sequence = 65000;

        public required int Capacity { get; set; }

        public double Jitter { get; init; }

        public double Delay { get; set; } = 20;

        public double Loss { get; init; }

        /// <summary>What the encoder makes of what it may.</summary>
        public double Share { get; init; } = 1;

        public Result Run(double seconds)
        {
            var end = _now + (seconds * 1000.0);
            var half = _now + (seconds * 500.0);
            var targets = new List<double>();
            var queues = new List<double>();
            while (_now < end)
            {
                Send((int)(Share * _estimator.Target / 8.0 / 25 * (0.7 + (0.6 * _random.NextDouble()))));
                if (_now > half)
                {
                    targets.Add(_estimator.Target);
                    queues.Add(Math.Max(0, _freeAt - _now));
                }

                _now += 40;
                if (_now >= _nextFeedback)
                {
                    Report();
                }
            }

            queues.Sort();
            return new Result(_estimator.Target, targets.Average(), queues.Average(), queues[(int)(0.99 * queues.Count)]);
        }

        private void Send(int frame)
        {
            for (; frame > 0; frame -= 1150)
            {
                var bytes = Math.Min(frame, 1150) + 50;
                _estimator.OnSent(_sequence, bytes, TimeSpan.FromMilliseconds(_now));
                _freeAt = Math.Max(_freeAt, _now) + (bytes * 8000.0 / Capacity);
                _lastArrival = Math.Max(_lastArrival, _freeAt + Delay + (Jitter * _random.NextDouble()));
                var received = _random.NextDouble() >= Loss;
                _pending.Add(new TransportFeedbackEntry(_sequence++, received, received ? TimeSpan.FromMilliseconds(Math.Round(_lastArrival * 4) / 4) : default));
            }
        }

        private void Report()
        {
            _nextFeedback = _now + 100;
            var count = _pending.TakeWhile(entry => entry.Arrival.TotalMilliseconds <= _now).Count();
            _estimator.OnFeedback(_pending.Take(count).ToArray(), TimeSpan.FromMilliseconds(60), TimeSpan.FromMilliseconds(_now));
            _pending.RemoveRange(0, count);
        }
    }
}
