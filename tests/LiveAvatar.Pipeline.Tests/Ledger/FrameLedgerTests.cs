using System.Diagnostics;
using System.Diagnostics.Metrics;
using LiveAvatar.Media.Timing;
using LiveAvatar.Pipeline.Ledger;

namespace LiveAvatar.Pipeline.Tests.Ledger;

public sealed class FrameLedgerTests
{
    private static readonly WallClock Wall = WallClock.Pair(TimeSpan.Zero, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly FrameLedger _ledger = new(Wall);

    [Fact]
    public void StagesOfAFrame_AddUpToItsTotal()
    {
        _ledger.Enter(Frame(Ms(1000)), FrameFate.Sent);
        var stages = Assert.Single(_ledger.Read()).Stages;
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 36], stages);
    }

    [Fact]
    public void StagesThatAFrameDidNotReach_AreLeftOutAndNotCounted()
    {
        _ledger.Enter(new FrameTimes { Received = Ms(10), Taken = Ms(11), Queued = Ms(12), Started = Ms(13), Listened = Ms(15) }, FrameFate.NotWatched);
        _ledger.Enter(Frame(Ms(1000)), FrameFate.Sent);
        Assert.Equal([1, 1, 1, 2, null, null, null, null, null], _ledger.Read()[0].Stages);
        var summary = _ledger.Summarise();
        Assert.Equal(2, summary.Single(stage => stage.Stage == "listen").Count);
        Assert.Equal(1, summary.Single(stage => stage.Stage == "draw").Count);
    }

    [Fact]
    public void Ring_KeepsTheNewestAndTheirNumbers()
    {
        for (var i = 0; i < 600; i++)
        {
            _ledger.Enter(Frame(Ms(40 * i)), FrameFate.Sent);
        }

        var frames = _ledger.Read();
        Assert.Equal(512, frames.Count);
        Assert.Equal((88, 599), (frames[0].Number, frames[^1].Number));
        Assert.Equal(40 * 599, frames[^1].ReceivedMs);
    }

    [Fact]
    public void CaptureTimes_AreToldOnOurClock()
    {
        var driver = NtpTime.Add(Wall.ToNtp(Ms(900)), TimeSpan.FromHours(-3)); // a driver whose clock is three hours behind
        var offset = unchecked((long)NtpTime.Add(0, TimeSpan.FromHours(3)));
        var first = new CaptureTime(driver, offset);
        _ledger.Enter(Frame(Ms(1000)) with { First = first, Last = first.Shift(Ms(40)) }, FrameFate.Sent);
        _ledger.Enter(Frame(Ms(1000)) with { First = first with { ClockOffset = null } }, FrameFate.Sent);
        var frames = _ledger.Read();
        Assert.Equal(900, frames[0].FirstCapturedMs!.Value, 0.01);
        Assert.Equal(940, frames[0].LastCapturedMs!.Value, 0.01);
        Assert.Null(frames[1].FirstCapturedMs); // the clocks are not tied yet
    }

    [Fact]
    public void SummaryAndHistogram_AgreeWithTheFrames()
    {
        var sums = new Dictionary<string, (double Sum, int Count)>();
        var thread = Environment.CurrentManagedThreadId;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "liveavatar.pipeline.stage.duration")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            // Ours alone: it is told on the thread that measures, and other tests measure at the same time.
            if (Environment.CurrentManagedThreadId == thread)
            {
                var stage = (string)tags[0].Value!;
                var (sum, count) = sums.GetValueOrDefault(stage);
                sums[stage] = (sum + value, count + 1);
            }
        });
        listener.Start();
        for (var i = 0; i < 101; i++)
        {
            _ledger.Enter(Frame(Ms(40 * i)), FrameFate.Sent);
        }

        foreach (var stage in _ledger.Summarise())
        {
            var (sum, count) = sums[stage.Stage];
            Assert.Equal(101, count);
            Assert.Equal(stage.P50, sum / count * 1000, stage.P50 * 0.05);
        }
    }

    [Fact]
    public void Entering_AllocatesNothing()
    {
        var frame = Frame(Ms(1000));
        Allocation.AssertNone(() => _ledger.Enter(frame, FrameFate.Sent), steps: 1000);
    }

    [Fact]
    public void Spans_TellOfOneFrameIn250AndOfEveryLateOne()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "LiveAvatar",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        for (var i = 0; i < 300; i++)
        {
            _ledger.Enter(Frame(Ms(1000), scale: i == 100 ? 2 : 1), FrameFate.Sent);
        }

        List<Activity> ours;
        lock (spans)
        {
            ours = [.. spans.Where(span => span.StartTimeUtc.Year == 2026 && span.StartTimeUtc is { Month: 1, Day: 2 })]; // other tests' frames are of today
        }

        var frames = ours.Where(span => span.OperationName == "frame").ToList();
        Assert.Equal([0L, 100L, 250L], frames.Select(span => (long)span.GetTagItem("liveavatar.frame.number")!));
        Assert.Equal(72, frames[1].Duration.TotalMilliseconds, 0.01);
        var parts = ours.Where(span => span.ParentSpanId == frames[1].SpanId).ToList();
        Assert.Equal(["receive", "decode", "inference_wait", "listen", "draw", "encode_wait", "encode", "send"], parts.Select(span => span.OperationName));
        Assert.Equal(frames[1].StartTimeUtc, parts[0].StartTimeUtc);
        Assert.Equal(10, parts[4].Duration.TotalMilliseconds, 0.01);
        Assert.Equal("wait", parts[0].GetTagItem("liveavatar.stage.kind"));
    }

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    // Stages of 1, 2, … 8 ms, times a scale.
    private static FrameTimes Frame(TimeSpan received, double scale = 1)
    {
        TimeSpan After(double ms) => received + (Ms(ms) * scale);
        return new FrameTimes
        {
            Received = received, Taken = After(1), Queued = After(3), Started = After(6), Listened = After(10), Drawn = After(15), Encoding = After(21),
            EncodeWork = Ms(7) * scale, SendWork = Ms(8) * scale, Sent = After(36),
        };
    }
}
