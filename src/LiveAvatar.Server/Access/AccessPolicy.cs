using System.Net;
using LiveAvatar.Server.Signalling;

namespace LiveAvatar.Server.Access;

/// <summary>Decides who may do what, for HTTP (<see cref="HttpAccess"/>) and gRPC (Rpc.SessionAccess) alike.</summary>
/// <remarks>
/// Without keys it is off: a session's id is enough to read, its secret is needed to change it. With keys, a request needs a key with the
/// role, or, for one session, that session's secret (reads and changes) or a viewer token of it (reads).
/// No answer depends on whether a session exists: it is looked up only after the answer was "granted".
/// </remarks>
internal sealed class AccessPolicy(IReadOnlyList<ApiKey> keys, ResourceTokens secrets, ViewerTokens viewers, AccessLimits limits)
{
    private const string Scheme = "Bearer ";

    /// <summary>Whether keys are asked for.</summary>
    public bool Enabled => keys.Count > 0;

    /// <summary>Makes a viewer token; null when none is needed.</summary>
    public string? ViewerToken(string session, TimeSpan lifetime) => Enabled ? viewers.Make(session, lifetime) : null;

    /// <summary>Decides.</summary>
    /// <param name="context">The request.</param>
    /// <param name="needed">The role that a key needs for it.</param>
    /// <param name="session">The id of the session it is about; null when it is about none.</param>
    /// <param name="kind">What it counts as once it is granted.</param>
    public AccessAnswer Check(HttpContext context, AccessRole needed, string? session = null, RequestKind kind = RequestKind.Other)
    {
        var address = context.Connection.RemoteIpAddress;
        var answer = Authorize(context, address, needed, session);
        return answer.Verdict == AccessVerdict.Granted && limits.Take(kind, address) is { } wait ? AccessAnswer.TooMany(wait) : answer;
    }

    private AccessAnswer Authorize(HttpContext context, IPAddress? address, AccessRole needed, string? session)
    {
        if (!Enabled && needed != AccessRole.Control)
        {
            return AccessAnswer.Granted;
        }

        if (Credential(context) is not { } sent)
        {
            return AccessAnswer.Refused(AccessVerdict.Missing, needed);
        }

        if (limits.Blocked(address) is { } wait)
        {
            return AccessAnswer.Blocked(wait);
        }

        var verdict = Judge(sent, needed, session);
        if (verdict == AccessVerdict.Unknown)
        {
            limits.CountFailure(address);
        }

        return verdict == AccessVerdict.Granted ? AccessAnswer.Granted : AccessAnswer.Refused(verdict, needed);
    }

    private AccessVerdict Judge(string sent, AccessRole needed, string? session)
    {
        if (session is not null && needed is AccessRole.Watch or AccessRole.Control && secrets.Matches(session, sent))
        {
            return AccessVerdict.Granted;
        }

        if (!Enabled)
        {
            return AccessVerdict.Foreign;
        }

        if (ApiKey.Find(keys, sent) is { } key)
        {
            return (key.Roles & (needed | AccessRole.Admin)) != 0 ? AccessVerdict.Granted : AccessVerdict.Forbidden;
        }

        return viewers.Read(sent) switch
        {
            null => AccessVerdict.Unknown,
            { Expired: true } => AccessVerdict.Expired,
            { Session: var its } when session is not null && its != session => AccessVerdict.Foreign,
            _ => needed == AccessRole.Watch ? AccessVerdict.Granted : AccessVerdict.Forbidden,
        };
    }

    private static string? Credential(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && header.AsSpan(Scheme.Length).Trim() is { Length: > 0 } sent
            ? sent.ToString()
            : null;
    }
}
