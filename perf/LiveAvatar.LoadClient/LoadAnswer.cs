using System.Globalization;
using System.Net;

namespace LiveAvatar.LoadClient;

/// <summary>What a viewer needs of the server's answer.</summary>
/// <param name="Ufrag">ICE user name fragment.</param>
/// <param name="Password">ICE password.</param>
/// <param name="Server">The first candidate.</param>
/// <param name="ServerIsDtlsClient">The server starts the handshake.</param>
internal sealed record LoadAnswer(string Ufrag, string Password, IPEndPoint Server, bool ServerIsDtlsClient)
{
    /// <summary>Reads an answer.</summary>
    /// <param name="sdp">The answer.</param>
    /// <param name="loopback">Take the candidate's port on this machine, whatever address it names.</param>
    /// <exception cref="InvalidDataException">A line is missing.</exception>
    public static LoadAnswer Read(string sdp, bool loopback)
    {
        var lines = sdp.Split("\r\n");
        var candidate = One("a=candidate:").Split(' '); // foundation component transport priority address port typ host
        var port = int.Parse(candidate[5], CultureInfo.InvariantCulture);
        return new LoadAnswer(
            One("a=ice-ufrag:"),
            One("a=ice-pwd:"),
            new IPEndPoint(loopback ? IPAddress.Loopback : IPAddress.Parse(candidate[4]), port),
            One("a=setup:") == "active");

        string One(string start) => lines.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..]
            ?? throw new InvalidDataException($"The answer has no {start} line.");
    }
}
