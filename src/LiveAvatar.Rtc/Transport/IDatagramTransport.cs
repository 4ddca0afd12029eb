using System.Net;

namespace LiveAvatar.Rtc.Transport;

/// <summary>Takes one received datagram.</summary>
/// <param name="path">Where it came from, and to which socket.</param>
/// <param name="datagram">Lent for the call; it may be changed in place (SRTP decrypts there).</param>
/// <param name="waited">How long it lay in the socket's buffer, by the kernel's clock.</param>
internal delegate void DatagramHandler(in NetworkPath path, Span<byte> datagram, TimeSpan waited);

/// <summary>Carries datagrams to and from the network.</summary>
/// <remarks>Two real ones exist: <see cref="UdpTransport"/>, and <see cref="LossyLink"/>, which worsens another transport on purpose.</remarks>
internal interface IDatagramTransport : IAsyncDisposable
{
    /// <summary>The bound addresses, in the order of <see cref="NetworkPath.Local"/>.</summary>
    public IReadOnlyList<IPEndPoint> LocalEndPoints { get; }

    /// <summary>Begins to receive. <paramref name="handler"/> is called by one thread only and must return fast.</summary>
    public void Start(DatagramHandler handler);

    /// <summary>Sends one datagram; false when the network refused it, which counts as lost. Callable from any thread.</summary>
    public bool Send(in NetworkPath path, ReadOnlySpan<byte> datagram);
}
