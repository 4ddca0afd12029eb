using System.Globalization;
using System.Net;

namespace LiveAvatar.Server.Configuration;

/// <summary>Reads the values of options; each failure says what is allowed.</summary>
internal static class OptionText
{
    public static int Integer(string text, int least, int most) =>
        int.TryParse(text.AsSpan(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new OptionException($"'{text}' is not a whole number from {least} to {most}");

    public static float Share(string text) =>
        float.TryParse(text.AsSpan(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1
            ? value
            : throw new OptionException($"'{text}' is not a number from 0 to 1");

    public static IReadOnlyDictionary<string, float> Shares(string text)
    {
        var shares = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (var word in Words(text))
        {
            var parts = word.Split('=');
            if (parts.Length != 2 || parts[0].Length == 0)
            {
                throw new OptionException($"'{word}' is not a name and a number such as happy=0.6");
            }

            shares[parts[0]] = Share(parts[1]);
        }

        return shares;
    }

    public static T OneOf<T>(string text)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        var index = Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        return index >= 0
            ? Enum.GetValues<T>()[index]
            : throw new OptionException($"'{text}' is not one of {string.Join(", ", names.Select(n => n.ToLowerInvariant()))}");
    }

    public static IReadOnlyList<IPAddress> Addresses(string text)
    {
        var addresses = new List<IPAddress>();
        foreach (var word in Words(text))
        {
            if (word.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            {
                addresses.AddRange([IPAddress.Loopback, IPAddress.IPv6Loopback]);
            }
            else if (IPAddress.TryParse(word, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                throw new OptionException($"'{word}' is not an IP address such as 192.0.2.1 or 2001:db8::1");
            }
        }

        return addresses;
    }

    public static IReadOnlyList<string> HostNames(string text)
    {
        var names = Words(text);
        return names.FirstOrDefault(n => Uri.CheckHostName(n) == UriHostNameType.Unknown) is { } wrong
            ? throw new OptionException($"'{wrong}' is not a host name")
            : names;
    }

    public static IReadOnlyList<string> Origins(string text)
    {
        var origins = Words(text);
        return origins.FirstOrDefault(o => o != "*" && !IsOrigin(o)) is { } wrong
            ? throw new OptionException($"'{wrong}' is not an origin such as https://example.org or http://localhost:3000, nor *")
            : origins;
    }

    public static Uri WebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new OptionException($"'{text}' is not an address such as http://localhost:4318");

    public static bool Switch(string text) => text.ToLowerInvariant() switch
    {
        "" or "true" => true,
        "false" => false,
        _ => throw new OptionException($"'{text}' is not true or false"),
    };

    public static string ExistingFile(string text)
    {
        var path = Path.GetFullPath(text);
        return File.Exists(path) ? path : throw new OptionException($"there is no file '{path}'");
    }

    public static string ExistingFolder(string text)
    {
        var path = Path.GetFullPath(text);
        return Directory.Exists(path) ? path : throw new OptionException($"there is no folder '{path}'");
    }

    public static TestLink Link(string text)
    {
        var parts = Words(text);
        var values = new double[4];
        var valid = parts.Count == 4;
        for (var i = 0; valid && i < 4; i++)
        {
            valid = double.TryParse(parts[i].AsSpan(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out values[i]);
        }

        return valid && values[0] <= int.MaxValue && values[1] <= 100 && values[2] <= 10_000 && values[3] <= 10_000
            ? new TestLink((int)values[0], values[1], TimeSpan.FromMilliseconds(values[2]), TimeSpan.FromMilliseconds(values[3]))
            : throw new OptionException($"'{text}' is not seed,loss,delay,jitter such as 1,5,20,30 (loss in percent, delay and jitter in ms)");
    }

    // RFC 6454 section 6.2: scheme, host and port; browsers send no slash after it.
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;

    private static List<string> Words(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
