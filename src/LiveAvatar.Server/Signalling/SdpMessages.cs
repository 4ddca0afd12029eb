using System.Text;
using LiveAvatar.Rtc.Sdp;
using Microsoft.Net.Http.Headers;

namespace LiveAvatar.Server.Signalling;

/// <summary>Reads offers and fragments from requests and writes answers, with the checks RFC 9725 asks for.</summary>
internal static class SdpMessages
{
    /// <summary>Media type of offers and answers.</summary>
    public const string Sdp = "application/sdp";

    /// <summary>Media type of PATCH bodies (RFC 8840).</summary>
    public const string Fragment = "application/trickle-ice-sdpfrag";

    /// <summary>Reads the offer of a POST.</summary>
    /// <exception cref="ProblemException">It is not an offer.</exception>
    public static async Task<SessionOffer> ReadOfferAsync(HttpContext context)
    {
        Require(context.Request, Sdp, "Accept-Post");
        if (!Accepts(context.Request, Sdp))
        {
            throw new ProblemException(Problem.NotAcceptable(Sdp));
        }

        var text = await ReadBodyAsync(context, SessionOffer.MaxLength).ConfigureAwait(false);
        return SessionOffer.TryParse(text, out var offer, out var error) ? offer : throw new SdpException(error);
    }

    /// <summary>Reads the ICE fragment of a PATCH.</summary>
    /// <exception cref="ProblemException">It is not a fragment.</exception>
    public static async Task<IceFragment> ReadFragmentAsync(HttpContext context)
    {
        Require(context.Request, Fragment, "Accept-Patch");
        var text = await ReadBodyAsync(context, IceFragment.MaxLength).ConfigureAwait(false);
        return IceFragment.TryParse(text, out var fragment, out var error) ? fragment : throw new ProblemException(Problem.BadRequest(error.Message));
    }

    /// <summary>Writes 201 Created with the answer.</summary>
    public static Task WriteAnswerAsync(HttpResponse response, string location, string etag, string answer)
    {
        response.StatusCode = StatusCodes.Status201Created;
        response.ContentType = Sdp;
        response.Headers.Location = location;
        response.Headers.ETag = Quoted(etag);
        return response.WriteAsync(answer);
    }

    /// <summary>An entity tag as header text.</summary>
    public static string Quoted(string etag) => etag.StartsWith('"') ? etag : $"\"{etag}\"";

    private static void Require(HttpRequest request, string mediaType, string header)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(Problem.UnsupportedMediaType(mediaType, header));
        }
    }

    private static bool Accepts(HttpRequest request, string mediaType)
    {
        var wanted = new MediaTypeHeaderValue(mediaType);
        return request.Headers.Accept.Count == 0
            || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
            || accepted.Any(a => wanted.IsSubsetOf(a) && a.Quality is not 0);
    }

    private static async Task<string> ReadBodyAsync(HttpContext context, int limit)
    {
        if (context.Request.ContentLength > limit)
        {
            throw new ProblemException(Problem.TooLarge(limit));
        }

        var buffer = new byte[(int)Math.Min(limit + 1, (context.Request.ContentLength ?? limit) + 1)];
        var length = 0;
        int read;
        while (length < buffer.Length
            && (read = await context.Request.Body.ReadAsync(buffer.AsMemory(length), context.RequestAborted).ConfigureAwait(false)) > 0)
        {
            length += read;
        }

        return length <= limit ? Encoding.UTF8.GetString(buffer, 0, length) : throw new ProblemException(Problem.TooLarge(limit));
    }
}
