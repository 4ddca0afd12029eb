using LiveAvatar.Inference.Packs;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>What a frame costs on one core, graph by graph, int8 and fp32 in turns, and how large the pack is.</summary>
internal sealed class CostMeasure(Setting setting)
{
    private const int Rounds = 6; // fp32 and int8 take turns, so that other load on the machine falls on both

    internal IEnumerable<Finding> Run()
    {
        setting.Progress("Timing the graphs");
        var findings = new Findings("Cost");
        var steps = setting.Smoke ? 3 : 12;
        var pack = setting.Bench.Pack;
        var (fullSum, smallSum, hasTwins) = (0.0, 0.0, false);
        foreach (var (name, graph) in new[] { ("speech encoder", pack.SpeechEncoder), ("context encoder", pack.ContextEncoder), ("frame decoder", pack.FrameDecoder) })
        {
            LoadedGraph[] kinds = graph.Int8 is { } twin ? [graph, twin] : [graph];
            var costs = Time(kinds, steps);
            fullSum += costs[0].CpuMs;
            smallSum += costs[^1].CpuMs;
            Tell(findings, $"{name}, fp32", costs[0], "");
            if (costs.Length > 1)
            {
                hasTwins = true;
                Tell(findings, $"{name}, int8", costs[1], $"; {costs[1].CpuMs / costs[0].CpuMs:F2} of fp32");
            }
        }

        var best = hasTwins ? smallSum : fullSum;
        findings.Add($"one frame, all graphs, {(hasTwins ? "int8" : "fp32 (the pack has no int8)")}", best, "one core", Target.AtMost(16), "ms", $"CPU time; this run's load is in it. fp32 {fullSum:F1} ms");
        var bytes = new DirectoryInfo(pack.Folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        findings.Add("size of the pack", bytes / 1e6, pack.Manifest.Name, Target.AtMost(60), "MB", "all files in its folder");
        findings.Add("presenters in the pack", pack.Manifest.Avatars.Count, pack.Manifest.Name, Target.AtLeast(4), note: string.Join(", ", pack.Manifest.Avatars.Select(avatar => avatar.DisplayName)));
        return findings.All;
    }

    private static void Tell(Findings findings, string name, GraphCost cost, string note) =>
        findings.Add(name, cost.CpuMs, "one core", null, "ms", $"CPU time per frame; wall p50 {cost.P50:F1}, p95 {cost.P95:F1}, least {cost.Least:F1}{note}");

    private static GraphCost[] Time(LoadedGraph[] kinds, int steps)
    {
        var timers = kinds.Select(kind => new GraphTimer(kind)).ToArray();
        try
        {
            for (var round = 0; round <= Rounds; round++)
            {
                foreach (var timer in timers)
                {
                    timer.Run(steps);
                    if (round == 0)
                    {
                        timer.Forget(); // pages, caches and the JIT
                    }
                }
            }

            return Array.ConvertAll(timers, timer => timer.Cost);
        }
        finally
        {
            Array.ForEach(timers, timer => timer.Dispose());
        }
    }
}
