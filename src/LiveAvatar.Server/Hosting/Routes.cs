using LiveAvatar.Server.Access;
using LiveAvatar.Server.Api;
using LiveAvatar.Server.Recordings;
using LiveAvatar.Server.Rpc;
using LiveAvatar.Server.Signalling;
using LiveAvatar.Server.Telemetry;

namespace LiveAvatar.Server.Hosting;

/// <summary>Every address of the server and what answers there.</summary>
internal static class Routes
{
    /// <summary>Connects addresses and endpoints.</summary>
    public static void Map(
        WebApplication application, AvatarRuntime runtime, ResourceTokens tokens, MetricsCollector collector, ServerMetrics metrics, ILogger logger)
    {
        var guard = new ProblemGuard(logger);
        application.Use(next => context => CountAsync(context, next, metrics));
        application.Use(next => context => guard.InvokeAsync(context, next));
        var page = PageFiles.Use(application, logger);
        application.UseRouting();
        RpcHosting.Use(application);
        RpcHosting.Map(application);

        var access = application.Services.GetRequiredService<HttpAccess>();
        var whip = new WhipEndpoint(runtime, tokens);
        Shared("/whip", access.Require(AccessRole.Drive, whip.InvokeAsync, RequestKind.Session, openOptions: true));
        Shared("/whip/{session}/{token}", whip.InvokeResourceAsync);
        var whep = new WhepEndpoint(runtime);
        Shared("/whep/{session}", access.Require(AccessRole.Watch, whep.InvokeAsync, RequestKind.Viewer, openOptions: true));
        Shared("/whep/{session}/{viewer}", whep.InvokeResourceAsync);

        var api = new ApiEndpoints(runtime);
        var viewerToken = new ViewerTokenEndpoint(runtime, application.Services.GetRequiredService<AccessPolicy>());
        Shared("/api/avatars", api.AvatarsAsync);
        Shared("/api/avatars/{name}/portrait", api.PortraitAsync);
        Shared("/api/sessions", access.Require(AccessRole.Admin, api.SessionsAsync));
        Shared("/api/sessions/{session}/stats", access.Require(AccessRole.Watch, api.StatsAsync));
        Shared("/api/sessions/{session}/frames", access.Require(AccessRole.Watch, api.FramesAsync));
        var recordings = new RecordingEndpoint(application.Services.GetRequiredService<RecordingStore>(), access);
        Shared("/api/recordings/{session}/{name}", recordings.InvokeAsync);
        Shared("/api/sessions/{session}/viewer-token", access.Require(AccessRole.Control, viewerToken.InvokeAsync, RequestKind.Token));

        application.Map("/livez", (RequestDelegate)(context => HealthAsync(context, alive: true, "alive")));
        application.Map("/readyz", (RequestDelegate)(context =>
            HealthAsync(context, runtime.State == RuntimeState.Ready, runtime.State.ToString().ToLowerInvariant())));
        application.Map("/metrics", access.Require(AccessRole.Admin, context => MetricsAsync(context, collector)));
        application.Map("/view/{session}", (RequestDelegate)(context => PageFiles.SendAsync(context, page, "view.html")));
        application.MapFallback("{*path}", (RequestDelegate)(context =>
            throw new ProblemException(Problem.NotFound("There is nothing at this address. The page is at /, calls are made at /whip."))));

        // What pages of other origins may use, where the configuration lets them.
        void Shared(string pattern, RequestDelegate endpoint) => application.Map(pattern, endpoint).RequireCors(AccessHosting.Cors);
    }

    private static Task HealthAsync(HttpContext context, bool alive, string word)
    {
        context.Response.StatusCode = alive ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(word + "\n");
    }

    private static Task MetricsAsync(HttpContext context, MetricsCollector collector)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(PrometheusText.Write(collector.Collect()));
    }

    private static async Task CountAsync(HttpContext context, RequestDelegate next, ServerMetrics metrics)
    {
        await next(context).ConfigureAwait(false);
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "page";
        metrics.CountResponse(route, context.Response.StatusCode);
    }
}
