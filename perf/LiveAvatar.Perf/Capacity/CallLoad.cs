using LiveAvatar.CallKit;
using LiveAvatar.LoadClient;

namespace LiveAvatar.Perf.Capacity;

/// <summary>Calls: each a driver that speaks and gets its pictures.</summary>
internal sealed class CallLoad(ServerProcess server) : ILoad
{
    private readonly LoadFleet _fleet = new(TimeProvider.System);
    private readonly List<LoadPeer> _drivers = [];

    public string Counts => "calls";

    public int Step => 1;

    public async Task AddAsync() =>
        _drivers.Add(await _fleet.CallAsync(new Uri(server.Address, "/whip"), SpokenVoices.Take(_drivers.Count)).ConfigureAwait(false));

    public async Task<RampStep> MeasureAsync(TimeSpan time)
    {
        var lateBefore = _fleet.Read(() => _drivers.ConvertAll(driver => driver.VoiceLateness.Count));
        var latencyBefore = _fleet.Read(() => _drivers.ConvertAll(driver => driver.CaptureToArrival.Count));
        var (from, cpu) = (_fleet.Now, server.CpuTime);
        await Task.Delay(time).ConfigureAwait(false);
        var (to, used) = (_fleet.Now, server.CpuTime - cpu);
        return _fleet.Read(() =>
        {
            var shown = _drivers.ConvertAll(driver => ShownFrames.Of(driver, from, to));
            return new RampStep(
                _drivers.Count,
                [.. shown.SelectMany(ShownFrames.Intervals)],
                25 * (to - from).TotalSeconds * _drivers.Count,
                shown.Sum(times => times.Count),
                [.. _drivers.Zip(latencyBefore, (driver, skip) => driver.CaptureToArrival.Skip(skip)).SelectMany(values => values)],
                used / (to - from),
                server.ResidentBytes / (double)(1 << 20),
                [.. _drivers.Zip(lateBefore, (driver, skip) => driver.VoiceLateness.Skip(skip)).SelectMany(values => values)]);
        });
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();
}
