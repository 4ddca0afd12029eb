using LiveAvatar.CallKit;

namespace LiveAvatar.EndToEnd.Tests;

/// <summary>The server and the browser all tests share. Each is started by the first test that needs it.</summary>
public sealed class Stage : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("liveavatar-e2e").FullName;
    private ServerProcess? _server;
    private Browser? _browser;

    public Stage()
    {
        Microphone = Path.Combine(_folder, "microphone.wav");
        Recordings = new Recordings(this);
    }

    /// <summary>What the browser's microphone hears: a person's voice with exact silence around its sentences, in a loop of 13.8 s.</summary>
    public string Microphone { get; }

    /// <summary>Another voice, to be played by a page instead of its microphone.</summary>
    public static string OtherVoice => Checkout.At("tests", "vectors", "voices", "slt.wav");

    /// <summary>The recorded call that the tests of the picture judge.</summary>
    internal Recordings Recordings { get; }

    // Tests run one after the other, so nobody else starts these meanwhile.
    public async Task<ServerProcess> ServerAsync() => _server ??= await ServerProcess.StartAsync("--max-sessions", "8");

    public async Task<Browser> BrowserAsync() => _browser ??= await Browser.LaunchAsync(Microphone);

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

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
