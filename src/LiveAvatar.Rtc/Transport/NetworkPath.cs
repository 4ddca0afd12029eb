namespace LiveAvatar.Rtc.Transport;

/// <summary>A way to a peer: which of our sockets, and which address at the other end.</summary>
/// <param name="Local">Index of the local socket in <see cref="IDatagramTransport.LocalEndPoints"/>: an answer must leave from where the question came.</param>
/// <param name="Remote">The peer's address.</param>
internal readonly record struct NetworkPath(int Local, RemoteAddress Remote)
{
    public override string ToString() => $"{Remote} on socket {Local}";
}
