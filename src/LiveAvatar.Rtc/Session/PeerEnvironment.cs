using LiveAvatar.Media.Timing;
using LiveAvatar.Rtc.Dtls;
using LiveAvatar.Rtc.Transport;
using Microsoft.Extensions.Logging;

namespace LiveAvatar.Rtc.Session;

/// <summary>What every peer of an endpoint shares.</summary>
internal sealed record PeerEnvironment(
    RtcOptions Options,
    TimeProvider Time,
    WallClock Wall,
    DtlsContext Dtls,
    IDatagramTransport Network,
    PeerDirectory Directory,
    Action WakeTimer,
    ILogger Logger)
{
    /// <summary>The process's monotonic clock.</summary>
    public TimeSpan Now => Time.GetElapsedTime(0);
}
