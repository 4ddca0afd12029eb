using Google.Protobuf.WellKnownTypes;
using LiveAvatar.Inference;
using LiveAvatar.Pipeline.Control;
using LiveAvatar.V1;
using Easing = LiveAvatar.Pipeline.Control.Easing;

namespace LiveAvatar.Server.Rpc;

/// <summary>Turns commands off the wire into commands of the pipeline; whatever cannot be meant is refused here, by its field.</summary>
/// <param name="pack">The pack, whose emotions and avatars commands name.</param>
internal sealed class CommandReader(PackManifest pack)
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
                new AutomaticEmotionCommand(Share("command.automatic_emotion", command.AutomaticEmotion), Ramp(command.Ramp)) { At = at },
            Command.ActionOneofCase.Pose => Pose(command.Pose, Ramp(command.Ramp), at),
            Command.ActionOneofCase.Gaze => Gaze(command.Gaze, Ramp(command.Ramp), at),
            Command.ActionOneofCase.Blink => new BlinkCommand { At = at },
            Command.ActionOneofCase.Neutral => new NeutralCommand(Ramp(command.Ramp)) { At = at },
            Command.ActionOneofCase.Seed => new SeedCommand(Seed(command.Seed)) { At = at },
            Command.ActionOneofCase.Avatar => new AvatarCommand(Avatar(command.Avatar)) { At = at },
            _ => throw new FieldException("command", "say what to do: emotion, automatic_emotion, pose, gaze, blink, neutral, seed or avatar."),
        };
    }

    /// <summary>A duration within limits; protobuf allows some that are none (a sign that differs between its two fields).</summary>
    /// <exception cref="FieldException">It is none, or out of range.</exception>
    public static TimeSpan Duration(string field, Duration duration, TimeSpan least, TimeSpan most)
    {
        // Compared in seconds first: a Duration may be 10 000 years, which no TimeSpan holds.
        var seconds = duration.Seconds + (duration.Nanos / 1e9);
        var plain = Math.Abs((long)duration.Nanos) < 1_000_000_000 && (duration.Seconds == 0 || duration.Nanos == 0 || (duration.Seconds > 0) == (duration.Nanos > 0));
        return plain && seconds >= least.TotalSeconds && seconds <= most.TotalSeconds
            ? TimeSpan.FromTicks((duration.Seconds * TimeSpan.TicksPerSecond) + (duration.Nanos / TimeSpan.NanosecondsPerTick))
            : throw new FieldException(field, FormattableString.Invariant($"must be {least.TotalSeconds} to {most.TotalSeconds} s."));
    }

    private static TimeSpan? At(Duration? at, TimeSpan newest)
    {
        if (at is null)
        {
            return null;
        }

        var time = Duration("command.at", at, TimeSpan.Zero, newest + MaxAhead);
        return time > newest ? time : throw Past(newest);
    }

    /// <summary>The refusal of a time that has gone by.</summary>
    public static FieldException Past(TimeSpan newest) =>
        new("command.at", FormattableString.Invariant($"has gone by: the newest frame is at {newest.TotalSeconds:0.###} s."));

    private static Transition Ramp(Ramp? ramp)
    {
        var duration = ramp?.Duration is { } given ? Duration("command.ramp.duration", given, TimeSpan.Zero, MaxRamp) : DefaultRamp;
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
        var weight = Share("command.pose.weight", pose.Weight);
        float[] values =
        [
            Number("command.pose.yaw", pose.Yaw, MaxAngle), Number("command.pose.pitch", pose.Pitch, MaxAngle), Number("command.pose.roll", pose.Roll, MaxAngle),
            Number("command.pose.x", pose.X, MaxShift), Number("command.pose.y", pose.Y, MaxShift), Number("command.pose.z", pose.Z, MaxShift),
        ];
        return new PoseCommand(values, weight, ramp) { At = at };
    }

    private static GazeCommand Gaze(Gaze gaze, Transition ramp, TimeSpan? at) =>
        new(Number("command.gaze.x", gaze.X, 1), Number("command.gaze.y", gaze.Y, 1), Share("command.gaze.weight", gaze.Weight), ramp) { At = at };

    private static int Seed(uint seed) =>
        seed <= int.MaxValue ? (int)seed : throw new FieldException("command.seed", $"must be 0 to {int.MaxValue}.");

    private static float Share(string field, float value) => value is >= 0 and <= 1 ? value : throw new FieldException(field, "must be a number from 0 to 1.");

    private static float Number(string field, float value, float most) => Math.Abs(value) <= most
        ? value
        : throw new FieldException(field, FormattableString.Invariant($"must be a number from {-most} to {most}."));

    private string Avatar(string name) => pack.Avatars.Any(avatar => avatar.Name == name)
        ? name
        : throw new FieldException("command.avatar", $"there is no avatar '{name}'. There are: {string.Join(", ", pack.Avatars.Select(avatar => avatar.Name))}.");

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
            return [.. emotion.Vector.Select((strength, i) => Share($"command.emotion.vector[{i}]", strength))];
        }

        var strengths = new float[pack.Emotions.Count];
        foreach (var (name, strength) in emotion.Named)
        {
            var place = pack.Emotions.TakeWhile(known => known != name).Count();
            if (place == strengths.Length)
            {
                throw new FieldException($"command.emotion.named[{name}]", $"the pack has no such emotion. It has: {string.Join(", ", pack.Emotions)}.");
            }

            strengths[place] = Share($"command.emotion.named[{name}]", strength);
        }

        return strengths;
    }
}
