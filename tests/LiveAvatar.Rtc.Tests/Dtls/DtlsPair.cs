using LiveAvatar.Rtc.Dtls;

namespace LiveAvatar.Rtc.Tests.Dtls;

/// <summary>A DTLS client and server joined by two queues, whose datagrams a test may drop, cut or see.</summary>
internal sealed class DtlsPair : IDisposable
{
    private readonly DtlsContext _clientContext;
    private readonly DtlsContext _serverContext;

    public DtlsPair(string? clientProfiles = null, string? serverProfiles = null)
    {
        _clientContext = new DtlsContext(ClientCertificate, clientProfiles);
        _serverContext = new DtlsContext(ServerCertificate, serverProfiles);
        Client = new DtlsConnection(_clientContext, isServer: false, datagram => ToServer.Enqueue(datagram.ToArray()));
        Server = new DtlsConnection(_serverContext, isServer: true, datagram => ToClient.Enqueue(datagram.ToArray()));
    }

    public DtlsCertificate ClientCertificate { get; } = DtlsCertificate.Create(DateTimeOffset.UtcNow);

    public DtlsCertificate ServerCertificate { get; } = DtlsCertificate.Create(DateTimeOffset.UtcNow);

    public DtlsConnection Client { get; }

    public DtlsConnection Server { get; }

    public Queue<byte[]> ToServer { get; } = new();

    public Queue<byte[]> ToClient { get; } = new();

    /// <summary>Delivers all that is under way, until nothing is; <paramref name="passes"/> may refuse a datagram.</summary>
    public void Deliver(Func<byte[], bool>? passes = null)
    {
        while (ToServer.Count + ToClient.Count > 0)
        {
            while (ToServer.TryDequeue(out var datagram))
            {
                if (passes?.Invoke(datagram) ?? true)
                {
                    Server.Receive(datagram);
                }
            }

            while (ToClient.TryDequeue(out var datagram))
            {
                if (passes?.Invoke(datagram) ?? true)
                {
                    Client.Receive(datagram);
                }
            }
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        _clientContext.Dispose();
        _serverContext.Dispose();
    }
}
