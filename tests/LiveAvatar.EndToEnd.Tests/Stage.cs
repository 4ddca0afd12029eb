using LiveAvatar.CallKit;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>The server and the browser all tests share. Each is started by the first test that needs it.</summary>
public sealed class Stage : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("liveavatar-e2e").FullName;
    private ServerProcess? _server;
    private Chromium? _browser;
    private Firefox? _firefox;

    public Stage()
    {
        Microphone = Path.Combine(_folder, "microphone.wav");
        Recordings = new Dictionary<string, Recordings>
        {
            ["Chromium"] = new(async () => await CallRecording.TakeAsync(await BrowserAsync(), await ServerAsync(), "microphone")),
            ["Firefox"] = new(async () => await CallRecording.TakeAsync(await FirefoxAsync(), await ServerAsync(), Microphone)),
        };
    }

    /// <summary>What the browser's microphone hears: a person's voice with exact silence around its sentences, in a loop of 13.8 s.</summary>
    public string Microphone { get; }

    /// <summary>Another voice, to be played by a page instead of its microphone.</summary>
    public static string OtherVoice => Checkout.At("tests", "vectors", "voices", "slt.wav");

    /// <summary>The recorded calls that the tests of the picture judge, by browser. Firefox takes no file for its microphone: its page plays it.</summary>
    internal IReadOnlyDictionary<string, Recordings> Recordings { get; }

    // Tests run one after the other, so nobody else starts these meanwhile.
    public async Task<ServerProcess> ServerAsync() => _server ??= await ServerProcess.StartAsync("--max-sessions", "8");

    public async Task<Chromium> BrowserAsync() => _browser ??= await Chromium.LaunchAsync(Microphone);

    public async Task<Firefox> FirefoxAsync() => _firefox ??= await Firefox.LaunchAsync();

    /// <summary>Opens a probe page on the shared server.</summary>
    public async Task<ProbePage> OpenPageAsync()
    {
        var server = await ServerAsync();
        return await (await BrowserAsync()).OpenProbeAsync(server.Address);
    }

    public ValueTask InitializeAsync()
    {
        WavFile.Read(Checkout.At("tests", "vectors", "voices", "human.wav"))
            .WithPauses(TimeSpan.Zero, TimeSpan.FromSeconds(3))
            .Upsample(3)
            .Write(Microphone);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        if (_firefox is not null)
        {
            await _firefox.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
