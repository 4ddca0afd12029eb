using Grpc.Core;
using Grpc.Net.Client;
using LiveAvatar.CallKit;
using LiveAvatar.V1;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>The studio's controls in a call, judged by what they do to the picture and to the session.</summary>
public sealed class StudioTests(Stage stage, ITestOutputHelper output)
{
    private const string Mouth = "[0.375, 0.5, 0.25, 0.1875]"; // left, top, width, height in shares of the picture
    private const string Face = "[0.25, 0.1, 0.5, 0.6]";
    private const double Visible = 2; // grey levels beyond idling

    [Fact]
    public Task Slider_ChangesThePictureWithin200msAndDisturbsNothing() => Repeated.OnceAsync(output, async () =>
    {
        const int Moves = 8;
        await using var studio = await OpenCallAsync(Mouth);
        await HoldStillAsync(studio);
        var before = await FramesPerSecondAsync(studio, 3);
        var latencies = new List<double>();
        var (frames, began) = await CountAsync(studio);
        for (var i = 0; i < Moves; i++)
        {
            var latency = await studio.Page.EvaluateAsync<double?>(
                $$"""
                () => screen_.change(() => {
                  const slider = document.querySelector('#emotion-happy');
                  slider.value = {{(i % 2 == 0 ? 100 : 0)}};
                  slider.dispatchEvent(new Event('input'));
                }, {{Visible}})
                """);
            Assert.True(latency is not null, "a move of the slider changed nothing within 2 s");
            latencies.Add(latency.Value);
            await Task.Delay(1300, TestContext.Current.CancellationToken); // idles again
        }

        var (moreFrames, ended) = await CountAsync(studio);
        var during = (moreFrames - frames) * 1000 / (ended - began);
        output.WriteLine($"shown after {string.Join(", ", latencies.Select(l => $"{l:F0}"))} ms; {before:F1} frames/s before, {during:F1} meanwhile");
        Assert.InRange(latencies.Order().ElementAt(Moves / 2), 1, 200);
        Assert.InRange(during, 0.93 * before, 26);
        Assert.Empty(studio.Errors);
    });

    [Fact]
    public Task OtherPresenter_StepsInWithoutAFreeze() => Repeated.OnceAsync(output, async () =>
    {
        await using var studio = await OpenCallAsync(Face);
        await HoldStillAsync(studio);
        var since = await studio.Page.EvaluateAsync<double>("performance.now()");
        var latency = await studio.Page.EvaluateAsync<double?>("() => screen_.change(() => document.querySelector('input[name=avatar][value=kenji]').click(), 15)");
        await Task.Delay(700, TestContext.Current.CancellationToken);
        var gap = await studio.Page.EvaluateAsync<double>($"screen_.longestGap({since - 500})");
        output.WriteLine($"the other presenter after {latency:F0} ms, longest gap between frames {gap:F0} ms");
        Assert.InRange(latency ?? double.NaN, 1, 300);
        Assert.InRange(gap, 30, 160); // a browser on a busy machine shows a frame late now and then
        Assert.Equal("kenji", (await SessionAsync(studio)).Avatar);
    });

    [Fact]
    public async Task Picture_TurnsTheHeadWhereItIsPointedAndGivesItBack()
    {
        await using var studio = await OpenCallAsync(Face);
        var box = await studio.Page.Locator("#frame").BoundingBoxAsync() ?? throw new InvalidOperationException("no picture");
        await studio.Page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await studio.Page.Mouse.DownAsync();
        await studio.Page.Mouse.MoveAsync(box.X + (0.9f * box.Width), box.Y + (0.5f * box.Height), new() { Steps = 8 });
        await studio.Page.Mouse.UpAsync();
        var turned = await PoseAsync(studio);
        await studio.Page.Keyboard.PressAsync("e");
        await studio.Page.Mouse.MoveAsync(box.X + (0.1f * box.Width), box.Y + (0.5f * box.Height));
        await studio.Page.Mouse.DownAsync();
        await studio.Page.Mouse.UpAsync();
        var looked = await PoseAsync(studio);
        await studio.Page.ClickAsync("#release");
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        var released = await PoseAsync(studio);

        output.WriteLine($"yaw {turned.Head.Yaw:F3} when pointed at the right, gaze {looked.GazeX:F2} at the left, yaw {released.Head.Yaw:F3} when released");
        Assert.InRange(turned.Head.Yaw, 0.2, 0.25); // 0.8 of 0.28: the picture's right is the presenter's left
        Assert.InRange(looked.GazeX, -0.81, -0.79);
        Assert.InRange(looked.Head.Yaw, 0.2, 0.25); // the head stays where it is held
        Assert.InRange(released.Head.Yaw, -0.15, 0.15);
        Assert.True(await studio.Page.IsDisabledAsync("#release"));
    }

