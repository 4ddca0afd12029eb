namespace LiveAvatar.Server.Access;

/// <summary>Whether a request may do what it asks.</summary>
internal enum AccessVerdict
{
    /// <summary>It may.</summary>
    Granted,

    /// <summary>It sent no credential.</summary>
    Missing,

    /// <summary>What it sent is no key, no secret of the session and no token.</summary>
    Unknown,

    /// <summary>It sent a viewer token whose time is over.</summary>
    Expired,

    /// <summary>It sent a key or token that does not allow this.</summary>
    Forbidden,

    /// <summary>What it sent is of another session: to it, this one does not exist.</summary>
    Foreign,

    /// <summary>Too many wrong credentials, or too many requests, came from its address.</summary>
    Limited,
}

/// <summary>The answer to "may this request do that?", with the words for the caller.</summary>
/// <param name="Verdict">The answer.</param>
/// <param name="Message">What the caller should do; empty when granted.</param>
/// <param name="RetryAfter">When <see cref="AccessVerdict.Limited"/>, the time to wait.</param>
internal readonly record struct AccessAnswer(AccessVerdict Verdict, string Message, TimeSpan RetryAfter = default)
{
    /// <summary>The request may.</summary>
    public static AccessAnswer Granted { get; } = new(AccessVerdict.Granted, "");

    /// <summary>Puts a refusal into words.</summary>
    public static AccessAnswer Refused(AccessVerdict verdict, AccessRole needed) => new(verdict, verdict switch
    {
        AccessVerdict.Missing => $"This needs {Needs(needed)}. Send it as 'Authorization: Bearer ...'.",
        AccessVerdict.Unknown => $"What was sent as 'Authorization: Bearer' is not valid here. This needs {Needs(needed)}.",
        AccessVerdict.Expired => "The viewer token has expired. Ask the presenter for a new link.",
        AccessVerdict.Forbidden => $"What was sent as 'Authorization: Bearer' does not allow this. It needs {Needs(needed)}.",
        _ => "There is no such session; it may have ended, or what was sent as 'Authorization: Bearer' is of another session.",
    });

    /// <summary>Too many wrong credentials.</summary>
    public static AccessAnswer Blocked(TimeSpan retryAfter) =>
        new(AccessVerdict.Limited, "Too many wrong keys, secrets or tokens came from this address. Wait before trying again.", retryAfter);

    /// <summary>Too many requests.</summary>
    public static AccessAnswer TooMany(TimeSpan retryAfter) =>
        new(AccessVerdict.Limited, "Too many such requests came from this address. Wait before trying again.", retryAfter);

    private static string Needs(AccessRole role) => role switch
    {
        AccessRole.Drive => "an API key with the role drive",
        AccessRole.Watch => "a viewer token of this session, its secret, or an API key with the role watch",
        AccessRole.Control => "the session's secret or an API key with the role control",
        _ => "an API key with the role admin",
    };
}
