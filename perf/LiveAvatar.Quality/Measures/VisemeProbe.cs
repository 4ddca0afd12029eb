using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Measures;

/// <summary>Tells visemes from the lips' motion alone, by a linear probe fitted on one voice and scored on another.</summary>
internal static class VisemeProbe
{
    private static readonly string[] Visemes = "sil PP FF TH DD kk CH SS nn RR aa E I O U".Split(' ');

    /// <summary>Share of the labelled frames of <paramref name="test"/> that are told, by the mouth channels of the frame and its neighbours.</summary>
    internal static double Accuracy((Voice Voice, Performance Performance) train, (Voice Voice, Performance Performance) test, Channels channels)
    {
        var (samples, classes) = Frames(train.Voice, train.Performance, channels);
        var probe = LinearProbe.Fit(samples, classes, Visemes.Length);
        var (unseen, truth) = Frames(test.Voice, test.Performance, channels);
        return unseen.Zip(truth, (sample, viseme) => probe.Classify(sample) == viseme ? 1.0 : 0).Average();
    }

    private static (double[][] Samples, int[] Classes) Frames(Voice voice, Performance performance, Channels channels)
    {
        var (samples, classes) = (new List<double[]>(), new List<int>());
        var label = 0;
        for (var frame = 1; frame < performance.Motion.Length - 1; frame++)
        {
            var time = performance.TimeOf(frame);
            while (label < voice.Labels.Count && voice.Labels[label].End <= time)
            {
                label++;
            }

            if (label < voice.Labels.Count && voice.Labels[label].Start <= time && Array.IndexOf(Visemes, voice.Labels[label].Viseme) is >= 0 and var viseme)
            {
                classes.Add(viseme);
                samples.Add([.. Enumerable.Range(frame - 1, 3).SelectMany(t => channels.Mouth.Select(c => (double)performance.Motion[t][c]))]);
            }
        }

        return ([.. samples], [.. classes]);
    }
}
