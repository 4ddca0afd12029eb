using LiveAvatar.Server.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LiveAvatar.Server.Tests.Access;

/// <summary>A server with a key for each role, a call, and another call for what must not be mixed up with it.</summary>
public sealed class GuardedServer : IAsyncLifetime
{
    private const string Header = "X-Test-Address";
    private ViewerTokens _viewers = null!;
    private (string Session, string Secret) _other;

    /// <summary>What a request may bring, by name.</summary>
    public static IReadOnlyList<string> Credentials { get; } =
    [
        "none", "wrong", "drive", "watch", "control", "admin", "secret", "other secret", "token", "expired token", "altered token", "other token", "other server's token",
    ];

    internal RunningServer Server { get; private set; } = null!;

    /// <summary>Everything the server answers at.</summary>
    internal IReadOnlyList<Endpoint> Endpoints { get; private set; } = [];

    internal string Other => _other.Session;

    public async ValueTask InitializeAsync()
    {
        IServiceProvider services = null!;
        Server = await StartAsync(all => services = all);
        _viewers = services.GetRequiredService<ViewerTokens>();
        Endpoints = services.GetRequiredService<EndpointDataSource>().Endpoints;
        _other = await CallAsync();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Starts a server with keys; requests may say in a header from which address they come.</summary>
    internal static Task<RunningServer> StartAsync(Action<IServiceProvider>? use = null) => RunningServer.StartAsync(
        options => options with
        {
            MaxSessions = 4,
            AllowOrigins = ["https://allowed.example"],
            ApiKeys = [.. new[] { AccessRole.Drive, AccessRole.Watch, AccessRole.Control, AccessRole.Admin }.Select(role => new ApiKey(role.ToString(), Key(role), role))],
        },
        more: application =>
        {
            use?.Invoke(application.Services);
            application.Use(next => context =>
            {
                if (context.Request.Headers[Header].ToString() is { Length: > 0 } address)
                {
                    context.Connection.RemoteIpAddress = System.Net.IPAddress.Parse(address);
                }

                return next(context);
            });
        });

    internal static string Key(AccessRole role) => $"key-for-tests-{role}";

    /// <summary>Makes a call.</summary>
    internal async Task<(string Session, string Secret)> CallAsync()
    {
        var resource = (await Server.CallAsync(bearer: Key(AccessRole.Drive))).ToString().Split('/'); // /whip/{session}/{secret}
        return (resource[2], resource[3]);
    }

    /// <summary>Sends a request that comes from another address.</summary>
    internal static async Task<HttpResponseMessage> SendFromAsync(RunningServer server, string address, string method, string path, string? bearer)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add(Header, address);
        request.Headers.TryAddWithoutValidation("Authorization", bearer is null ? null : "Bearer " + bearer);
        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The metadata of a gRPC call that comes from another address.</summary>
    internal static Grpc.Core.Metadata From(string address, string bearer) => new() { { Header, address }, { "authorization", "Bearer " + bearer } };

    /// <summary>What is sent as Bearer under a name of <see cref="Credentials"/>.</summary>
    internal string? Bearer(string credential, string session, string secret) => credential switch
    {
        "none" => null,
        "wrong" => "no-key-of-this-server",
        "drive" => Key(AccessRole.Drive),
        "watch" => Key(AccessRole.Watch),
        "control" => Key(AccessRole.Control),
        "admin" => Key(AccessRole.Admin),
        "secret" => secret,
        "other secret" => _other.Secret,
        "token" => _viewers.Make(session, TimeSpan.FromMinutes(1)),
        "expired token" => _viewers.Make(session, TimeSpan.FromSeconds(-1)),
        "altered token" => Altered(_viewers.Make(session, TimeSpan.FromMinutes(1))),
        "other token" => _viewers.Make(_other.Session, TimeSpan.FromMinutes(1)),
        "other server's token" => new ViewerTokens(TimeProvider.System).Make(session, TimeSpan.FromMinutes(1)),
        _ => throw new ArgumentOutOfRangeException(nameof(credential), credential, null),
    };

    /// <summary>What must come of it, as an HTTP status; 200 stands for "let through".</summary>
    internal static int Expected(AccessRole needed, string credential) => (needed, credential) switch
    {
        (_, "admin") => 200,
        (AccessRole.Drive, "drive") or (AccessRole.Watch, "watch") or (AccessRole.Control, "control") => 200,
        (AccessRole.Watch or AccessRole.Control, "secret") => 200,
        (AccessRole.Watch, "token") => 200,
        (AccessRole.Watch or AccessRole.Control, "other token") => 404,
        (_, "drive" or "watch" or "control" or "token" or "other token") => 403,
        _ => 401,
    };

    private static string Altered(string token) => token[..^5] + (token[^5] == 'A' ? 'B' : 'A') + token[^4..];
}
