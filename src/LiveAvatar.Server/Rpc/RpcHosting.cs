using System.IO.Compression;
using Grpc.AspNetCore.Server;
using LiveAvatar.Server.Avatars;
using LiveAvatar.Server.Configuration;
using LiveAvatar.Server.Hosting;
using LiveAvatar.Server.Recordings;
using LiveAvatar.Server.Signalling;
using Microsoft.AspNetCore.Http.Metadata;

namespace LiveAvatar.Server.Rpc;

/// <summary>Puts the gRPC services of proto/liveavatar/v1 on the web server, for gRPC and gRPC-Web clients.</summary>
internal static class RpcHosting
{
    /// <summary>The largest message taken; a larger one is RESOURCE_EXHAUSTED. Every message of ours is far smaller, and 4 MiB is what clients take.</summary>
    public const int MaxMessageBytes = 1 << 20;

    // A portrait of AvatarStore.MaxPortraitBytes and what is said of it.
    private const int MaxPortraitMessageBytes = AvatarStore.MaxPortraitBytes + (64 << 10);

    private const string Cors = "gRPC-Web";

    /// <summary>Registers the services and what they need.</summary>
    public static void Add(IServiceCollection services, ServerOptions options, AvatarRuntime runtime, ResourceTokens tokens, TimeProvider time)
    {
        services.AddSingleton(runtime);
        services.AddSingleton(tokens);
        services.AddSingleton(time);
        services.AddSingleton<SessionAccess>();
        services.AddSingleton(options);
        services.AddSingleton<RecordingStore>();
        services.AddSingleton(runtime.AvatarStore);
        var grpc = services.AddGrpc(all =>
        {
            all.MaxReceiveMessageSize = MaxMessageBytes;
            all.Interceptors.Add<RpcGuard>();
        });

        // Lists and statistics shrink; answers of a few bytes and motion frames would only grow.
        grpc.AddServiceOptions<SessionService>(Compress);
        grpc.AddServiceOptions<AvatarService>(service =>
        {
            Compress(service);
            service.MaxReceiveMessageSize = MaxPortraitMessageBytes;
        });
        services.AddGrpcReflection();
        services.AddCors(cors => cors.AddPolicy(Cors, policy =>
        {
            policy.WithOrigins([.. options.AllowOrigins]).WithMethods("POST").AllowAnyHeader()
                .WithExposedHeaders("grpc-status", "grpc-message", "grpc-status-details-bin", "grpc-encoding", "grpc-accept-encoding")
                .SetPreflightMaxAge(TimeSpan.FromHours(1));
        }));
    }

    /// <summary>Lets gRPC-Web and pages of the allowed origins in; after routing, before the endpoints.</summary>
    public static void Use(IApplicationBuilder application)
    {
        application.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        application.UseCors();
    }

    /// <summary>Maps the services.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        Map<SessionService>(endpoints);
        Map<ControlService>(endpoints);
        Map<AudioService>(endpoints);
        Map<MotionService>(endpoints);
        Map<RecordingService>(endpoints);
        Map<AvatarService>(endpoints);
        Map<HealthService>(endpoints);
        endpoints.MapGrpcReflectionService();
    }

    /// <summary>Maps one service with the settings of all.</summary>
    public static void Map<TService>(IEndpointRouteBuilder endpoints)
        where TService : class =>
        endpoints.MapGrpcService<TService>().RequireCors(Cors).WithMetadata(NoBodyLimit.Instance);

    /// <summary>Compresses answers for clients that take gzip.</summary>
    public static void Compress(GrpcServiceOptions service)
    {
        service.ResponseCompressionAlgorithm = "gzip";
        service.ResponseCompressionLevel = CompressionLevel.Fastest;
    }

    /// <summary>Streams have no length; messages are limited one by one instead.</summary>
    private sealed class NoBodyLimit : IRequestSizeLimitMetadata
    {
        public static readonly NoBodyLimit Instance = new();

        public long? MaxRequestBodySize => null;
    }
}
