using System.Text.RegularExpressions;
using LiveAvatar.CallKit;
using LiveAvatar.CallKit.Analysis;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>Strangers at the one UDP port: a running call must not notice them.</summary>
public sealed partial class HostileTests(Stage stage, ITestOutputHelper output)
{
    private const double LongestFreezeMs = 300;

    [Fact]
    public Task GarbageFlood_LeavesTheCallAlone() => WhileInACallAsync(async (hostile, _) => await hostile.FloodAsync(5000));

    [Fact]
    public Task ChecksWithABadPassword_LeaveTheCallAlone() => WhileInACallAsync(async (hostile, fragment) =>
    {
        for (var i = 0; i < 200; i++)
        {
            await hostile.SendBindingRequestAsync(fragment, "not the password at all");
            await Task.Delay(5);
        }

        // RFC 8489 section 9.1.3: silence or an error response (class 11), never a success (0x0101).
        Assert.DoesNotContain(hostile.ReadReplies(), reply => reply is [0x01, 0x01, ..]);
    });

    [Fact]
    public Task ClientHelloOfAStranger_GetsNoAnswer() => WhileInACallAsync(async (hostile, _) =>
    {
        for (var i = 0; i < 200; i++)
        {
            await hostile.SendClientHelloAsync();
            await Task.Delay(5);
        }

        Assert.Empty(hostile.ReadReplies());
    });

    [Fact]
    public async Task WrongFingerprint_IsRefused()
    {
        await using var page = await stage.OpenPageAsync(); // before the call: opening a page is work for the same browser
        await WhileInACallAsync((_, _) => OfferWrongFingerprintAsync(page));
    }

    private async Task OfferWrongFingerprintAsync(ProbePage page)
    {
        // The browser's own certificate, announced with one digit changed.
        var peer = await page.EvaluateAsync<ProbePeer>(
            """
            (async () => {
              window.stimulus = await probe.Stimulus.create();
              const editOffer = (sdp) => sdp.replace(/a=fingerprint:sha-256 (..)/g, (_, first) => `a=fingerprint:sha-256 ${first === '00' ? '01' : '00'}`);
              const peer = await probe.open({ endpoint: '/whip', track: stimulus.track, editOffer });
              await new Promise((resolve) => setTimeout(resolve, 4000));
              return probe.describe(peer);
            })()
            """);

        // Chromium may believe in its half of the handshake for a moment; no picture may come and the session must be gone.
        Assert.Equal(0, peer.Times.FirstFrame);
        Assert.Null(await (await stage.ServerAsync()).Api.GetStatisticsAsync(peer.Session));
    }

    private Task WhileInACallAsync(Func<Hostile, string, Task> attack) => Repeated.OnceAsync(output, async () =>
    {
        var server = await stage.ServerAsync();
        await using var page = await stage.OpenPageAsync();
        var call = await page.CallAsync();
        var answer = await page.EvaluateAsync<string>($"probe.peers.get({call.Peer}).answer");
        using var hostile = new Hostile(server.MediaPort);
        await Task.Delay(TimeSpan.FromSeconds(1));
        await page.RecordPictureAsync(call, MouthRegion.Presenter);

        await attack(hostile, FragmentLine().Match(answer).Groups[1].Value);

        await Task.Delay(TimeSpan.FromSeconds(1));
        var picture = await page.StopPictureAsync(call);
        output.WriteLine($"{picture.Frames.Count} frames, longest freeze {Frames.LongestFreeze(picture):F0} ms");
        Assert.InRange(Frames.LongestFreeze(picture), 0, LongestFreezeMs);
        Assert.True(server.IsAlive, server.Log);
        Assert.Equal(200, await page.CloseAsync(call));
    });

    [GeneratedRegex(@"a=ice-ufrag:(\S+)")]
    private static partial Regex FragmentLine();
}
