using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveAvatar.Server.Signalling;

/// <summary>An error as application/problem+json (RFC 9457). <see cref="Detail"/> says what the caller should change.</summary>
internal sealed record Problem(int Status, string Slug, string Title, string Detail)
{
    /// <summary>The media type of problems.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>When asking again makes sense; becomes Retry-After.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>More header lines that belong to this problem, such as Allow.</summary>
    public (string Name, string Value)? Header { get; init; }

    public static Problem BadRequest(string detail) => new(400, "bad-request", "The request cannot be used", detail);

    public static Problem BadOffer(string detail) => new(400, "bad-offer", "The offer cannot be read", detail);

    public static Problem NotFound(string detail) => new(404, "not-found", "Not found", detail);

    public static Problem MethodNotAllowed(string allowed) => new(
        405, "method-not-allowed", "Method not allowed", $"This resource takes {allowed}.") { Header = ("Allow", allowed) };

    public static Problem NotAcceptable(string produced) => new(
        406, "not-acceptable", "Not acceptable", $"The answer is {produced}; the Accept header must allow it.");

    public static Problem Conflict(string detail) => new(409, "conflict", "The session cannot do this", detail);

    public static Problem TooLarge(int limit) => new(
        413, "too-large", "The body is too large", $"At most {limit} bytes are read. A browser's offer has 5 to 8 thousand.");

    public static Problem UnsupportedMediaType(string expected, string header) => new(
        415, "unsupported-media-type", "Unsupported media type", $"Send the body with Content-Type: {expected}.") { Header = (header, expected) };

    public static Problem Unanswerable(string detail) => new(422, "unanswerable-offer", "The offer cannot be answered", detail);

    public static Problem Unavailable(string detail, TimeSpan retryAfter) => new(
        503, "unavailable", "No call can be taken now", detail) { RetryAfter = retryAfter };

    /// <summary>Writes the problem as the whole response.</summary>
    public Task WriteAsync(HttpResponse response)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType;
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Header is { } header)
        {
            response.Headers[header.Name] = header.Value;
        }

        var body = new ProblemBody("urn:liveavatar:problem:" + Slug, Title, Status, Detail);
        return response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body, ProblemJson.Default.ProblemBody)).AsTask();
    }
}

/// <summary>The members of RFC 9457 that are sent.</summary>
internal sealed record ProblemBody(string Type, string Title, int Status, string Detail);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class ProblemJson : JsonSerializerContext;

/// <summary>Ends a request with a problem.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    /// <summary>What is answered.</summary>
    public Problem Problem { get; } = problem;
}
