using System.Runtime.InteropServices;
using LiveAvatar.Inference;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Report;

namespace LiveAvatar.Quality.Measures;

/// <summary>Whether a stream gives what training computed in one pass, and the same again.</summary>
internal sealed class ConsistencyMeasure(Setting setting, Bench exact)
{
    private const int Calls = 50; // video frames of tests/vectors/pack

    internal IEnumerable<Finding> Run()
    {
        setting.Progress("Comparing the stream with the offline vectors");
        var findings = new Findings("Consistency");
        Offline(findings);
        findings.Add("bytes that differ when the same seed and sound are drawn twice", Repeated(), setting.Synthesizer.Set, Target.AtMost(0), "bytes");
        return findings.All;
    }

    // The graphs take one chunk a call, so the chunking is fixed; what can differ is carried state against one pass over all.
    private void Offline(Findings findings)
    {
        const string Name = "stream against offline, largest difference of motion and context";
        var folder = Path.Combine(setting.Vectors, "pack");
        if (!File.Exists(Path.Combine(folder, "pcm.bin")))
        {
            findings.Miss(Name, "tests/vectors/pack has no vectors", Target.AtMost(1e-4));
            return;
        }

        var vectors = ((string[])["pcm", "noise", "emotion", "pose", "pose_weight", "context", "motion"]).ToDictionary(
            name => name, name => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, name + ".bin"))).ToArray());
        if (vectors["motion"].Length != Calls * exact.Manifest.Motion.Count || vectors["context"].Length != Calls * exact.Manifest.Sizes.Context)
        {
            findings.Miss(Name, "tests/vectors/pack was made for another pack", Target.AtMost(1e-4));
            return;
        }

        using var stream = exact.Engine.CreateStream(exact.Manifest.Avatars[0].Name, seed: 0);
        var worst = 0.0;
        for (var call = 0; call < Calls; call++)
        {
            stream.ListenWithNoise(Row("pcm"), new Steering(Row("emotion"), Row("pose"), vectors["pose_weight"][call]), Row("noise"));
            worst = Math.Max(worst, Math.Max(Distance(Row("motion"), stream.Motion), Distance(Row("context"), stream.Context)));

            ReadOnlySpan<float> Row(string name) => vectors[name].AsSpan(call * (vectors[name].Length / Calls), vectors[name].Length / Calls);
        }

        findings.Add(Name, worst, "tests/vectors/pack, 2 s", Target.AtMost(1e-4), note: "fp32 graphs");
    }

    private long Repeated()
    {
        var chunk = setting.Bench.Manifest.Audio.ChunkSamples;
        var pictures = new byte[2][];
        for (var run = 0; run < 2; run++)
        {
            using var stream = setting.Bench.Engine.CreateStream(setting.Bench.Manifest.Avatars[^1].Name, seed: 11);
            var frame = new byte[setting.Bench.Engine.FrameBytes];
            var all = new List<byte>();
            for (var i = 0; i < 40; i++)
            {
                stream.Listen(setting.Synthesizer.Samples.AsSpan((25 + i) * chunk, chunk), default);
                if (i % 10 == 9)
                {
                    stream.Draw(frame);
                    all.AddRange(frame);
                }
            }

            pictures[run] = [.. all];
        }

        return pictures[0].Zip(pictures[1]).Count(pair => pair.First != pair.Second);
    }

    private static double Distance(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        var worst = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(expected[i] - actual[i]));
        }

        return worst;
    }
}
