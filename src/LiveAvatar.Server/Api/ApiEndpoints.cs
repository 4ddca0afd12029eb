using System.Text.Json;
using System.Text.Json.Serialization;
using LiveAvatar.Pipeline;
using LiveAvatar.Server.Hosting;
using LiveAvatar.Server.Signalling;

namespace LiveAvatar.Server.Api;

/// <summary>What the page asks for besides calls: avatars, and how a call is doing.</summary>
internal sealed class ApiEndpoints(AvatarRuntime runtime)
{
    private const int ShortIdLength = 8;

    /// <summary>GET /api/avatars: names and portraits. 503 until the models are loaded.</summary>
    public Task AvatarsAsync(HttpContext context)
    {
        RequireGet(context);
        var avatars = Avatars().Select(a => new AvatarReply(a.Name, a.DisplayName, a.Description, runtime.AutomaticEmotion, $"/api/avatars/{Uri.EscapeDataString(a.Name)}/portrait")).ToArray();
        return WriteAsync(context.Response, avatars, ApiJson.Default.AvatarReplyArray);
    }

    /// <summary>GET /api/avatars/{name}/portrait: the picture file.</summary>
    public Task PortraitAsync(HttpContext context)
    {
        RequireGet(context);
        var name = (string)context.Request.RouteValues["name"]!;
        var avatar = Avatars().FirstOrDefault(a => a.Name == name)
            ?? throw new ProblemException(Problem.NotFound("There is no such avatar. GET /api/avatars lists them."));
        context.Response.ContentType = PortraitType.Of(avatar.PortraitPath);
        context.Response.Headers.CacheControl = "max-age=300";
        return context.Response.SendFileAsync(avatar.PortraitPath, context.RequestAborted);
    }

    /// <summary>GET /api/sessions: what runs. Ids are shortened: the whole id is the key to watching.</summary>
    public Task SessionsAsync(HttpContext context)
    {
        RequireGet(context);
        var sessions = (runtime.Host?.Sessions ?? []).Select(s => s.GetStatistics())
            .Select(s => new SessionReply(s.Id[..Math.Min(ShortIdLength, s.Id.Length)], s.Avatar, Math.Round(s.Age.TotalSeconds, 1), s.Viewers)).ToArray();
        return WriteAsync(context.Response, sessions, ApiJson.Default.SessionReplyArray);
    }

    /// <summary>GET /api/sessions/{session}/stats: stage times, counters and what the driver's connection reports.</summary>
    public Task StatsAsync(HttpContext context)
    {
        var session = Session(context);
        return WriteAsync(context.Response, StatsReply.From(session, runtime.Engine!.Pack.Manifest.Audio), ApiJson.Default.StatsReply);
    }

    /// <summary>GET /api/sessions/{session}/frames: the moments of the last frames, one JSON object a line, oldest first.</summary>
    public async Task FramesAsync(HttpContext context)
    {
        var session = Session(context);
        context.Response.ContentType = "application/x-ndjson";
        foreach (var frame in session.ReadLedger())
        {
            await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(FrameReply.From(frame), ApiJson.Default.FrameReply), context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.WriteAsync("\n"u8.ToArray(), context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Writes an answer as JSON.</summary>
    public static Task WriteAsync<T>(HttpResponse response, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        response.ContentType = "application/json";
        return response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, type)).AsTask();
    }

    private AvatarSession Session(HttpContext context)
    {
        RequireGet(context);
        context.Response.Headers.CacheControl = "no-store";
        return runtime.Host?.FindSession((string)context.Request.RouteValues["session"]!)
            ?? throw new ProblemException(Problem.NotFound("There is no such call; it may have ended."));
    }

    private static void RequireGet(HttpContext context)
    {
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            throw new ProblemException(Problem.MethodNotAllowed("GET"));
        }
    }

    private IReadOnlyList<Inference.AvatarInfo> Avatars() => runtime.Engine?.Avatars
        ?? throw new ProblemException(Problem.Unavailable("The models are still being loaded. Ask again in a moment.", TimeSpan.FromSeconds(1)));
}

/// <summary>An avatar as the page shows it.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="Description">How it looks; may be empty.</param>
/// <param name="AutoEmotion">autoEmotion of calls that give none; null where the pack hears no emotion.</param>
/// <param name="Portrait">Address of its portrait.</param>
internal sealed record AvatarReply(string Name, string DisplayName, string Description, float? AutoEmotion, string Portrait);

/// <summary>A running call as an operator sees it.</summary>
internal sealed record SessionReply(string Id, string Avatar, double AgeSeconds, int Viewers);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AvatarReply[]))]
[JsonSerializable(typeof(SessionReply[]))]
[JsonSerializable(typeof(StatsReply))]
[JsonSerializable(typeof(FrameReply))]
[JsonSerializable(typeof(ViewerTokenReply))]
internal sealed partial class ApiJson : JsonSerializerContext;