    [Fact]
    public async Task Keyboard_ReachesEverything()
    {
        await using var studio = await OpenCallAsync(Mouth);
        await studio.Page.FocusAsync("#emotion-sad");
        for (var i = 0; i < 6; i++)
        {
            await studio.Page.Keyboard.PressAsync("ArrowRight");
        }

        await UntilAsync(async () => Math.Abs((await SessionAsync(studio)).Emotion["sad"] - 0.3) < 0.01, "the slider's arrow keys");
        await studio.Page.FocusAsync("#mood");
        for (var i = 0; i < 14; i++)
        {
            await studio.Page.Keyboard.PressAsync("ArrowRight"); // from the sad corner to the pleasant side
        }

        await UntilAsync(async () => (await SessionAsync(studio)).Emotion["happy"] > 0.2, "the mood field's arrow keys");
        await studio.Page.Keyboard.PressAsync("0");
        await UntilAsync(async () => (await SessionAsync(studio)).Emotion["happy"] < 0.05, "neutral");
        Assert.Equal("0", await studio.Page.InputValueAsync("#emotion-happy"));

        await studio.Page.FocusAsync("#frame");
        await studio.Page.Keyboard.PressAsync("ArrowUp");
        await UntilAsync(async () => (await PoseAsync(studio)).Head.Pitch < -0.01, "the picture's arrow keys");
        await studio.Page.Keyboard.PressAsync("m");
        Assert.Equal("Unmute", await studio.Page.InnerTextAsync("#mute"));
        await studio.Page.Keyboard.PressAsync("m");
        await studio.Page.Keyboard.PressAsync("?");
        Assert.True(await studio.Page.IsVisibleAsync("#keys"));
        await studio.Page.Keyboard.PressAsync("Escape");
        await studio.Page.Keyboard.PressAsync("i");
        await studio.Page.Keyboard.PressAsync("y");
        await studio.Page.Keyboard.PressAsync("c");
        await studio.Page.WaitForSelectorAsync("#state[data-state=idle]");
        Assert.True(await studio.Page.IsHiddenAsync("#message"));
        Assert.Empty(studio.Errors);
    }

    [Fact]
    public async Task Shake_ShakesTheHead()
    {
        await using var studio = await OpenCallAsync(Mouth);
        using var channel = Channel(await stage.ServerAsync());
        using var motion = new MotionService.MotionServiceClient(channel).Watch(
            new WatchMotionRequest { Session = await studio.Page.EvaluateAsync<string>("liveAvatar.sessionId") }, cancellationToken: TestContext.Current.CancellationToken);
        await studio.Page.ClickAsync("[data-now=shake]");
        var yaws = new List<float>();
        await foreach (var message in motion.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (message.Frame is { } frame)
            {
                yaws.Add(frame.Head.Yaw);
            }

            if (yaws.Count == 40)
            {
                break;
            }
        }

        Assert.InRange(yaws.Max() - yaws.Min(), 0.25, 0.7); // 0.2 rad to both sides, and its own sway
    }

    [Fact]
    public async Task Phone_HasNoSidewaysScrolling()
    {
        await using var studio = await OpenCallAsync(Mouth);
        await studio.Page.SetViewportSizeAsync(360, 780);
        await studio.Page.WaitForFunctionAsync("() => Number(document.querySelector('#total').textContent) > 0");
        await studio.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach((one) => (one.open = true))");
        Assert.Equal(0, await studio.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
    }

    private static GrpcChannel Channel(ServerProcess server) => GrpcChannel.ForAddress($"http://localhost:{server.GrpcPort}");

    private async Task<StudioPage> OpenCallAsync(string region)
    {
        var studio = await StudioPage.OpenAsync(stage);
        await studio.CallAsync();
        await studio.Page.AddScriptTagAsync(new() { Path = Checkout.At("tests", "LiveAvatar.EndToEnd.Tests", "screen.js") });
        await studio.Page.EvaluateAsync($"screen_.watch({region})");
        return studio;
    }

    /// <summary>A muted microphone and a held head: what is left moves little.</summary>
    private static async Task HoldStillAsync(StudioPage studio)
    {
        await studio.Page.ClickAsync("#mute");
        await studio.Page.FocusAsync("#frame");
        await studio.Page.Keyboard.PressAsync("ArrowRight");
        await studio.Page.Keyboard.PressAsync("ArrowLeft");
        await Task.Delay(2500, TestContext.Current.CancellationToken);
    }

    private static async Task<(int Frames, double At)> CountAsync(StudioPage studio)
    {
        var counts = await studio.Page.EvaluateAsync<double[]>("[liveAvatar.video.getVideoPlaybackQuality().totalVideoFrames, performance.now()]");
        return ((int)counts[0], counts[1]);
    }

    private static async Task<double> FramesPerSecondAsync(StudioPage studio, double seconds)
    {
        var (frames, began) = await CountAsync(studio);
        await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
        var (more, ended) = await CountAsync(studio);
        return (more - frames) * 1000 / (ended - began);
    }

    private async Task<Session> SessionAsync(StudioPage studio)
    {
        using var channel = Channel(await stage.ServerAsync());
        var session = await studio.Page.EvaluateAsync<string>("liveAvatar.sessionId");
        return await new SessionService.SessionServiceClient(channel).GetAsync(new GetSessionRequest { Session = session });
    }

    /// <summary>Head and eyes of a frame a little later.</summary>
    private async Task<MotionFrame> PoseAsync(StudioPage studio)
    {
        await Task.Delay(600, TestContext.Current.CancellationToken);
        using var channel = Channel(await stage.ServerAsync());
        using var motion = new MotionService.MotionServiceClient(channel).Watch(
            new WatchMotionRequest { Session = await studio.Page.EvaluateAsync<string>("liveAvatar.sessionId") });
        await foreach (var message in motion.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (message.Frame is { } frame)
            {
                return frame;
            }
        }

        throw new InvalidOperationException("the session ended");
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (var i = 0; i < 50; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"waited 5 s in vain for: {what}");
    }
}
