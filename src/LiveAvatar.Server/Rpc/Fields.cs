using LiveAvatar.Inference;
using WireDuration = Google.Protobuf.WellKnownTypes.Duration;

namespace LiveAvatar.Server.Rpc;

/// <summary>Reads fields off the wire within their limits; one that is wrong is refused by its path.</summary>
internal static class Fields
{
    /// <summary>A duration; protobuf allows some that are none (a sign that differs between its two fields).</summary>
    /// <exception cref="FieldException">It is none, or out of range.</exception>
    public static TimeSpan Duration(string field, WireDuration duration, TimeSpan least, TimeSpan most)
    {
        // Compared in seconds first: a Duration may be 10 000 years, which no TimeSpan holds.
        var seconds = duration.Seconds + (duration.Nanos / 1e9);
        var plain = Math.Abs((long)duration.Nanos) < 1_000_000_000 && (duration.Seconds == 0 || duration.Nanos == 0 || (duration.Seconds > 0) == (duration.Nanos > 0));
        return plain && seconds >= least.TotalSeconds && seconds <= most.TotalSeconds
            ? TimeSpan.FromTicks((duration.Seconds * TimeSpan.TicksPerSecond) + (duration.Nanos / TimeSpan.NanosecondsPerTick))
            : throw new FieldException(field, FormattableString.Invariant($"must be {least.TotalSeconds} to {most.TotalSeconds} s."));
    }

    /// <summary>A share, 0 to 1.</summary>
    /// <exception cref="FieldException">It is none.</exception>
    public static float Share(string field, float value) => value is >= 0 and <= 1 ? value : throw new FieldException(field, "must be a number from 0 to 1.");

    /// <summary>A number from −<paramref name="most"/> to <paramref name="most"/>.</summary>
    /// <exception cref="FieldException">It is none.</exception>
    public static float Number(string field, float value, float most) => Math.Abs(value) <= most
        ? value
        : throw new FieldException(field, FormattableString.Invariant($"must be a number from {-most} to {most}."));

    /// <summary>A seed.</summary>
    /// <exception cref="FieldException">It is too large.</exception>
    public static int Seed(string field, uint seed) =>
        seed <= int.MaxValue ? (int)seed : throw new FieldException(field, $"must be 0 to {int.MaxValue}.");

    /// <summary>The name of an avatar there is.</summary>
    /// <exception cref="FieldException">There is none of this name.</exception>
    public static string Avatar(string field, string name, IReadOnlyList<AvatarInfo> avatars) => avatars.Any(avatar => avatar.Name == name)
        ? name
        : throw new FieldException(field, $"there is no avatar '{name}'. There are: {string.Join(", ", avatars.Select(avatar => avatar.Name))}.");

    /// <summary>A text of limited length.</summary>
    /// <exception cref="FieldException">It is longer.</exception>
    public static string Text(string field, string value, int longest) =>
        value.Length <= longest ? value : throw new FieldException(field, $"has {value.Length} characters; at most {longest} are taken.");
}
