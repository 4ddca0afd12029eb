namespace LiveAvatar.Media.Tests.Simulation;

/// <summary>Video over a link that loses packets both ways, in virtual time: every packet must come through, in order, unharmed.</summary>
[Trait("category", "unit")]
public class LossRecoveryTests(ITestOutputHelper output)
{
    private static readonly TimeSpan FrameTime = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(0.00, 0, 0)]
    [InlineData(0.01, 25, 0)]
    [InlineData(0.05, 2, 0)]
    [InlineData(0.05, 25, 0)]
    [InlineData(0.05, 25, 30)] // jitter of 30 ms reorders: many requests are for packets that only come later
    [InlineData(0.10, 25, 10)]
    public void AllVideo_IsRecovered(double loss, int delayMs, int jitterMs)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            Run(seed, loss, TimeSpan.FromMilliseconds(delayMs), TimeSpan.FromMilliseconds(jitterMs));
        }
    }

    [Fact]
    public void WithoutRetransmission_VideoStops() // the control: the link does lose what the others recover
    {
        var error = Assert.ThrowsAny<Exception>(() => Run(1, 0.05, TimeSpan.FromMilliseconds(25), TimeSpan.Zero, resend: false));
        Assert.Contains("stuck at frame", error.Message, StringComparison.Ordinal);
    }

    private void Run(int seed, double loss, TimeSpan delay, TimeSpan jitter, bool resend = true)
    {
        const int frames = 25 * 40;
        const int tail = 25; // frames after the last that is checked: a lost last packet shows only by what follows
        var roundTrip = (2 * delay) + jitter;
        var random = new Random(seed);
        var down = new LossyLink(seed * 2, loss, delay, jitter);
        var up = new LossyLink((seed * 2) + 1, loss, delay, jitter);
        var sender = new VideoSender(down, roundTrip);
        var receiver = new VideoReceiver(up, roundTrip + TimeSpan.FromMilliseconds(10), VideoSender.FirstSequence);
        var sent = new List<byte[]>();

        for (var now = TimeSpan.Zero; sent.Count < frames + tail || down.NextArrival is not null; now += Step)
        {
            if (now.Ticks % FrameTime.Ticks == 0 && sent.Count < frames + tail)
            {
                var key = sent.Count % 250 == 0;
                var frame = new byte[key ? 20_000 : random.Next(500, 6_000)];
                random.NextBytes(frame);
                sender.SendFrame(frame, (uint)(sent.Count * 3600), key, now);
                sent.Add(frame);
            }

            sender.Pump(now);
            while (down.TryReceive(now, out var rtp))
            {
                receiver.OnRtp(rtp, now);
            }

            receiver.Ask(now);
            while (up.TryReceive(now, out var rtcp))
            {
                if (resend)
                {
                    sender.OnRtcp(rtcp, now);
                }
            }
        }

        Assert.True(receiver.Frames.Count >= frames, $"seed {seed}: stuck at frame {receiver.Frames.Count} of {frames}");
        for (var i = 0; i < frames; i++)
        {
            Assert.True(sent[i].AsSpan().SequenceEqual(receiver.Frames[i]), $"seed {seed}: frame {i} differs");
        }

        Assert.Equal((0, 0), (sender.UnknownCount, sender.OverflowCount));
        var repairs = receiver.RepairTimes.Order().ToArray();
        output.WriteLine($"seed {seed}: {sender.PacketCount} packets, {down.LostCount} lost, {sender.ResendCount} resent, repair p50 "
            + $"{(repairs.Length > 0 ? repairs[repairs.Length / 2].TotalMilliseconds : 0)} ms, worst {(repairs.Length > 0 ? repairs[^1].TotalMilliseconds : 0)} ms");
    }
}
