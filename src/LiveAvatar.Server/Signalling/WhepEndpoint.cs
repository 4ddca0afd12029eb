using LiveAvatar.Pipeline;
using LiveAvatar.Rtc;
using LiveAvatar.Server.Hosting;

namespace LiveAvatar.Server.Signalling;

/// <summary>WHEP: a viewer at /whep/{session}, and its resource at /whep/{session}/{viewer}.</summary>
internal sealed class WhepEndpoint(AvatarRuntime runtime)
{
    /// <summary>POST watches a call; OPTIONS says what POST takes.</summary>
    public Task InvokeAsync(HttpContext context) => context.Request.Method switch
    {
        "POST" => WatchAsync(context),
        "OPTIONS" => WhipEndpoint.Options(context.Response),
        _ => throw new ProblemException(Problem.MethodNotAllowed("POST, OPTIONS")),
    };

    /// <summary>PATCH takes candidates and restarts ICE, DELETE stops watching.</summary>
    public Task InvokeResourceAsync(HttpContext context) => context.Request.Method switch
    {
        "PATCH" => PeerResource.PatchAsync(context, Find(context).Peer),
        "DELETE" => EndAsync(context),
        _ => throw new ProblemException(Problem.MethodNotAllowed(PeerResource.Methods)),
    };

    private async Task WatchAsync(HttpContext context)
    {
        var offer = await SdpMessages.ReadOfferAsync(context).ConfigureAwait(false);
        var host = WhipEndpoint.RequireHost(runtime);
        var session = FindSession(context);
        var viewer = host.CreateViewer(session, offer);
        await SdpMessages.WriteAnswerAsync(
            context.Response, $"/whep/{session.Id}/{viewer.Id}", viewer.Peer.ETag, viewer.Peer.AnswerSdp).ConfigureAwait(false);
    }

    private async Task EndAsync(HttpContext context)
    {
        var viewer = Find(context);
        viewer.Close(SessionEndReason.PeerClosed);
        await viewer.Peer.DisposeAsync().ConfigureAwait(false); // the place is free when the answer says so
        context.Response.StatusCode = StatusCodes.Status200OK;
    }

    private AvatarSession FindSession(HttpContext context) =>
        runtime.Host?.FindSession((string)context.Request.RouteValues["session"]!)
            ?? throw new ProblemException(Problem.NotFound("There is no such call; it has ended or the link is wrong. Ask the presenter for a new link."));

    private Viewer Find(HttpContext context) =>
        FindSession(context).FindViewer((string)context.Request.RouteValues["viewer"]!)
            ?? throw new ProblemException(Problem.NotFound("There is no such viewer; it may have left. Watch again with POST /whep/{session}."));
}
