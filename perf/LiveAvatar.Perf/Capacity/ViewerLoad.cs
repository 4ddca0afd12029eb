using LiveAvatar.CallKit;
using LiveAvatar.LoadClient;

namespace LiveAvatar.Perf.Capacity;

/// <summary>Viewers of one session that speaks.</summary>
internal sealed class ViewerLoad(ServerProcess server) : ILoad
{
    private readonly LoadFleet _fleet = new(TimeProvider.System);
    private readonly List<LoadPeer> _viewers = [];
    private LoadPeer? _driver;

    public string Counts => "viewers";

    public int Step => 50;

    public async Task AddAsync()
    {
        _driver ??= await _fleet.CallAsync(new Uri(server.Address, "/whip"), SpokenVoices.Take(0)).ConfigureAwait(false);
        for (var i = 0; i < Step; i++)
        {
            _viewers.Add(await _fleet.JoinAsync(new Uri(server.Address, $"/whep/{_driver.Session}")).ConfigureAwait(false));
        }
    }

    public async Task<RampStep> MeasureAsync(TimeSpan time)
    {
        var late = _fleet.Read(() => _driver!.VoiceLateness.Count);
        var (from, cpu) = (_fleet.Now, server.CpuTime);
        await Task.Delay(time).ConfigureAwait(false);
        var (to, used) = (_fleet.Now, server.CpuTime - cpu);
        return _fleet.Read(() =>
        {
            var shown = _viewers.ConvertAll(viewer => ShownFrames.Of(viewer, from, to));
            return new RampStep(
                _viewers.Count,
                [.. shown.SelectMany(ShownFrames.Intervals)],
                25 * (to - from).TotalSeconds * _viewers.Count,
                shown.Sum(times => times.Count),
                [],
                used / (to - from),
                server.ResidentBytes / (double)(1 << 20),
                [.. _driver!.VoiceLateness.Skip(late)]);
        });
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();
}
