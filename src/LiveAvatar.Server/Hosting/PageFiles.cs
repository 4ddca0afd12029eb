using LiveAvatar.Server.Signalling;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace LiveAvatar.Server.Hosting;

/// <summary>Serves the built page from wwwroot beside the program.</summary>
internal static class PageFiles
{
    // Everything comes from this origin; nothing may frame the page or be told where a viewer came from.
    private const string ContentSecurityPolicy =
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Adds the files to the pipeline; returns their place, or null when the page was not built.</summary>
    public static IFileProvider? Use(WebApplication application, ILogger logger)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (!File.Exists(Path.Combine(folder, "index.html")))
        {
            Log.PageMissing(logger, folder);
            return null;
        }

        var files = new PhysicalFileProvider(folder);
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".opus"] = "audio/ogg";
        application.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        application.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            ContentTypeProvider = types,
            OnPrepareResponse = prepared => Protect(prepared.Context.Response),
        });
        return files;
    }

    /// <summary>Sends one of the page's files whatever the address.</summary>
    public static Task SendAsync(HttpContext context, IFileProvider? files, string name)
    {
        if (files?.GetFileInfo(name) is not { Exists: true } file)
        {
            throw new ProblemException(Problem.NotFound("The page was not built. Run 'npm ci && npm run build' in src/web, then build the server."));
        }

        Protect(context.Response);
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.SendFileAsync(file, context.RequestAborted);
    }

    private static void Protect(HttpResponse response)
    {
        response.Headers.CacheControl = "no-cache"; // file names carry no hash: ask each time, answered by ETag
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer"; // a viewer link is a secret
        response.Headers["Permissions-Policy"] = "microphone=(self), camera=()";
    }
}
