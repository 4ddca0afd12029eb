using System.Diagnostics;
using LiveAvatar.Media.Timing;

namespace LiveAvatar.Pipeline.Ledger;

/// <summary>Makes OpenTelemetry spans of frames: of one in 250, and of every one that took too long.</summary>
/// <remarks>Costs nothing while nobody listens to the source; then it allocates, for the few frames that are told of.</remarks>
public static class FrameSpans
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "LiveAvatar";

    private const int OneIn = 250; // ten seconds of frames
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(40); // a frame that takes longer than a frame falls behind
    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Tells of a frame whose fate is known, if it is one to tell of.</summary>
    internal static void Tell(long number, in FrameTimes times, FrameFate fate, WallClock wall)
    {
        if (!Source.HasListeners() || (number % OneIn != 0 && !(times.Duration(PipelineStage.Total) > Deadline)))
        {
            return;
        }

        using var frame = Source.StartActivity("frame", ActivityKind.Internal, default(ActivityContext), startTime: At(times.Received, wall));
        if (frame is null)
        {
            return;
        }

        frame.SetTag("liveavatar.frame.number", number);
        frame.SetTag("liveavatar.frame.fate", fate.ToString());
        var from = times.Received;
        var end = from;
        foreach (var stage in StageNames.All)
        {
            if (stage == PipelineStage.Total || times.Duration(stage) is not { } duration)
            {
                continue;
            }

            end = from + duration;
            using var part = Source.StartActivity(StageNames.Of(stage), ActivityKind.Internal, frame.Context, startTime: At(from, wall));
            part?.SetTag("liveavatar.stage.kind", StageNames.KindOf(stage));
            part?.SetEndTime(At(end, wall).UtcDateTime);
            from = end;
        }

        frame.SetEndTime(At(times.Sent == default ? end : times.Sent, wall).UtcDateTime);
    }

    private static DateTimeOffset At(TimeSpan time, WallClock wall) => NtpTime.ToDateTime(wall.ToNtp(time));
}
