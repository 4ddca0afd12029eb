using System.Text.Json;
using System.Text.RegularExpressions;
using LiveAvatar.CallKit;

namespace LiveAvatar.Perf;

/// <summary>What ran: read from the pack's own statement and the server's start-up lines.</summary>
internal static partial class ServerIdentity
{
    public static (string Pack, string Provider) Read(string log)
    {
        using var pack = JsonDocument.Parse(File.ReadAllBytes(Checkout.At("models", "presenter", "pack.json")));
        var root = pack.RootElement;
        var provider = Provider().Match(log);
        return (
            $"{root.GetProperty("name").GetString()} {root.GetProperty("version").GetString()}",
            provider.Success ? provider.Value : "not stated");
    }

    [GeneratedRegex(@"\b(TensorRt|Cuda|Cpu)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Provider();
}
