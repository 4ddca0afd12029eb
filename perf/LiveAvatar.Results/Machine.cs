using System.Globalization;
using System.Runtime.InteropServices;

namespace LiveAvatar.Results;

/// <summary>Where a result was measured; nothing that names an owner or a host.</summary>
public sealed record Machine(string Processor, int Cores, double MemoryGiB, string System, string Runtime, string Browser, double LoadAverage)
{
    /// <summary>This machine now.</summary>
    /// <param name="browser">The browser that takes part, or "none".</param>
    public static Machine Describe(string browser) => new(
        FirstValue("/proc/cpuinfo", "model name", ':') ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
        FirstValue("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        browser,
        ReadLoad());

    /// <summary>Jobs that want a core, averaged over a minute: more than there are cores means noise in every number.</summary>
    private static double ReadLoad() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : -1;

    private static string? FirstValue(string file, string name, char separator) =>
        File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(separator, 2)[1].Trim()
            : null;
}
