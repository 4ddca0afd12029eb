using LiveAvatar.CallKit;
using LiveAvatar.Codecs;
using LiveAvatar.Quality.Data;

namespace LiveAvatar.Quality.Tests;

/// <summary>The whole command on little data: it measures every group and writes what it says.</summary>
public class SmokeTests
{
    [Theory]
    [InlineData("models/presenter")]
    [InlineData("tests/packs/tiny")] // random weights: numbers mean nothing, but a foreign pack must not break the measuring
    public void SmokeRun_MeasuresAndWrites(string pack)
    {
        var output = Directory.CreateTempSubdirectory();
        try
        {
            var progress = new List<string>();
            var result = QualityRun.Measure(new QualitySettings(Checkout.At(pack.Split('/')), Checkout.At("tests", "vectors"), output.FullName, "smoke", Smoke: true, SheetsOnly: false), "test", "test", progress.Add);

            string[] groups = ["Speech", "Look-ahead", "Stillness", "Picture", "Same person", "Emotion", "Life", "Swap test", "Int8 against fp32", "Consistency", "Cost"];
            Assert.Equal(groups, result.Findings.Select(finding => finding.Group).Distinct());
            Assert.All(result.Findings.Where(finding => finding.Value is null), finding => Assert.NotEmpty(finding.Note));
            Assert.True(result.Findings.Count(finding => finding.Value is not null) > 30);
            Assert.True(progress.Count > 5);
            Assert.Contains("smoke run", File.ReadAllText(Path.Combine(output.FullName, "smoke", "report.md")), StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(output.FullName, "smoke.json")));
            foreach (var picture in new DirectoryInfo(Path.Combine(output.FullName, "smoke")).GetFiles().Where(file => file.Extension != ".md"))
            {
                Assert.True(ImageFile.Load(picture.FullName).Width > 100, picture.Name);
            }
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }

    [Fact]
    public void AMissingPack_IsSaidInOneSentence()
    {
        var error = Assert.Throws<QualityException>(() => QualityRun.Measure(
            new QualitySettings("no/such/pack", Checkout.At("tests", "vectors"), Path.GetTempPath(), "none", Smoke: true, SheetsOnly: false), "", "", _ => { }));

        Assert.Contains("no/such/pack", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HeldOutVoices_AreLabelledOnTheirTimeline()
    {
        var voices = Voices.Read(Checkout.At("tests", "vectors", "quality", "voices"), 16_000);

        Assert.Contains(voices, voice => voice.Kind == Voice.Human);
        foreach (var voice in voices.Where(voice => voice.Labels.Count > 0))
        {
            Assert.True(voice.Labels[^1].End <= voice.Samples.Length / 16_000.0, voice.Name);
            Assert.True(voice.Labels.Zip(voice.Labels.Skip(1)).All(pair => pair.First.End <= pair.Second.Start + 1e-3), voice.Name);
            Assert.NotEmpty(voice.Closures);

            // Vowels are loud and silence is not, so sound and labels lie on one timeline.
            var vowels = Loudness(voice, voice.Labels.Where(label => label.Openness > 0));
            var silence = Loudness(voice, voice.Labels.Where(label => label.Viseme == "sil"));
            Assert.True(vowels > 4 * silence, $"{voice.Name}: {vowels:F3} and {silence:F3}");
        }
    }

    private static double Loudness(Voice voice, IEnumerable<Label> labels) =>
        labels.Average(label => Engine.Signals.Rms(voice.Samples.AsSpan((int)(label.Start * 16_000)..(int)(label.End * 16_000))));
}
