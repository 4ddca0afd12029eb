using LiveAvatar.Pipeline;
using LiveAvatar.Rtc;
using LiveAvatar.Server.Hosting;

namespace LiveAvatar.Server.Signalling;

/// <summary>WHIP (RFC 9725): a driver's call at /whip, and the call's resource at /whip/{session}/{token}.</summary>
internal sealed class WhipEndpoint(AvatarRuntime runtime, ResourceTokens tokens)
{
    private static readonly TimeSpan LoadingRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DrainingRetry = TimeSpan.FromSeconds(10);

    /// <summary>POST makes a call; OPTIONS says what POST takes.</summary>
    public Task InvokeAsync(HttpContext context) => context.Request.Method switch
    {
        "POST" => CallAsync(context),
        "OPTIONS" => Options(context.Response),
        _ => throw new ProblemException(Problem.MethodNotAllowed("POST, OPTIONS")),
    };

    /// <summary>PATCH takes candidates and restarts ICE, DELETE ends the call.</summary>
    public Task InvokeResourceAsync(HttpContext context) => context.Request.Method switch
    {
        "PATCH" => PeerResource.PatchAsync(context, Find(context).Driver!),
        "DELETE" => EndAsync(context),
        _ => throw new ProblemException(Problem.MethodNotAllowed(PeerResource.Methods)),
    };

    /// <summary>The host, once it takes calls.</summary>
    /// <exception cref="ProblemException">503 while loading or draining.</exception>
    public static AvatarHost RequireHost(AvatarRuntime runtime) => runtime.State switch
    {
        RuntimeState.Loading => throw new ProblemException(Problem.Unavailable("The models are still being loaded. Call again in a moment.", LoadingRetry)),
        RuntimeState.Draining => throw new ProblemException(Problem.Unavailable("The server is about to stop. Call again, at another server if there is one.", DrainingRetry)),
        _ => runtime.Host!,
    };

    /// <summary>Answers OPTIONS (RFC 9725 section 4.2).</summary>
    public static Task Options(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers["Accept-Post"] = SdpMessages.Sdp;
        response.Headers.Allow = "POST, OPTIONS";
        return Task.CompletedTask;
    }

    private async Task CallAsync(HttpContext context)
    {
        var offer = await SdpMessages.ReadOfferAsync(context).ConfigureAwait(false);
        var request = CallParameters.Read(context.Request.Query);
        var session = RequireHost(runtime).CreateSession(offer, request);
        await SdpMessages.WriteAnswerAsync(
            context.Response, $"/whip/{session.Id}/{tokens.For(session.Id)}", session.Driver!.ETag, session.Driver.AnswerSdp).ConfigureAwait(false);
    }

    private async Task EndAsync(HttpContext context)
    {
        await Find(context).CloseAsync(SessionEndReason.PeerClosed).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status200OK;
    }

    // A wrong token and a session that is gone look the same from outside.
    private AvatarSession Find(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["session"]!;
        return tokens.Matches(id, (string)context.Request.RouteValues["token"]!) && runtime.Host?.FindSession(id) is { Driver: not null } session
            ? session
            : throw new ProblemException(Problem.NotFound("There is no such call; it may have ended. Make a new one with POST /whip."));
    }
}
