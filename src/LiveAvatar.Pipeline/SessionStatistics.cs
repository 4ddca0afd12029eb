using LiveAvatar.Pipeline.Ledger;

namespace LiveAvatar.Pipeline;

/// <summary>A moment's picture of one session, for people and for the page.</summary>
/// <param name="Id">The session.</param>
/// <param name="Avatar">The avatar's name.</param>
/// <param name="Age">Time since the session was made.</param>
/// <param name="Viewers">Peers that watch.</param>
/// <param name="VoiceHoldMs">How long the voice waits to leave in step with the lips, in ms.</param>
/// <param name="Counts">Counters by name, since the start.</param>
/// <param name="Stages">Durations per stage over the last 20 s.</param>
public sealed record SessionStatistics(
    string Id,
    string Avatar,
    TimeSpan Age,
    int Viewers,
    double VoiceHoldMs,
    IReadOnlyDictionary<string, long> Counts,
    IReadOnlyList<StagePercentiles> Stages)
{
    internal static SessionStatistics From(AvatarSession session, AvatarPipeline pipeline, TimeSpan age)
    {
        var counters = pipeline.Counters;
        return new SessionStatistics(
            session.Id,
            session.Avatar,
            age,
            pipeline.Viewers.Count,
            pipeline.VoiceHold.TotalMilliseconds,
            new Dictionary<string, long>
            {
                ["audio_received"] = counters.AudioReceived,
                ["audio_concealed"] = counters.AudioConcealed,
                ["audio_skipped"] = counters.AudioSkipped,
                ["audio_undecodable"] = counters.AudioUndecodable,
                ["silence_filled"] = counters.SilenceFilled,
                ["chunks_dropped"] = counters.ChunksDropped,
                ["frames_drawn"] = counters.FramesDrawn,
                ["frames_skipped"] = counters.FramesSkipped,
                ["frames_dropped"] = Interlocked.Read(ref counters.FramesDropped),
                ["frames_sent"] = counters.FramesSent,
                ["key_frames"] = counters.KeyFrames,
                ["video_bytes"] = counters.VideoBytes,
                ["voice_dropped"] = Interlocked.Read(ref counters.VoiceDropped),
            },
            pipeline.Ledger.Summarise());
    }
}
