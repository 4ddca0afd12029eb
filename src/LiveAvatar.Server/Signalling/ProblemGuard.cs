using LiveAvatar.Pipeline;
using LiveAvatar.Rtc;
using LiveAvatar.Rtc.Sdp;
using LiveAvatar.Server.Hosting;

namespace LiveAvatar.Server.Signalling;

/// <summary>Turns what endpoints throw into problem documents, in one place.</summary>
internal sealed class ProblemGuard(ILogger logger)
{
    private static readonly TimeSpan PeerLimitRetry = TimeSpan.FromSeconds(15);

    /// <summary>Runs the rest of the request.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await Translate(context, e).WriteAsync(context.Response).ConfigureAwait(false);
        }
    }

    private Problem Translate(HttpContext context, Exception error)
    {
        switch (error)
        {
            case ProblemException e:
                return e.Problem;
            case SdpException e:
                return FromSdp(e.Error);
            case UnknownAvatarException e:
                return Problem.BadRequest(e.Message);
            case NoPictureException e:
                return Problem.Conflict(e.Message);
            case CapacityException e:
                return Problem.Unavailable(e.Message, e.RetryAfter);
            case PeerLimitException e:
                return Problem.Unavailable(e.Message, PeerLimitRetry);
            case BadHttpRequestException e:
                return Problem.BadRequest(e.Message) with { Status = e.StatusCode };
            default:
                // The route, not the path: paths hold secrets.
                Log.RequestFailed(logger, error, context.Request.Method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "page");
                return new Problem(500, "internal", "The server failed", "The cause is in the server's log.");
        }
    }

    private static Problem FromSdp(SdpError error) => error.Kind switch
    {
        SdpErrorKind.Malformed => Problem.BadOffer(error.Message),
        SdpErrorKind.TooLarge => Problem.BadOffer(error.Message) with { Status = 413, Slug = "too-large", Title = "The offer is too large" },
        _ => Problem.Unanswerable(error.Message),
    };
}
