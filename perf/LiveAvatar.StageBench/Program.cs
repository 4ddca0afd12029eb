using System.Globalization;
using System.Text.Json;
using LiveAvatar.Inference;
using LiveAvatar.StageBench;

// Usage: LiveAvatar.StageBench [PACK FOLDER] [--steps N] [--provider Auto|Cpu|Cuda|TensorRt] [--json FILE]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (folder, steps, provider, json) = ("models/presenter", 200, ProviderPreference.Auto, (string?)null);
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--steps":
            steps = int.Parse(args[++i], CultureInfo.InvariantCulture);
            break;
        case "--provider":
            provider = Enum.Parse<ProviderPreference>(args[++i], ignoreCase: true);
            break;
        case "--json":
            json = args[++i];
            break;
        default:
            folder = args[i];
            break;
    }
}

using var inference = new InferenceStages(folder, provider);
Console.WriteLine($"provider: {inference.Provider}");
Console.WriteLine($"pack checked in {inference.PackLoad.TotalMilliseconds:F0} ms, engine ready in {inference.EngineLoad.TotalMilliseconds:F0} ms, "
    + $"engine {inference.EngineBytes >> 20} MB, first stream {inference.StreamBytes >> 20} MB resident");
Console.WriteLine("stage         min ms  p50 ms  p95 ms  cpu ms   bytes");
var measurements = new List<Measurement>();
var failed = false;
foreach (var stage in inference.All())
{
    var m = Measurement.Of(stage, steps);
    measurements.Add(m);
    Console.WriteLine($"{m.Stage,-12} {m.Min,7:F2} {m.Median,7:F2} {m.P95,7:F2} {m.Cpu,7:F2} {m.AllocatedBytes,7:F1}"
        + (m.Median > stage.Budget.TotalMilliseconds ? $"   over its budget of {stage.Budget.TotalMilliseconds:F0} ms" : ""));

    // Times depend on the machine and only warn; allocation does not and fails. A GPU's runs allocate, see docs/providers.md.
    failed |= m.AllocatedBytes > 0 && inference.Provider.Rung == ProviderRung.Cpu;
}

if (json is not null)
{
    File.WriteAllText(json, JsonSerializer.Serialize(measurements, JsonOptions.Indented));
}

if (failed)
{
    Console.Error.WriteLine("A stage allocates managed memory in its steady state.");
}

return failed ? 1 : 0;
