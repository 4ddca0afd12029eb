using System.Net;
using System.Text.Json;
using LiveAvatar.CallKit.Analysis;

namespace LiveAvatar.CallKit;

/// <summary>A browser page that calls or watches and keeps what it sees and hears.</summary>
/// <remarks>The page itself is the scripts in Probe/; this class only moves options in and recordings out.</remarks>
public sealed class ProbePage : IAsyncDisposable
{
    private static readonly string[] Scripts = ["peer.js", "picture.js", "sound.js", "stimulus.js"];
    private readonly Uri _server;

    private readonly IScriptedPage _page;

    private ProbePage(IScriptedPage page, Uri server)
    {
        _page = page;
        _server = server;
    }

    /// <summary>Makes the microphone the driver's voice and calls.</summary>
    /// <param name="source">"microphone", "stimulus" (silent until a burst) or a recording's path, played in a loop.</param>
    /// <param name="codec">VP8 or H264; null lets both sides choose.</param>
    /// <param name="playoutDelay">Whether the browser says that it knows the playout-delay extension.</param>
    /// <param name="relay">Through what, instead of straight to the server's media port.</param>
    public async Task<ProbePeer> CallAsync(string source = "microphone", string? codec = null, bool playoutDelay = true, IPEndPoint? relay = null)
    {
        await PrepareSourceAsync(source).ConfigureAwait(false);
        return await ConnectAsync("/whip", "track", codec, playoutDelay, relay).ConfigureAwait(false);
    }

    /// <summary>Watches a session.</summary>
    /// <param name="session">Which.</param>
    /// <param name="codec">VP8 or H264; null lets both sides choose.</param>
    /// <param name="relay">Through what, instead of straight from the server's media port.</param>
    public Task<ProbePeer> WatchAsync(string session, string? codec = null, IPEndPoint? relay = null) =>
        ConnectAsync("/whep/" + session, "null", codec, playoutDelay: true, relay);

    /// <summary>Evaluates an expression of the page and reads its JSON.</summary>
    public Task<T> EvaluateAsync<T>(string expression) => _page.EvaluateAsync<T>(expression);

    /// <summary>Starts keeping a peer's frames.</summary>
    public Task RecordPictureAsync(ProbePeer peer, MouthRegion region) => _page.RunAsync<object>(
        """
        ({ id, region }) => {
          const peer = probe.peers.get(id);
          const [sound, picture] = peer.pc.getReceivers();
          peer.picture = new probe.PictureRecorder({ video: peer.video, picture, sound }, region);
        }
        """,
        new { Id = peer.Peer, Region = region });

    /// <summary>Ends what <see cref="RecordPictureAsync"/> began.</summary>
    public Task<PictureRecording> StopPictureAsync(ProbePeer peer) =>
        EvaluateAsync<PictureRecording>($"probe.peers.get({peer.Peer}).picture.stop()");

    /// <summary>Starts keeping the loudness of what a viewer hears, or of the driver's own microphone.</summary>
    public Task RecordSoundAsync(ProbePeer peer, bool microphone = false) => _page.RunAsync<object>(
        """
        async ({ id, microphone }) => {
          const peer = probe.peers.get(id);
          if (!microphone) await probe.listen(id);
          peer.loudness = await probe.SoundRecorder.start(microphone ? new MediaStream([peer.track]) : peer.sound);
        }
        """,
        new { Id = peer.Peer, Microphone = microphone });

    /// <summary>Ends what <see cref="RecordSoundAsync"/> began.</summary>
    public Task<SoundRecording> StopSoundAsync(ProbePeer peer) =>
        EvaluateAsync<SoundRecording>($"probe.peers.get({peer.Peer}).loudness.stop()");

    /// <summary>The browser's inbound-rtp video statistics.</summary>
    public Task<InboundVideo> VideoStatsAsync(ProbePeer peer) => EvaluateAsync<InboundVideo>($"probe.inbound({peer.Peer}, 'video')");

    /// <summary>Plays what a viewer hears; sound that nobody plays is not counted.</summary>
    public Task ListenAsync(ProbePeer peer) => EvaluateAsync<object>($"probe.listen({peer.Peer})");

    /// <summary>The browser's inbound-rtp audio statistics.</summary>
    public Task<InboundAudio> AudioStatsAsync(ProbePeer peer) => EvaluateAsync<InboundAudio>($"probe.inbound({peer.Peer}, 'audio')");

    /// <summary>Says a person's vowel on the track of "stimulus".</summary>
    /// <param name="voice">tests/vectors/voices/human.wav in base64.</param>
    /// <returns>When it starts, in seconds of the page's audio context.</returns>
    public Task<double> SayVowelAsync(string voice) => _page.RunAsync<double>("voice => stimulus.sayVowel(voice)", voice);

    /// <summary>Ends a connection; returns the HTTP status of its DELETE.</summary>
    public Task<int> CloseAsync(ProbePeer peer) => EvaluateAsync<int>($"probe.close({peer.Peer})");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _page.DisposeAsync().ConfigureAwait(false);

    /// <summary>Takes any small page of the server's origin and adds the probe to it.</summary>
    internal static async Task<ProbePage> CreateAsync(IScriptedPage page, Uri server)
    {
        // Not a page made up by the test: Chromium lets only pages that came from this machine talk to it.
        await page.GotoAsync(new Uri(server, "/livez")).ConfigureAwait(false);
        foreach (var name in Scripts)
        {
            await page.RunAsync<object>($"() => {{ {ReadScript(name)} }}").ConfigureAwait(false);
        }

        return new ProbePage(page, server);
    }

    private async Task PrepareSourceAsync(string source)
    {
        if (source == "microphone")
        {
            await _page.RunAsync<object>(
                """
                async () => {
                  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
                  window.track = (await navigator.mediaDevices.getUserMedia({ audio })).getAudioTracks()[0];
                }
                """).ConfigureAwait(false);
            return;
        }

        await _page.RunAsync<object>("async () => { window.stimulus = await probe.Stimulus.create(); window.track = stimulus.track; }").ConfigureAwait(false);
        if (source != "stimulus")
        {
            var wav = Convert.ToBase64String(await File.ReadAllBytesAsync(source).ConfigureAwait(false));
            await _page.RunAsync<object>("wav => stimulus.play(wav, true)", wav).ConfigureAwait(false);
        }
    }

    private Task<ProbePeer> ConnectAsync(string endpoint, string track, string? codec, bool playoutDelay, IPEndPoint? relay)
    {
        var editOffer = playoutDelay ? "null" : "probe.withoutPlayoutDelay";
        var editAnswer = relay is null ? "null" : $"probe.relayed('{relay.Address}', {relay.Port})";
        return EvaluateAsync<ProbePeer>(
            $"probe.connect({{ endpoint: '{new Uri(_server, endpoint)}', track: {track}, codec: {JsonSerializer.Serialize(codec)}, editOffer: {editOffer}, editAnswer: {editAnswer} }}).then(probe.describe)");
    }

    private static string ReadScript(string name)
    {
        using var stream = typeof(ProbePage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The script {name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
