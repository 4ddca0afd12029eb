using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace LiveAvatar.Rtc.Transport;

/// <summary>Lists the addresses of this machine that a peer could reach.</summary>
internal static class LocalAddresses
{
    private const int MaxAddresses = 16;

    /// <summary>Unicast addresses of the interfaces that are up: IPv4 before IPv6, loopback last, link-local IPv6 left out.</summary>
    public static IReadOnlyList<IPAddress> Find() =>
        [.. NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork
                || (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv6LinkLocal))
            .Distinct()
            .OrderBy(IPAddress.IsLoopback)
            .ThenBy(address => address.AddressFamily == AddressFamily.InterNetworkV6)
            .Take(MaxAddresses)];
}
