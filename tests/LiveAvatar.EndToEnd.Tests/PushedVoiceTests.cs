using LiveAvatar.CallKit;
using LiveAvatar.CallKit.Analysis;
using LiveAvatar.V1;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>A program pushes a voice and a browser watches: what is heard, when, and with which lips.</summary>
public sealed class PushedVoiceTests(Stage stage, ITestOutputHelper output)
{
    // As for a call (CallTests).
    private const double LeastVideoLeadMs = -45;
    private const double MostVideoLeadMs = 125;

    private const double Silent = 0.003; // -50 dBFS

    private static readonly WavFile Voice = WavFile.Read(Checkout.At("tests", "vectors", "voices", "slt.wav"));
    private static readonly TimeSpan Prebuffer = TimeSpan.FromSeconds(0.3); // more than this machine's stalls
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(6); // of the browser's audio buffer and lip sync

    [Fact]
    public Task SentAtOnce_IsSpokenInStepWithTheLips() => Repeated.OnceAsync(output, async () =>
    {
        await using var speaker = await Speaker.CreateAsync(await stage.ServerAsync());
        await using var page = await stage.OpenPageAsync();
        var watch = await page.WatchAsync(speaker.Session);
        await page.RecordSoundAsync(watch);
        var speaking = speaker.SayAsync(Voice, pace: 10, prebuffer: Prebuffer);
        await Task.Delay(Settling);
        await page.RecordPictureAsync(watch, MouthRegion.Presenter);
        var told = await speaking;

        var sound = (await page.StopSoundAsync(watch)).ToSamples();
        var lips = LipSync.Estimate(await page.StopPictureAsync(watch), sound);
        output.WriteLine($"the mouth leads the voice by {lips.VideoLeadMs:F0} ms, correlation {lips.Correlation:F2}; heard {Heard(sound):F1} s of {Voice.SecondsAbove(Silent):F1} s of voice");
        Assert.InRange(lips.VideoLeadMs, LeastVideoLeadMs, MostVideoLeadMs);
        Assert.InRange(lips.Correlation, 0.3, 1);
        Assert.InRange(Heard(sound) / Voice.SecondsAbove(Silent), 0.9, 1.15); // the browser fills what it has not got by stretching
        Assert.DoesNotContain(told, e => e.Event == PlaybackEvent.Starved);
    });

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.5, 0)]
    [InlineData(2, 1.5)]
    public Task AnyPace_AllOfItIsHeard(double pace, double gapSeconds) => Repeated.OnceAsync(output, async () =>
    {
        var voice = Voice.Take(6);
        await using var speaker = await Speaker.CreateAsync(await stage.ServerAsync());
        await using var page = await stage.OpenPageAsync();
        var watch = await page.WatchAsync(speaker.Session);
        await page.RecordSoundAsync(watch);
        var told = await speaker.SayAsync(voice, pace, TimeSpan.FromSeconds(gapSeconds), prebuffer: Prebuffer);
        await Task.Delay(500, TestContext.Current.CancellationToken);

        var sound = (await page.StopSoundAsync(watch)).ToSamples();
        output.WriteLine($"heard {Heard(sound):F1} s of {voice.SecondsAbove(Silent):F1} s of voice; {told.Count(e => e.Event == PlaybackEvent.Starved)} times nothing waited");
        Assert.InRange(Heard(sound) / voice.SecondsAbove(Silent), 0.85, 1.25);
        Assert.Equal(voice.Samples.Length / (double)voice.SampleRate, told[^1].Played.ToTimeSpan().TotalSeconds, 0.05);
        Assert.Equal(PlaybackEvent.Ended, told[^1].Event);
        Assert.Equal(pace < 1 || gapSeconds > 0, told.Any(e => e.Event == PlaybackEvent.Starved));
    });

    [Fact]
    public Task Interrupt_SilencesWithin100msAndClosesTheMouthWithin200ms() => Repeated.OnceAsync(output, async () =>
    {
        const int Interruptions = 5;
        await using var speaker = await Speaker.CreateAsync(await stage.ServerAsync());
        await using var page = await stage.OpenPageAsync();
        var watch = await page.WatchAsync(speaker.Session);
        await page.RecordSoundAsync(watch);
        await Task.Delay(Settling);
        var (silences, mouths) = (new List<double>(), new List<double>());
        for (var i = 0; i < Interruptions; i++)
        {
            await page.RecordPictureAsync(watch, MouthRegion.Presenter);
            var from = (int)((0.5 + (2.3 * i)) * Voice.SampleRate);
            var speaking = speaker.SayAsync(Voice with { Samples = Voice.Samples[from..] }, pace: 10);
            await Task.Delay(TimeSpan.FromSeconds(2 + (0.17 * i)));
            var called = await page.EvaluateAsync<double>("performance.now()");
            await speaker.InterruptAsync();
            Assert.Contains(await speaking, e => e.Event == PlaybackEvent.Interrupted);
            await Task.Delay(TimeSpan.FromSeconds(1.5));

            var sound = (await page.EvaluateAsync<SoundRecording>($"probe.peers.get({watch.Peer}).loudness.read()")).ToSamples();
            var opening = MouthMotion.Opening(await page.StopPictureAsync(watch), time => time > called + 600 && time < called + 1500);
            silences.Add(sound.Last(s => s.Value > Silent).Time - called);
            mouths.Add(ClosedAt(opening, called) - called);
        }

        // What the browser has already got it still plays: its buffer is not the server's to empty.
        var held = (await page.AudioStatsAsync(watch)).BufferMs;
        output.WriteLine($"silent after {Text(silences)} ms, of which the browser held {held:F0} ms; the mouth closed after {Text(mouths)} ms");
        Assert.InRange(Median(silences) - held, -1000, 100); // an interruption may meet a pause
        Assert.InRange(Median(mouths), -1000, 200);
    });

    private static string Text(IEnumerable<double> values) => string.Join(", ", values.Select(v => $"{v:F0}"));

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    // The last frame whose lips are apart by more than a fifth of what speech does.
    private static double ClosedAt(IReadOnlyList<Sample> opening, double called)
    {
        var speaking = opening.Where(s => s.Time < called).Select(s => s.Value).Order().ToList();
        var apart = 0.2 * speaking[(int)(0.9 * speaking.Count)];
        return opening.LastOrDefault(s => s.Value > apart && s.Time < called + 1000).Time + 40;
    }

    // Seconds in which something is heard.
    private static double Heard(IReadOnlyList<Sample> loudness) => loudness.Count(s => s.Value > Silent) * SoundRecording.BlockMs / 1000;
}
