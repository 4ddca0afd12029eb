using LiveAvatar.Server.Access;
using LiveAvatar.Server.Configuration;
using LiveAvatar.Server.Hosting;
using LiveAvatar.Server.Signalling;

namespace LiveAvatar.Server.Api;

/// <summary>POST /api/sessions/{session}/viewer-token: makes a token for a viewer link.</summary>
internal sealed class ViewerTokenEndpoint(AvatarRuntime runtime, AccessPolicy policy)
{
    /// <summary>200 with the token; 204 where viewers need none.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            throw new ProblemException(Problem.MethodNotAllowed("POST"));
        }

        var lifetime = Lifetime(context.Request.Query);
        context.Response.Headers.CacheControl = "no-store";
        if (!policy.Enabled)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        var session = runtime.Host?.FindSession((string)context.Request.RouteValues["session"]!)
            ?? throw new ProblemException(Problem.NotFound("There is no such call; it may have ended."));
        var reply = new ViewerTokenReply(policy.ViewerToken(session.Id, lifetime)!, (int)lifetime.TotalSeconds);
        return ApiEndpoints.WriteAsync(context.Response, reply, ApiJson.Default.ViewerTokenReply);
    }

    private static TimeSpan Lifetime(IQueryCollection query)
    {
        try
        {
            return query.TryGetValue("minutes", out var minutes)
                ? TimeSpan.FromMinutes(OptionText.Integer(minutes.ToString(), (int)ViewerTokens.Lifetime.Least.TotalMinutes, (int)ViewerTokens.Lifetime.Most.TotalMinutes))
                : ViewerTokens.Lifetime.Usual;
        }
        catch (OptionException e)
        {
            throw new ProblemException(Problem.BadRequest($"minutes: {e.Message}."));
        }
    }
}

/// <summary>A token and how long it lets one join.</summary>
internal sealed record ViewerTokenReply(string Token, int ExpiresInSeconds);
