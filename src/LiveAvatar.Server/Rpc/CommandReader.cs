using Google.Protobuf.WellKnownTypes;
using LiveAvatar.Inference;
using LiveAvatar.Pipeline.Control;
using LiveAvatar.V1;
using Easing = LiveAvatar.Pipeline.Control.Easing;

namespace LiveAvatar.Server.Rpc;

/// <summary>Turns commands off the wire into commands of the pipeline; whatever cannot be meant is refused here, by its field.</summary>
/// <param name="pack">The pack, whose emotions commands name.</param>
/// <param name="avatars">The avatars there are now.</param>
internal sealed class CommandReader(PackManifest pack, Func<IReadOnlyList<AvatarInfo>> avatars)
{
    private static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MaxRamp = TimeSpan.FromSeconds(60);

    // Short enough to feel immediate, long enough that no face jumps.
    private static readonly TimeSpan DefaultRamp = TimeSpan.FromMilliseconds(300);

    private const float MaxAngle = 1.6f; // about a quarter turn: no head that a camera sees goes further
    private const float MaxShift = 1;

    /// <summary>Reads a command.</summary>
    /// <param name="command">The message; null when the field was left out.</param>
    /// <param name="newest">Media time of the newest frame.</param>
    /// <exception cref="FieldException">A field is wrong.</exception>
    public FaceCommand Read(Command? command, TimeSpan newest)
    {
        if (command is null)
        {
            throw new FieldException("command", "say what to do.");
        }

        var at = At(command.At, newest);
        return command.ActionCase switch
        {
            Command.ActionOneofCase.Emotion => new EmotionCommand(Strengths(command.Emotion), Ramp(command.Ramp)) { At = at },
            Command.ActionOneofCase.AutomaticEmotion =>
                new AutomaticEmotionCommand(Fields.Share("command.automatic_emotion", command.AutomaticEmotion), Ramp(command.Ramp)) { At = at },
            Command.ActionOneofCase.Pose => Pose(command.Pose, Ramp(command.Ramp), at),
            Command.ActionOneofCase.Gaze => Gaze(command.Gaze, Ramp(command.Ramp), at),
            Command.ActionOneofCase.Blink => new BlinkCommand { At = at },
            Command.ActionOneofCase.Neutral => new NeutralCommand(Ramp(command.Ramp)) { At = at },
            Command.ActionOneofCase.Seed => new SeedCommand(Fields.Seed("command.seed", command.Seed)) { At = at },
            Command.ActionOneofCase.Interrupt => new InterruptCommand { At = at },
            Command.ActionOneofCase.Nod => new GestureCommand(Gesture.Nod) { At = at },
            Command.ActionOneofCase.Shake => new GestureCommand(Gesture.Shake) { At = at },
            Command.ActionOneofCase.Avatar => new AvatarCommand(Fields.Avatar("command.avatar", command.Avatar, avatars())) { At = at },
            _ => throw new FieldException("command", "say what to do: emotion, automatic_emotion, pose, gaze, blink, nod, shake, neutral, interrupt, seed or avatar."),
        };
    }

    private static TimeSpan? At(Duration? at, TimeSpan newest)
    {
        if (at is null)
        {
            return null;
        }

        var time = Fields.Duration("command.at", at, TimeSpan.Zero, newest + MaxAhead);
        return time > newest ? time : throw Past(newest);
    }

    /// <summary>The refusal of a time that has gone by.</summary>
    public static FieldException Past(TimeSpan newest) =>
        new("command.at", FormattableString.Invariant($"has gone by: the newest frame is at {newest.TotalSeconds:0.###} s."));

    private static Transition Ramp(Ramp? ramp)
    {
        var duration = ramp?.Duration is { } given ? Fields.Duration("command.ramp.duration", given, TimeSpan.Zero, MaxRamp) : DefaultRamp;
        return new Transition(duration, (ramp?.Easing ?? V1.Easing.Unspecified) switch
        {
            V1.Easing.Unspecified or V1.Easing.InOut => Easing.InOut,
            V1.Easing.Linear => Easing.Linear,
            V1.Easing.In => Easing.In,
            V1.Easing.Out => Easing.Out,
            var unknown => throw new FieldException("command.ramp.easing", $"there is no easing {(int)unknown}."),
        });
    }

    private static PoseCommand Pose(Pose pose, Transition ramp, TimeSpan? at)
    {
        var weight = Fields.Share("command.pose.weight", pose.Weight);
        float[] values =
        [
            Fields.Number("command.pose.yaw", pose.Yaw, MaxAngle), Fields.Number("command.pose.pitch", pose.Pitch, MaxAngle), Fields.Number("command.pose.roll", pose.Roll, MaxAngle),
            Fields.Number("command.pose.x", pose.X, MaxShift), Fields.Number("command.pose.y", pose.Y, MaxShift), Fields.Number("command.pose.z", pose.Z, MaxShift),
        ];
        return new PoseCommand(values, weight, ramp) { At = at };
    }

    private static GazeCommand Gaze(Gaze gaze, Transition ramp, TimeSpan? at) =>
        new(Fields.Number("command.gaze.x", gaze.X, 1), Fields.Number("command.gaze.y", gaze.Y, 1), Fields.Share("command.gaze.weight", gaze.Weight), ramp) { At = at };

    private float[] Strengths(Emotion emotion)
    {
        if (emotion.Named.Count > 0 && emotion.Vector.Count > 0)
        {
            throw new FieldException("command.emotion", "give named or vector, not both.");
        }

        if (emotion.Vector.Count > pack.Emotions.Count)
        {
            throw new FieldException("command.emotion.vector", $"the pack has {pack.Emotions.Count} emotions, not {emotion.Vector.Count}.");
        }

        if (emotion.Vector.Count > 0)
        {
            return [.. emotion.Vector.Select((strength, i) => Fields.Share($"command.emotion.vector[{i}]", strength))];
        }

        var strengths = new float[pack.Emotions.Count];
        foreach (var (name, strength) in emotion.Named)
        {
            var place = pack.Emotions.TakeWhile(known => known != name).Count();
            if (place == strengths.Length)
            {
                throw new FieldException($"command.emotion.named[{name}]", $"the pack has no such emotion. It has: {string.Join(", ", pack.Emotions)}.");
            }

            strengths[place] = Fields.Share($"command.emotion.named[{name}]", strength);
        }

        return strengths;
    }
}
