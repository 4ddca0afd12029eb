using LiveAvatar.CallKit;
using LiveAvatar.LoadClient;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>Fifty viewers without browsers watch one session.</summary>
public sealed class ManyViewersTests(Stage stage, ITestOutputHelper output)
{
    private const int Viewers = 50;
    private const double Loss = 0.1;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(6);
    private static readonly WavFile Voice = WavFile.Read(Stage.OtherVoice);

    [Fact]
    public Task OneOfFiftyLosesATenthOfItsPackets_TheOthersMissNothing() => Repeated.OnceAsync(output, async () =>
    {
        var server = await stage.ServerAsync();
        await using var speaker = await Speaker.CreateAsync(server);
        await using var fleet = new LoadFleet(TimeProvider.System);
        var endpoint = new Uri(server.Address, $"/whep/{speaker.Session}");
        var lossy = await fleet.JoinAsync(endpoint, Loss);
        var clean = new List<LoadPeer>();
        while (clean.Count < Viewers - 1)
        {
            clean.Add(await fleet.JoinAsync(endpoint));
        }

        var speaking = speaker.SayAsync(Voice.Take(8), pace: 10);
        await Task.Delay(TimeSpan.FromSeconds(2)); // all have joined and have a picture
        var (from, before) = (fleet.Now, await speaker.GetAsync());
        await Task.Delay(Watched);
        var (to, after) = (fleet.Now, await speaker.GetAsync());
        await speaking;

        var sent = after.Counts["frames_sent"] - before.Counts["frames_sent"];
        var shown = fleet.Read(() => clean.Select(viewer => viewer.Shown.Count(at => at >= from && at < to)).ToList());
        var lossyShown = fleet.Read(() => lossy.Shown.Count(at => at >= from && at < to));
        output.WriteLine($"{sent} frames sent in {(to - from).TotalSeconds:F1} s; shown {shown.Min()} to {shown.Max()} by {clean.Count} viewers, {lossyShown} by the lossy one; {after.Viewers} viewers");

        Assert.Equal(Viewers, after.Viewers);
        Assert.InRange(sent / (to - from).TotalSeconds, 20, 26); // nor does the session draw less for it
        Assert.All(shown, count => Assert.InRange(count, sent - 3, sent + 3));
        Assert.All(clean, viewer => Assert.Equal(0, viewer.GaveUp));
        Assert.All(clean, viewer => Assert.True(viewer.VoicePackets > 100));
        Assert.True(lossy.LostPackets > 10, "the lossy viewer lost nothing");
        Assert.InRange(lossyShown, 0.7 * sent, sent + 3); // repaired by retransmission
    });

    [Fact]
    public Task TenJoinAtOnce_EachHasAPictureWithin1sByFewKeyFrames() => Repeated.OnceAsync(output, async () =>
    {
        var server = await stage.ServerAsync();
        await using var speaker = await Speaker.CreateAsync(server);
        await using var fleet = new LoadFleet(TimeProvider.System);
        var endpoint = new Uri(server.Address, $"/whep/{speaker.Session}");
        await fleet.JoinAsync(endpoint);
        await Task.Delay(TimeSpan.FromSeconds(3)); // the first key frame is long gone
        var before = await speaker.GetAsync();

        var late = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => fleet.JoinAsync(endpoint)));
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        var keyFrames = (await speaker.GetAsync()).Counts["key_frames"] - before.Counts["key_frames"];
        var waits = fleet.Read(() => late.Select(viewer => (viewer.Shown.Count > 0 ? viewer.Shown[0] - viewer.Joined : TimeSpan.MaxValue).TotalMilliseconds).Order().ToList());
        output.WriteLine($"pictures after {string.Join(", ", waits.Select(wait => $"{wait:F0}"))} ms by {keyFrames} key frames");
        Assert.All(waits, wait => Assert.InRange(wait, 0, 1000));
        Assert.InRange(keyFrames, 1, 6); // at most one in 200 ms, however many ask
    });

    [Fact]
    public Task JoiningWhileTheEncoderIsLowered_GetsEveryFrameThatItsPathBears() => Repeated.OnceAsync(output, async () =>
    {
        const int narrow = 300_000;
        var server = await stage.ServerAsync();
        await using var speaker = await Speaker.CreateAsync(server);
        await using var fleet = new LoadFleet(TimeProvider.System);
        var endpoint = new Uri(server.Address, $"/whep/{speaker.Session}");
        await fleet.JoinAsync(endpoint, bandwidth: narrow);
        await Task.Delay(TimeSpan.FromSeconds(2)); // the encoder follows it

        var late = await fleet.JoinAsync(endpoint, bandwidth: narrow);
        await Task.Delay(TimeSpan.FromSeconds(1));
        var (from, before) = (fleet.Now, (await speaker.GetAsync()).Counts["frames_sent"]);
        await Task.Delay(TimeSpan.FromSeconds(3));
        var (to, sent) = (fleet.Now, (await speaker.GetAsync()).Counts["frames_sent"] - before);
        var shown = fleet.Read(() => late.Shown.Count(at => at >= from && at < to));
        output.WriteLine($"{shown} of {sent} frames shown");
        Assert.InRange(shown, sent - 3, sent + 3); // without the upper layer it were half
    });
}
