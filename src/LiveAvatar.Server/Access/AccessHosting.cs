using System.Net;
using LiveAvatar.Server.Configuration;
using LiveAvatar.Server.Hosting;
using LiveAvatar.Server.Signalling;

namespace LiveAvatar.Server.Access;

/// <summary>Puts access control on the web server.</summary>
internal static class AccessHosting
{
    /// <summary>The CORS policy of WHIP, WHEP and /api.</summary>
    public const string Cors = "HTTP";

    /// <summary>Refuses a start that would open the server to the network without anybody having decided so.</summary>
    /// <exception cref="StartupException">It listens beyond this machine, without keys and without open-access.</exception>
    public static void CheckStart(ServerOptions options, ILogger logger)
    {
        var open = options.Listen.FirstOrDefault(address => !IPAddress.IsLoopback(address));
        if (options.ApiKeys.Count > 0)
        {
            Log.KeysRequired(logger, string.Join("; ", options.ApiKeys.Select(key => $"{key.Name}: {string.Join(", ", ApiKeyReader.Names(key.Roles))}")));
        }
        else if (open is not null && !options.OpenAccess)
        {
            throw new StartupException(
                $"listening on {open} opens the server to the network, where anybody could make calls. "
                + "Make a key with './liveavatar key NAME --roles drive,watch --file keys.json' and add --api-keys keys.json, "
                + "or add --open-access on a network you trust.");
        }
        else if (open is not null)
        {
            Log.OpenAccess(logger, open.ToString());
        }
    }

    /// <summary>Registers what decides about access.</summary>
    public static void Add(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<ViewerTokens>();
        services.AddSingleton<AccessLimits>();
        services.AddSingleton(all => new AccessPolicy(
            options.ApiKeys, all.GetRequiredService<ResourceTokens>(), all.GetRequiredService<ViewerTokens>(), all.GetRequiredService<AccessLimits>()));
        services.AddSingleton<HttpAccess>();

        // Keys and tokens come in a header that a page sets itself, never in a cookie, so any origin may be let in without risk to others.
        services.AddCors(cors => cors.AddPolicy(Cors, policy => policy.WithOrigins([.. options.AllowOrigins])
            .WithMethods("GET", "POST", "PATCH", "DELETE")
            .WithHeaders("Authorization", "Content-Type", "If-Match")
            .WithExposedHeaders("Location", "ETag", "Link", "Retry-After", "WWW-Authenticate")
            .SetPreflightMaxAge(TimeSpan.FromHours(1))));
    }
}
