using LiveAvatar.Server.Signalling;

namespace LiveAvatar.Server.Access;

/// <summary>Puts <see cref="AccessPolicy"/> before HTTP endpoints, so that the table of routes says what each needs.</summary>
internal sealed class HttpAccess(AccessPolicy policy)
{
    /// <summary>An endpoint that is reached only by requests that may.</summary>
    /// <param name="needed">The role a key needs for it. The route's "session", if it has one, is what it is about.</param>
    /// <param name="endpoint">What answers then.</param>
    /// <param name="kind">What a POST counts as.</param>
    /// <param name="openOptions">The endpoint answers OPTIONS with what it takes, as RFC 9725 asks: to everybody.</param>
    public RequestDelegate Require(AccessRole needed, RequestDelegate endpoint, RequestKind kind = RequestKind.Other, bool openOptions = false) => context =>
    {
        if (!openOptions || !HttpMethods.IsOptions(context.Request.Method))
        {
            // Without keys no HTTP address asks for a header: what changes a call has the secret in its path.
            var ask = policy.Enabled ? needed : AccessRole.None;
            var counted = HttpMethods.IsPost(context.Request.Method) ? kind : RequestKind.Other;
            Demand(context, ask, (string?)context.Request.RouteValues["session"], counted);
        }

        return endpoint(context);
    };

    /// <summary>Refuses a request that may not; for <see cref="AccessRole.Control"/> without keys too, where the session's secret is asked for.</summary>
    /// <exception cref="ProblemException">401, 403, 404 or 429.</exception>
    public void Demand(HttpContext context, AccessRole needed, string? session, RequestKind kind = RequestKind.Other)
    {
        if (policy.Check(context, needed, session, kind) is { Verdict: not AccessVerdict.Granted } refused)
        {
            throw new ProblemException(Problem(refused));
        }
    }

    private static Problem Problem(AccessAnswer refused) => refused.Verdict switch
    {
        AccessVerdict.Missing => Unauthorized(refused, "Bearer"),
        AccessVerdict.Unknown or AccessVerdict.Expired => Unauthorized(refused, "Bearer error=\"invalid_token\""),
        AccessVerdict.Forbidden => new Problem(403, "forbidden", "Not allowed", refused.Message) { Header = ("WWW-Authenticate", "Bearer error=\"insufficient_scope\"") },
        AccessVerdict.Limited => new Problem(429, "too-many-requests", "Too many requests", refused.Message) { RetryAfter = refused.RetryAfter },
        _ => Signalling.Problem.NotFound(refused.Message),
    };

    // RFC 6750 section 3.
    private static Problem Unauthorized(AccessAnswer refused, string challenge) =>
        new(401, "unauthorized", "Authorization is needed", refused.Message) { Header = ("WWW-Authenticate", challenge) };
}
