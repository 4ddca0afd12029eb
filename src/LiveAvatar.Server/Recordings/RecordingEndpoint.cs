using LiveAvatar.Server.Access;
using LiveAvatar.Server.Signalling;

namespace LiveAvatar.Server.Recordings;

/// <summary>GET /api/recordings/{session}/{name}: the file, for browsers; needs what steering the session needs.</summary>
internal sealed class RecordingEndpoint(RecordingStore store, HttpAccess access)
{
    /// <summary>Sends the file; ranges are answered, so that players can seek.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var session = (string)context.Request.RouteValues["session"]!;
        access.Demand(context, AccessRole.Control, session); // asked for without keys too: nothing in the path is a secret
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            throw new ProblemException(Problem.MethodNotAllowed("GET"));
        }

        var entry = store.Find(session, (string)context.Request.RouteValues["name"]!);
        if (entry is null || !File.Exists(entry.Path))
        {
            throw new ProblemException(Problem.NotFound("There is no such recording of this session."));
        }

        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        var file = new FileStream(entry.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Results.File(file, "video/webm", entry.Name, enableRangeProcessing: !entry.IsRunning).ExecuteAsync(context);
    }
}
