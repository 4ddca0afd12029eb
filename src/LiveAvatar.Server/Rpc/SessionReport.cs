using Google.Protobuf.WellKnownTypes;
using LiveAvatar.Inference;
using LiveAvatar.Pipeline;
using LiveAvatar.V1;

namespace LiveAvatar.Server.Rpc;

/// <summary>Takes one session's numbers again and again, and rates since the time before.</summary>
internal sealed class SessionReport(AvatarSession session, PackManifest pack)
{
    private TimeSpan _age;
    private long _frames;
    private long _bytes;

    /// <summary>The session as it is now.</summary>
    public Session Take()
    {
        var statistics = session.GetStatistics();
        var newest = session.Face.Newest;
        var elapsed = (statistics.Age - _age).TotalSeconds;
        var (frames, bytes) = (statistics.Counts["frames_sent"], statistics.Counts["video_bytes"]);
        var message = new Session
        {
            Id = session.Id,
            Avatar = statistics.Avatar,
            Age = Duration.FromTimeSpan(statistics.Age),
            Viewers = statistics.Viewers,
            Started = session.IsStarted,
            Frame = newest.Frame,
            MediaTime = Duration.FromTimeSpan(newest.MediaTime),
            FramesPerSecond = elapsed > 0 ? (frames - _frames) / elapsed : 0,
            VideoBitsPerSecond = elapsed > 0 ? (bytes - _bytes) * 8 / elapsed : 0,
            VoiceHold = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(statistics.VoiceHoldMs)),
            Transport = session.Driver is { } driver ? Transport(driver.GetStats()) : null,
        };
        foreach (var (name, strength) in pack.Emotions.Zip(session.Face.GetEmotion()))
        {
            message.Emotion[name] = strength;
        }

        message.Stages.Add(statistics.Stages.Select(stage => new StageTime
        {
            Stage = stage.Stage, Count = stage.Count, P50Ms = stage.P50, P95Ms = stage.P95, P99Ms = stage.P99,
        }));
        message.Counts.Add(statistics.Counts.ToDictionary());
        (_age, _frames, _bytes) = (statistics.Age, frames, bytes);
        return message;
    }

    private static Transport Transport(Rtc.PeerStats peer) => new()
    {
        RoundTrip = peer.RoundTrip is { } roundTrip ? Duration.FromTimeSpan(roundTrip) : null,
        LossOutbound = peer.LossOutbound,
        JitterOutbound = Duration.FromTimeSpan(peer.JitterOutbound),
        JitterInbound = Duration.FromTimeSpan(peer.JitterInbound),
        PacketsReceived = peer.PacketsReceived,
        PacketsLostInbound = peer.PacketsLostInbound,
        PacketsSent = peer.PacketsSent,
        BytesSent = peer.BytesSent,
        Retransmissions = peer.Retransmissions,
    };
}
