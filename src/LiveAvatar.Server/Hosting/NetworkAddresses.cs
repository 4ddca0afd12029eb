using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace LiveAvatar.Server.Hosting;

/// <summary>The machine's own addresses.</summary>
internal static class NetworkAddresses
{
    /// <summary>Unicast addresses others may reach: no loopback, no link-local.</summary>
    public static IReadOnlyList<IPAddress> Own()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                    .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                    .Select(a => a.Address)
                    .Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)
                    .OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1),
            ];
        }
        catch (NetworkInformationException)
        {
            return []; // without an answer only names are left
        }
    }
}
