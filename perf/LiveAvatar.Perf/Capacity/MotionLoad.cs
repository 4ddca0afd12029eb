using LiveAvatar.CallKit;
using LiveAvatar.V1;

namespace LiveAvatar.Perf.Capacity;

/// <summary>Sessions of motion alone: programs that push a voice as it is spoken. What comes of it is read from the server's ledger.</summary>
internal sealed class MotionLoad(ServerProcess server) : ILoad
{
    private static readonly WavFile Voice = WavFile.Read(Checkout.At("tests", "vectors", "voices", "slt.wav"));
    private readonly List<Speaker> _speakers = [];
    private readonly List<Task> _speaking = [];
    private readonly CancellationTokenSource _end = new();

    public string Counts => "sessions of motion";

    public int Step => 10;

    public async Task AddAsync()
    {
        for (var i = 0; i < Step; i++)
        {
            var speaker = await Speaker.CreateAsync(server, new CreateSessionRequest { MotionOnly = true }).ConfigureAwait(false);
            _speakers.Add(speaker);
            _speaking.Add(SpeakAsync(speaker));
        }
    }

    public async Task<RampStep> MeasureAsync(TimeSpan time)
    {
        // The ledger holds 20 s; it is read after at most 15.
        var part = time > TimeSpan.FromSeconds(15) ? TimeSpan.FromSeconds(15) : time;
        var began = TimeProvider.System.GetTimestamp();
        var cpu = server.CpuTime;
        await Task.Delay(part).ConfigureAwait(false);
        var (used, elapsed) = (server.CpuTime - cpu, TimeProvider.System.GetElapsedTime(began));
        var intervals = new List<double>();
        double came = 0, due = 0;
        foreach (var speaker in _speakers)
        {
            var frames = await server.Api.GetFramesAsync(speaker.Session).ConfigureAwait(false);
            var newest = frames[^1].ReceivedMs;
            var heard = frames.Where(frame => frame.ReceivedMs > newest - part.TotalMilliseconds && frame.Fate != "notHeard")
                .Select(frame => frame.ReceivedMs + frame.Stages.Values.Sum()).Order().ToList();
            intervals.AddRange(heard.Zip(heard.Skip(1), (before, frame) => frame - before));
            came += heard.Count;
            due += 25 * part.TotalSeconds;
        }

        return new RampStep(_speakers.Count, intervals, due, came, [], used / elapsed, server.ResidentBytes / (double)(1 << 20), []);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_speaking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var speaker in _speakers)
        {
            await speaker.DisposeAsync().ConfigureAwait(false);
        }

        _end.Dispose();
    }

    private async Task SpeakAsync(Speaker speaker)
    {
        while (true)
        {
            await speaker.SayAsync(Voice, pace: 1, cancellation: _end.Token).ConfigureAwait(false);
        }
    }
}
