using LiveAvatar.Rtc;

namespace LiveAvatar.Server.Signalling;

/// <summary>What the resources of drivers and viewers have in common.</summary>
internal static class PeerResource
{
    /// <summary>The methods of a resource.</summary>
    public const string Methods = "PATCH, DELETE";

    /// <summary>Takes candidates (204) or restarts ICE (200 with the server's new parameters), RFC 9725 section 4.3.</summary>
    public static async Task PatchAsync(HttpContext context, PeerConnection peer)
    {
        var fragment = await SdpMessages.ReadFragmentAsync(context).ConfigureAwait(false);
        var restart = fragment.Ufrag != peer.Session.RemoteUfrag;
        IfMatch.Check(context.Request, peer.ETag, restart);
        if (!restart)
        {
            // An ICE-lite server learns addresses from the checks; candidates are taken and not needed.
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var answer = peer.RestartIce(fragment);
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = SdpMessages.Fragment;
        context.Response.Headers.ETag = SdpMessages.Quoted(peer.ETag);
        await context.Response.WriteAsync(answer).ConfigureAwait(false);
    }
}
