using System.Runtime.InteropServices;
using System.Text.Json;
using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Measures;

namespace LiveAvatar.Quality.Tests;

/// <summary>Visemes that features tell, with the delay that they have.</summary>
public class VisemeTests
{
    private static readonly string[] Shapes = ["sil", "PP", "aa"];

    [Theory]
    [InlineData(2, 1.0)]
    [InlineData(0, 0.5)] // the head that does not wait reads features that are still about the sound before
    public void FeaturesThatTellTheTruthLate_AreReadAtTheirDelay(int delay, double accuracy)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            // Each head passes the features on: output k is feature k.
            float[] layer = [.. Enumerable.Range(0, 9).Select(i => i / 3 == i % 3 ? 1f : 0), 0, 0, 0];
            File.WriteAllBytes(Path.Combine(folder.FullName, "viseme_head.bin"), MemoryMarshal.AsBytes<float>([.. layer, .. layer]).ToArray());
            File.WriteAllText(Path.Combine(folder.FullName, "viseme_head.json"), JsonSerializer.Serialize(new { encoder = "", features = 3, delay = 2, delays = new[] { 0, 2 }, visemes = Shapes }));
            var head = VisemeHead.TryRead(folder.FullName)!;

            // Labels of 80 ms: 4 features each. Stream feature i is about the 20 ms that lie two before it; the first frame is dropped as late.
            const int Frames = 60;
            Label[] labels = [.. Enumerable.Range(0, Frames / 2).Select(k => new Label(k * 0.08, (k + 1) * 0.08, Shapes[k % 3], 0, null))];
            var stream = Enumerable.Range(0, 2 * (Frames + 1)).Select(i => Feature(Math.Max(0, i - 2) / 4 % 3)).ToArray();
            float[][] features = [.. Enumerable.Range(1, Frames).Select(frame => (float[])[.. stream[2 * frame], .. stream[(2 * frame) + 1]])];
            var score = new VoiceScore("made", new TeacherNumbers(0.03, 0.06, new Dictionary<string, double>(), [], new Dictionary<string, IReadOnlyDictionary<string, double>>()));
            score.AddVisemes(new Voice("made", Voice.Synthesizer, "made", "", [], labels, []), new Performance([], [], [], features, 25, 0), head, featuresPerFrame: 2, lateFrames: 1);

            Assert.Equal(accuracy, score.VisemeAccuracy[delay], 1);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void AHeadThatDoesNotFitItsDescription_IsNotRead() => Assert.Null(VisemeHead.TryRead(Path.GetTempPath() + "nothing"));

    private static float[] Feature(int shape) => [.. Enumerable.Range(0, 3).Select(k => k == shape ? 1f : 0)];
}
