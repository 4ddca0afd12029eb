using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Inference.Tests;

[Trait("Category", "unit")]
public class ModelPackTests
{
    [Fact]
    public void TinyPack_IsReadAsWritten()
    {
        var manifest = ModelPack.Load(TestPacks.Tiny).Manifest;

        Assert.Equal(("tiny", "1", "CC0-1.0"), (manifest.Name, manifest.Version, manifest.Licence));
        Assert.Equal(new PackAudio(16_000, 640, 0, 2, 4), manifest.Audio);
        Assert.Equal(new PackVideo(32, 32, 25), manifest.Video);
        Assert.Equal(1536, manifest.Video.FrameBytes);
        Assert.Equal(new PackSizes(6, 3, 5), manifest.Sizes);
        Assert.Equal(["angry", "contempt", "disgusted", "fear", "happy", "sad", "surprised"], manifest.Emotions);
        Assert.Equal(58, manifest.Motion.Count);
        Assert.Equal(-10000, manifest.SpeechEncoder.InitialState["state_mask"]);
        Assert.Equal(["ada", "bob"], manifest.Avatars.Select(avatar => avatar.Name));
    }

    /// <summary>Each row: a path into pack.json, the JSON put there (null removes it), and what the refusal must say.</summary>
    [Theory]
    [InlineData("format", "2", "pack.json: format is 2, but must be 1")]
    [InlineData("format", null, "pack.json: format is missing")]
    [InlineData("format", "\"1\"", "pack.json: format is \"1\", but must be 1")]
    [InlineData("name", "\"a/b\"", "name")]
    [InlineData("licence", null, "licence is missing")]
    [InlineData("description", "7", "description is 7, but must be text")]
    [InlineData("audio", null, "audio is missing")]
    [InlineData("audio", "[]", "audio is [], but must be an object")]
    [InlineData("audio.sampleRate", "44100", "audio.sampleRate is 44100, but must be 16000")]
    [InlineData("audio.chunkSamples", "320", "audio.chunkSamples is 320, but must be 16000 / 25")]
    [InlineData("audio.chunkSamples", "640.5", "audio.chunkSamples is 640.5, but must be a whole number")]
    [InlineData("audio.lookAheadSamples", "-1", "audio.lookAheadSamples is -1, but must be a whole number from 0 to 16000")]
    [InlineData("audio.featuresPerChunk", "3", "audio.featuresPerChunk is 3, but must be 50 / 25")]
    [InlineData("audio.featureSize", "99999999999", "audio.featureSize is 99999999999")]
    [InlineData("video.width", "33", "video.width is 33, but must be an even number")]
    [InlineData("video.height", "4096", "video.height is 4096")]
    [InlineData("video.frameRate", "0", "video.frameRate is 0")]
    [InlineData("sizes.context", "0", "sizes.context is 0")]
    [InlineData("emotions", "[]", "emotions is 0 items long")]
    [InlineData("emotions", "[\"happy\",\"happy\"]", "emotions[1] is \"happy\", but must be a name not given before")]
    [InlineData("motion", "[\"jawOpen\"]", "motion is 1 items long, but must be 58 items long")]
    [InlineData("motion[0]", "\"eyebrow\"", "motion[0] is \"eyebrow\", but must be one of the 52 ARKit blend shapes")]
    [InlineData("motion[1]", "\"browDownLeft\"", "motion[1] is \"browDownLeft\", but must be a name not given before")]
    [InlineData("motion[57]", "\"headW\"", "motion[57] is \"headW\", but must be \"headZ\"")]
    [InlineData("graphs.frameDecoder", null, "graphs.frameDecoder is missing")]
    [InlineData("graphs.speechEncoder.sha256", "\"ABC\"", "graphs.speechEncoder.sha256 is \"ABC\", but must be a SHA-256")]
    [InlineData("graphs.speechEncoder.initialState", "{\"state_mask\":\"low\"}", "graphs.speechEncoder.initialState.state_mask is \"low\", but must be a finite number")]
    [InlineData("graphs.speechEncoder.initialState", "{\"state_mask\":1e99}", "state_mask is 1e99, but must be a finite number")]
    [InlineData("graphs.speechEncoder.initialState", "{\"state_musk\":1}", "initialState names 'state_musk', which speech_encoder.onnx does not have")]
    [InlineData("graphs.speechEncoder.int8", "\"x.onnx\"", "graphs.speechEncoder.int8 is \"x.onnx\", but must be an object")]
    [InlineData("graphs.frameDecoder.int8", "{\"file\":\"x.onnx\"}", "graphs.frameDecoder.int8.sha256 is missing")]
    [InlineData("graphs.frameDecoder.int8", "{\"file\":\"../x.onnx\",\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"}", "must be a relative path that stays inside the pack's folder")]
    [InlineData("graphs.diffusionDecoder", "{\"file\":\"diffusion_decoder.onnx\"}", "graphs.diffusionDecoder.sha256 is missing")]
    [InlineData("graphs.diffusionDecoder", "{\"file\":\"diffusion_decoder.onnx\",\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"}", "diffusion_decoder.onnx is missing from the pack's folder: copy the pack again")]
    [InlineData("avatars[0].description", "7", "avatars[0].description is 7, but must be text")]
    [InlineData("avatars", "[]", "avatars is 0 items long")]
    [InlineData("avatars[1].name", "\"ada\"", "avatars[1] is")]
    [InlineData("avatars[0].name", "\"Ada Lovelace\"", "avatars[0].name")]
    [InlineData("avatars[0].displayName", null, "avatars[0].displayName is missing")]
    public void WrongManifest_IsRefusedByName(string path, string? json, string says)
    {
        using var pack = TestPacks.Copy();
        pack.Edit(manifest => Put(manifest, path, json));

        Assert.Contains(says, pack.Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1, 2]")]
    [InlineData("{\"format\":1,\"format\":1}")]
    public void MalformedJson_IsRefused(string text)
    {
        using var pack = TestPacks.Copy();
        File.WriteAllText(pack.FilePath("pack.json"), text);

        Assert.Contains("pack.json", pack.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryPrefixOfTheManifest_IsRefused()
    {
        using var pack = TestPacks.Copy();
        var text = File.ReadAllText(pack.FilePath("pack.json")).TrimEnd();
        for (var length = 0; length < text.Length; length += 7)
        {
            File.WriteAllText(pack.FilePath("pack.json"), text[..length]);
            pack.Refusal();
        }
    }

    [Fact]
    public void DiffusionDecoder_IsCheckedByItsHashAndNotRun()
    {
        using var pack = TestPacks.Copy();
        File.WriteAllText(pack.FilePath("diffusion_decoder.onnx"), "not a graph");
        pack.Edit(manifest => manifest["graphs"]!["diffusionDecoder"] = new JsonObject
        {
            ["file"] = "diffusion_decoder.onnx",
            ["sha256"] = Convert.ToHexStringLower(SHA256.HashData("not a graph"u8)),
        });
        using var engine = new InferenceEngine(pack.Load(), TestPacks.Options, NullLogger.Instance);
        engine.WarmUp();
        Assert.Equal("diffusion_decoder.onnx", engine.Pack.Manifest.DiffusionDecoder!.File);

        File.WriteAllText(pack.FilePath("diffusion_decoder.onnx"), "another file");
        Assert.StartsWith("diffusion_decoder.onnx: its SHA-256 is", pack.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Description_MayBeGiven()
    {
        using var pack = TestPacks.Copy();
        pack.Edit(manifest => manifest["avatars"]![1]!["description"] = "blue");
        using var engine = new InferenceEngine(pack.Load(), TestPacks.Options, NullLogger.Instance);
        Assert.Equal(["", "blue"], engine.Avatars.Select(avatar => avatar.Description));
    }

    [Fact]
    public void MissingFolder_IsRefused() =>
        Assert.Contains("does not exist", Assert.Throws<ModelPackException>(() => ModelPack.Load("/nowhere/at/all")).Message, StringComparison.Ordinal);

    [Fact]
    public void MissingManifest_IsRefused()
    {
        using var pack = TestPacks.Copy();
        File.Delete(pack.FilePath("pack.json"));

        Assert.Contains("has no pack.json", pack.Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("context_encoder.onnx")]
    [InlineData("avatars/bob/portrait.png")]
    public void MissingFile_IsRefusedByName(string name)
    {
        using var pack = TestPacks.Copy();
        File.Delete(pack.FilePath(name));

        Assert.StartsWith($"{name} is missing", pack.Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frame_decoder.onnx")]
    [InlineData("avatars/ada/portrait.png")]
    public void ChangedFile_IsRefusedWithBothHashes(string name)
    {
        using var pack = TestPacks.Copy();
        var bytes = File.ReadAllBytes(pack.FilePath(name));
        bytes[^1] ^= 1;
        File.WriteAllBytes(pack.FilePath(name), bytes);

        Assert.Matches($"^{name}: its SHA-256 is [0-9a-f]{{64}}, but must be [0-9a-f]{{64}} as pack.json says", pack.Refusal());
    }

    [Theory]
    [InlineData("../outside.onnx")]
    [InlineData("/etc/hostname")]
    [InlineData("a/../../outside.onnx")]
    [InlineData("..\\\\outside.onnx")]
    [InlineData("./speech_encoder.onnx")]
    [InlineData("a//b.onnx")]
    public void FileNameOutsideTheFolder_IsRefused(string name)
    {
        using var pack = TestPacks.Copy();
        pack.Edit(manifest => manifest["graphs"]!["speechEncoder"]!["file"] = name.Replace("\\\\", "\\", StringComparison.Ordinal));

        Assert.Contains("must be a relative path that stays inside the pack's folder", pack.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void LinkOutOfTheFolder_IsRefused()
    {
        using var pack = TestPacks.Copy();
        var link = pack.FilePath("speech_encoder.onnx");
        File.Delete(link);
        File.CreateSymbolicLink(link, Path.Combine(TestPacks.Tiny, "speech_encoder.onnx"));

        Assert.Contains("must be a relative path that stays inside the pack's folder", pack.Refusal(), StringComparison.Ordinal);
    }

    private static void Put(JsonNode node, string path, string? json)
    {
        var keys = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        foreach (var key in keys[..^1])
        {
            node = key.StartsWith('[') ? node[int.Parse(key.AsSpan(1, key.Length - 2), null)]! : node[key]!;
        }

        var value = json is null ? null : JsonNode.Parse(json);
        if (keys[^1].StartsWith('['))
        {
            node[int.Parse(keys[^1].AsSpan(1, keys[^1].Length - 2), null)] = value;
        }
        else if (json is null)
        {
            node.AsObject().Remove(keys[^1]);
        }
        else
        {
            node[keys[^1]] = value;
        }
    }
}
