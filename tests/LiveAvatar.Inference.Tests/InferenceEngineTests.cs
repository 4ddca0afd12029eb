using LiveAvatar.Inference.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace LiveAvatar.Inference.Tests;

[Trait("Category", "unit")]
public class InferenceEngineTests
{
    [Fact]
    public void Cpu_IsTakenWithoutRefusals()
    {
        using var engine = TestPacks.TinyEngine();

        Assert.Equal(ProviderRung.Cpu, engine.ProviderReport.Rung);
        Assert.Empty(engine.ProviderReport.Refused);
        Assert.StartsWith("1.", engine.ProviderReport.RuntimeVersion, StringComparison.Ordinal);
    }

    /// <summary>Wherever the ladder ends on this machine, every rung above has a reason, and the engine works.</summary>
    [Theory]
    [InlineData(ProviderPreference.Auto, new[] { ProviderRung.TensorRt, ProviderRung.Cuda, ProviderRung.Cpu })]
    [InlineData(ProviderPreference.TensorRt, new[] { ProviderRung.TensorRt, ProviderRung.Cuda, ProviderRung.Cpu })]
    [InlineData(ProviderPreference.Cuda, new[] { ProviderRung.Cuda, ProviderRung.Cpu })]
    public void Ladder_TellsWhyEachHigherRungWasRefused(ProviderPreference preference, ProviderRung[] ladder)
    {
        using var engine = new InferenceEngine(ModelPack.Load(TestPacks.Tiny), TestPacks.Options with { ProviderPreference = preference }, NullLogger.Instance);
        var report = engine.ProviderReport;

        Assert.Equal(ladder.TakeWhile(rung => rung != report.Rung), report.Refused.Select(refused => refused.Rung));
        Assert.All(report.Refused, refused => Assert.True(refused.Reason.Length > 10, refused.Reason));
        engine.WarmUp();
    }

    /// <summary>A rung whose bridge is compiled in but whose libraries are missing ends in a refusal when it is tried, not in a crash.</summary>
    [Theory]
    [InlineData(ProviderRung.Cuda)]
    [InlineData(ProviderRung.TensorRt)]
    public void RungTriedWithoutItsLibraries_Throws(ProviderRung rung)
    {
        Assert.SkipWhen(Providers.Obstacle(rung) is null, $"{rung} may work on this machine");
        Assert.ThrowsAny<Exception>(() => Models.Build(ModelPack.Load(TestPacks.Tiny), rung, TestPacks.Options, [new float[3072], new float[3072]]));
    }

    /// <summary>What a GPU rung does, values handed over at each run instead of bound once, gives the same numbers.</summary>
    [Fact]
    public void UnboundRuns_GiveTheSamePictures()
    {
        var pack = ModelPack.Load(TestPacks.Tiny);
        float[][] portraits = [TestPacks.ReadPng(pack.Portraits[0], 32, 32), TestPacks.ReadPng(pack.Portraits[1], 32, 32)];
        using var bound = Models.Build(pack, ProviderRung.Cpu, TestPacks.Options, portraits);
        using var unbound = Models.Build(pack, ProviderRung.Cpu, TestPacks.Options, portraits, bindsInPlace: false);

        Assert.Equal(Play(bound), Play(unbound));

        static byte[] Play(Models models)
        {
            using var stream = new AvatarStream(models, "ada", 1);
            var pictures = new byte[6 * 1536];
            for (var i = 0; i < 6; i++)
            {
                stream.SetAvatar(i < 3 ? "ada" : "bob");
                stream.Listen(AvatarStreamTests.Sound(i, 1), default);
                stream.Draw(pictures.AsSpan(i * 1536, 1536));
            }

            return pictures;
        }
    }

    [Fact]
    public void Avatars_AreListedInTheManifestsOrder()
    {
        using var engine = TestPacks.TinyEngine();

        Assert.Equal([("ada", "Ada"), ("bob", "Bob")], engine.Avatars.Select(avatar => (avatar.Name, avatar.DisplayName)));
        Assert.All(engine.Avatars, avatar => Assert.True(File.Exists(avatar.PortraitPath)));
        Assert.Equal(1536, engine.FrameBytes);
    }

    [Fact]
    public void PortraitThatCannotBeRead_IsRefusedByName()
    {
        Assert.StartsWith("avatars/ada/portrait.png cannot be read as a picture (torn)", Refusal((_, _, _) => throw new InvalidDataException("torn")), StringComparison.Ordinal);
    }

    [Fact]
    public void PortraitOfTheWrongSize_IsRefusedByName()
    {
        Assert.StartsWith("avatars/ada/portrait.png is read as 5 numbers, but must be 3072 numbers", Refusal((_, _, _) => new float[5]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(1.01f)]
    [InlineData(-0.01f)]
    public void PortraitOutOfRange_IsRefusedByName(float value)
    {
        Assert.StartsWith("avatars/ada/portrait.png", Refusal((_, width, height) => [value, .. new float[(3 * width * height) - 1]]), StringComparison.Ordinal);
    }

    private static string Refusal(Func<string, int, int, float[]> read) => Assert.Throws<ModelPackException>(
        () => new InferenceEngine(ModelPack.Load(TestPacks.Tiny), TestPacks.Options with { ReadPortrait = read }, NullLogger.Instance)).Message;
}
