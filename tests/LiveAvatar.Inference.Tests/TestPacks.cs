using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Inference.Tests;

/// <summary>The committed packs of tests/packs, and copies of the tiny one that a test may spoil.</summary>
internal static class TestPacks
{
    internal static string Root { get; } = Path.Combine(RepositoryRoot(), "tests", "packs");

    internal static string Tiny => Path.Combine(Root, "tiny");

    internal static InferenceOptions Options { get; } = new() { ReadPortrait = ReadPng, ProviderPreference = ProviderPreference.Cpu };

    internal static InferenceEngine TinyEngine() => new(ModelPack.Load(Tiny), Options, NullLogger.Instance);

    internal static float[] Vector(string name) =>
        MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(Root, "vectors", $"{name}.f32"))).ToArray();

    /// <summary>A graph with something a pack may have besides.</summary>
    internal static byte[] Optional(string file) => File.ReadAllBytes(Path.Combine(Root, "optional", file));

    /// <summary>A graph that breaks the rule it is named after.</summary>
    internal static byte[] Broken(string file) => File.ReadAllBytes(Path.Combine(Root, "broken", file));

    /// <summary>A copy of the tiny pack in a folder of its own.</summary>
    internal static SpoiltPack Copy()
    {
        var folder = Directory.CreateTempSubdirectory("liveavatar-pack-").FullName;
        foreach (var file in Directory.EnumerateFiles(Tiny, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(Tiny, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return new SpoiltPack(folder);
    }

    /// <summary>Reads the portraits that make_tiny_pack.py writes: RGB, 8 bits, no row filters, one IDAT chunk.</summary>
    internal static float[] ReadPng(string path, int width, int height)
    {
        var bytes = File.ReadAllBytes(path);
        for (var at = 8; ;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            if (bytes.AsSpan(at + 4, 4).SequenceEqual("IDAT"u8))
            {
                using var inflated = new ZLibStream(new MemoryStream(bytes, at + 8, length), CompressionMode.Decompress);
                var planes = new float[3 * width * height];
                var row = new byte[1 + (3 * width)];
                for (var y = 0; y < height; y++)
                {
                    inflated.ReadExactly(row);
                    for (var i = 0; i < 3 * width; i++)
                    {
                        planes[(((i % 3) * height) + y) * width + (i / 3)] = row[i + 1] / 255f;
                    }
                }

                return planes;
            }

            at += length + 12;
        }
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LiveAvatar.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder.FullName;
    }
}

/// <summary>A copy of the tiny pack whose files a test changes; deleted at the end.</summary>
internal sealed class SpoiltPack(string folder) : IDisposable
{
    internal string Folder { get; } = folder;

    internal string FilePath(string name) => Path.Combine(Folder, name);

    /// <summary>Changes pack.json.</summary>
    internal void Edit(Action<JsonObject> change)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(FilePath("pack.json")))!.AsObject();
        change(manifest);
        File.WriteAllText(FilePath("pack.json"), manifest.ToJsonString());
    }

    /// <summary>Puts another file in the place of a graph, with its right hash in pack.json.</summary>
    internal void Replace(string graph, byte[] bytes)
    {
        Edit(manifest =>
        {
            var entry = manifest["graphs"]![graph]!;
            File.WriteAllBytes(FilePath((string)entry["file"]!), bytes);
            entry["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        });
    }

    internal void Replace(string graph, string brokenFile) => Replace(graph, TestPacks.Broken(brokenFile));

    /// <summary>Gives a graph a quantised twin.</summary>
    internal void AddTwin(string graph, byte[] bytes) => Edit(manifest =>
    {
        var entry = manifest["graphs"]![graph]!;
        var name = Path.ChangeExtension((string)entry["file"]!, ".int8.onnx");
        File.WriteAllBytes(FilePath(name), bytes);
        entry["int8"] = new JsonObject { ["file"] = name, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)) };
    });

    /// <summary>Sets an entry of pack.json to a piece of JSON, or removes it.</summary>
    internal void Put(string key, string? json) => Edit(manifest =>
    {
        manifest.Remove(key);
        if (json is not null)
        {
            manifest[key] = JsonNode.Parse(json);
        }
    });

    internal ModelPack Load() => ModelPack.Load(Folder);

    /// <summary>The message with which the pack is refused.</summary>
    internal string Refusal() => Assert.Throws<ModelPackException>(() => Load()).Message;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
