namespace LiveAvatar.Server.Signalling;

/// <summary>The If-Match rules of a PATCH (RFC 9725 section 4.3.1).</summary>
internal static class IfMatch
{
    /// <summary>Refuses a PATCH whose If-Match does not fit what it asks for.</summary>
    /// <param name="request">The PATCH.</param>
    /// <param name="etag">The resource's entity tag.</param>
    /// <param name="restart">The fragment has new ICE credentials.</param>
    /// <exception cref="ProblemException">428 without the header, 412 when it names another ICE session.</exception>
    public static void Check(HttpRequest request, string etag, bool restart)
    {
        var sent = request.Headers.IfMatch;
        if (sent.Count == 0)
        {
            throw new ProblemException(new Problem(
                428, "precondition-required", "If-Match is required",
                "Send If-Match with the ETag of the POST's response for candidates, or If-Match: \"*\" to restart ICE."));
        }

        var tags = sent.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries)).ToList();
        var any = tags.Exists(tag => tag is "*" or "\"*\""); // RFC 9725 writes it with quotes, RFC 9110 without
        if (any || (!restart && tags.Contains(SdpMessages.Quoted(etag))))
        {
            return;
        }

        throw new ProblemException(new Problem(
            412, "precondition-failed", "If-Match does not match",
            restart
                ? "New ICE credentials restart ICE; send them with If-Match: \"*\"."
                : "The ETag is not that of the running ICE session. Use the ETag of the last 201 or 200 response."));
    }
}
