using LiveAvatar.Inference;
using LiveAvatar.Pipeline;
using LiveAvatar.Pipeline.Ledger;

namespace LiveAvatar.Server.Api;

/// <summary>How a call is doing, in numbers the page and tests read; times in milliseconds, rates 0 to 1.</summary>
internal sealed record StatsReply(
    string Avatar,
    double AgeSeconds,
    int Viewers,
    double VoiceHoldMs,
    double FrameMs,
    double LookAheadMs,
    IReadOnlyDictionary<string, long> Counts,
    IReadOnlyList<StagePercentiles> Stages,
    TransportReply? Transport)
{
    /// <summary>Takes the session's numbers as they are now.</summary>
    public static StatsReply From(AvatarSession session, PackAudio audio)
    {
        var statistics = session.GetStatistics();
        return new StatsReply(
            statistics.Avatar,
            Math.Round(statistics.Age.TotalSeconds, 1),
            statistics.Viewers,
            Math.Round(statistics.VoiceHoldMs, 1),
            1000.0 * audio.ChunkSamples / audio.SampleRate,
            1000.0 * audio.LookAheadSamples / audio.SampleRate,
            statistics.Counts,
            statistics.Stages,
            session.Driver is { } driver ? TransportReply.From(driver.GetStats()) : null);
    }
}

/// <summary>What the driver's connection reports; absent in a session without a microphone.</summary>
internal sealed record TransportReply(
    double? RoundTripMs,
    double LossOutbound,
    double JitterOutboundMs,
    double JitterInboundMs,
    long PacketsReceived,
    long PacketsLostInbound,
    long PacketsSent,
    long BytesSent,
    long NackedPackets,
    long Retransmissions,
    long KeyFrameRequests,
    string Security)
{
    /// <summary>Takes a connection's numbers.</summary>
    public static TransportReply From(Rtc.PeerStats peer) => new(
        peer.RoundTrip?.TotalMilliseconds,
        peer.LossOutbound,
        peer.JitterOutbound.TotalMilliseconds,
        peer.JitterInbound.TotalMilliseconds,
        peer.PacketsReceived,
        peer.PacketsLostInbound,
        peer.PacketsSent,
        peer.BytesSent,
        peer.NackedPackets,
        peer.Retransmissions,
        peer.KeyFrameRequests,
        peer.Security ?? "");
}
