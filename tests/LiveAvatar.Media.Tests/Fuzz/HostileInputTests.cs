using FsCheck;
using FsCheck.Fluent;

namespace LiveAvatar.Media.Tests.Fuzz;

/// <summary>Runs every fuzz target over the vectors, their prefixes, their mutations, and random bytes.</summary>
[Trait("category", "unit")]
public class HostileInputTests
{
    private const int RandomRuns = 20_000;
    private const int MutationsPerVector = 2_000;

    public static TheoryData<string> Names => [.. FuzzTargets.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void EveryPrefixOfEveryVector_NeverThrows(string name)
    {
        foreach (var (file, bytes) in Vectors.All())
        {
            for (var length = 0; length <= bytes.Length; length++)
            {
                Feed(name, bytes.AsSpan(0, length), file);
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void MutatedVectors_NeverThrow(string name)
    {
        var random = new Random(20261121);
        foreach (var (file, bytes) in Vectors.All())
        {
            for (var run = 0; run < MutationsPerVector; run++)
            {
                var mutated = bytes.ToArray();
                for (var flips = random.Next(1, 6); flips > 0; flips--)
                {
                    mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                }

                Feed(name, mutated.AsSpan(0, random.Next(mutated.Length + 1)), file);
                Feed(name, mutated, file);
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void SeededRandomBytes_NeverThrow(string name)
    {
        var random = new Random(7);
        var buffer = new byte[1500];
        for (var run = 0; run < RandomRuns; run++)
        {
            var data = buffer.AsSpan(0, run % 4 == 0 ? random.Next(buffer.Length + 1) : random.Next(64));
            random.NextBytes(data);
            if (data.Length > 1 && run % 2 == 0)
            {
                data[0] = (byte)(0x80 | (data[0] & 0x3F)); // get past the version check
                data[1] = (byte)(run % 4 == 0 ? data[1] : 200 + (data[1] % 8));
            }

            Feed(name, data, $"random run {run}");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void ShrunkRandomBytes_NeverThrow(string name) =>
        Prop.ForAll<byte[]>(data => FuzzTargets.All[name](data)).QuickCheckThrowOnFailure();

    private static void Feed(string name, ReadOnlySpan<byte> data, string origin)
    {
        try
        {
            FuzzTargets.All[name](data);
        }
        catch (Exception error)
        {
            Assert.Fail($"{name} threw {error.GetType().Name} ({error.Message}) on {origin}: {Convert.ToHexString(data)}");
        }
    }
}
