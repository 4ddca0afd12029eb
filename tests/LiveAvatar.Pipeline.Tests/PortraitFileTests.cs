using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LiveAvatar.Codecs;
using LiveAvatar.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Pipeline.Tests;

/// <summary>Portraits as an engine reads them: what does not fit is refused in one sentence that names the file and what to do.</summary>
public sealed class PortraitFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("liveavatar-portrait-").FullName;

    [Fact]
    public void PortraitOfTheVideosSize_IsReadAsPlanes()
    {
        var planes = new byte[3 * 4 * 2];
        planes[1] = 255; // red, second pixel
        var path = Write(new RgbImage(4, 2, planes));
        var read = PortraitFile.Read(path, 4, 2);

        Assert.Equal(24, read.Length);
        Assert.Equal(1, read[1]);
        Assert.Equal(1, read.Sum());
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(64, 64)]
    [InlineData(32, 31)]
    public void PortraitOfAnotherSize_IsRefused(int width, int height) =>
        Assert.Equal(
            $"avatars/ada/portrait.png cannot be read as a picture (it has {width} x {height} pixels): replace it by a PNG or JPEG file of 32 x 32 pixels.",
            Refusal(ImageFile.EncodePng(new RgbImage(width, height, new byte[3 * width * height]))));

    [Fact]
    public void TornPortrait_IsRefused()
    {
        var whole = ImageFile.EncodePng(new RgbImage(32, 32, [.. Enumerable.Range(0, 3072).Select(i => (byte)(i * i))]));
        Assert.Matches(@"^avatars/ada/portrait\.png cannot be read as a picture \(.*damaged.*\): replace it by a PNG or JPEG file of 32 x 32 pixels\.$", Refusal(whole[..(whole.Length / 2)]));
    }

    [Theory]
    [InlineData("GIF89a, or something of the kind")]
    [InlineData("")]
    public void FileOfAnotherFormat_IsRefused(string content) =>
        Assert.Matches(@"^avatars/ada/portrait\.png cannot be read as a picture \(.*\): replace it by a PNG or JPEG file of 32 x 32 pixels\.$", Refusal([.. content.Select(c => (byte)c)]));

    [Fact]
    public void UploadedPicture_IsCutToTheMiddleAndBroughtToSize()
    {
        // 128 x 64: red on both sides, blue in the middle square.
        var planes = new byte[3 * 128 * 64];
        for (var i = 0; i < 128 * 64; i++)
        {
            planes[i % 128 is >= 32 and < 96 ? (2 * 128 * 64) + i : i] = 255;
        }

        var read = PortraitFile.Read(ImageFile.EncodePng(new RgbImage(128, 64, planes)), 32, 32);
        Assert.Equal(3 * 32 * 32, read.Length);
        Assert.InRange(read.Take(32 * 32).Average(), 0, 0.1); // hardly any red
        Assert.InRange(read.Skip(2 * 32 * 32).Average(), 0.9, 1);
    }

    [Fact]
    public void UploadedPictureOfLessThanHalfTheSize_IsRefused()
    {
        var error = Assert.Throws<ImageFileException>(() => PortraitFile.Read(ImageFile.EncodePng(new RgbImage(40, 15, new byte[3 * 40 * 15])), 32, 32));
        Assert.Equal("The picture has 40 x 15 pixels; at least 16 x 16 are needed, and 32 x 32 are best.", error.Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(RgbImage image)
    {
        var path = Path.Combine(_folder, "portrait.png");
        File.WriteAllBytes(path, ImageFile.EncodePng(image));
        return path;
    }

    /// <summary>What an engine says of the tiny pack with this portrait, its hash right.</summary>
    private string Refusal(byte[] portrait)
    {
        var tiny = Path.Combine(TinyEngine.RepositoryRoot(), "tests", "packs", "tiny");
        foreach (var file in Directory.EnumerateFiles(tiny, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_folder, Path.GetRelativePath(tiny, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        File.WriteAllBytes(Path.Combine(_folder, "avatars", "ada", "portrait.png"), portrait);
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "pack.json")))!;
        manifest["avatars"]![0]!["sha256"] = Convert.ToHexStringLower(SHA256.HashData(portrait));
        File.WriteAllText(Path.Combine(_folder, "pack.json"), manifest.ToJsonString());
        var options = new InferenceOptions { ReadPortrait = PortraitFile.Read, ProviderPreference = ProviderPreference.Cpu };
        return Assert.Throws<ModelPackException>(() => new InferenceEngine(ModelPack.Load(_folder), options, NullLogger.Instance)).Message;
    }
}
