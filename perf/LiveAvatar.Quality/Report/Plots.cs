using LiveAvatar.Quality.Engine;
using LiveAvatar.Quality.Measures;

namespace LiveAvatar.Quality.Report;

/// <summary>The report's plots.</summary>
internal sealed class Plots(Setting setting)
{
    private const int Width = 1100;

    /// <summary>Some seconds of lips: the pack's aperture, the teacher's, and when they should be closed.</summary>
    internal Canvas Lips(SpeechMeasure speech)
    {
        const double From = 4, Length = 9;
        var voices = setting.Timed.GroupBy(voice => voice.Set).Select(set => set.First()).ToArray();
        var canvas = new Canvas(Width, voices.Length * 230, Colour.White);
        for (var row = 0; row < voices.Length; row++)
        {
            var voice = voices[row];
            var performance = speech.Performances[voice.Name];
            var curves = new List<Curve> { new("lip aperture of the pack", Colour.Lines[0], Points(setting.Channels.Aperture(performance), performance)) };
            if (setting.Teacher.Apertures.TryGetValue(voice.Name, out var teacher))
            {
                curves.Insert(0, new Curve("of the teacher", Colour.Grey, [.. teacher.Select((gap, i) => ((i + 0.5) / performance.Rate, gap))]));
            }

            var closures = voice.Closures.Where(closure => closure.Start > From && closure.End < From + Length).Select(closure => (closure.Start, closure.End));
            new Plot($"{voice.Set}: lips, shaded where p, b, m are closed", "seconds", [.. curves.Select(curve => Within(curve, From, From + Length))], [.. closures])
            { Domain = (From, From + Length), Range = (-0.1, 0.7) }.Draw(canvas, 0, row * 230, Width, 225);
        }

        return canvas;
    }

    /// <summary>How far landmarks move with an emotion's strength.</summary>
    internal static Canvas Emotions(EmotionMeasure emotion)
    {
        var canvas = new Canvas(Width, 340, Colour.White);
        var curves = emotion.Strengths.Select((strength, i) => new Curve(
            strength.Emotion, Colour.Lines[i % Colour.Lines.Length], [.. strength.Distances.Select((distance, k) => (k * 0.25, distance))])).ToArray();
        new Plot("landmark distance from neutral, 1 = at full strength", "strength", curves, []) { Domain = (0, 1), Range = (0, 1.1) }.Draw(canvas, 0, 0, Width, 335);
        return canvas;
    }

    /// <summary>Half a minute of idling: lids, gaze, head.</summary>
    internal Canvas Life(LifeMeasure life)
    {
        const double Length = 30;
        var performance = life.Idle!;
        var (x, y) = setting.Channels.Gaze(performance);
        Curve Curve(string name, int colour, double[] values) => Within(new Curve(name, Colour.Lines[colour], Points(values, performance)), 0, Length);
        Plot[] plots =
        [
            new("idle: lids (1 = shut)", "seconds", [Curve("lids", 0, setting.Channels.Lids(performance))], []) { Domain = (0, Length), Range = (0, 1) },
            new("idle: gaze", "seconds", [Curve("sideways", 0, x), Curve("up", 1, y)], []) { Domain = (0, Length) },
            new("idle: head, radians", "seconds", [Curve("yaw", 0, performance.Channel(setting.Channels["headYaw"])), Curve("pitch", 1, performance.Channel(setting.Channels["headPitch"])), Curve("roll", 2, performance.Channel(setting.Channels["headRoll"]))], []) { Domain = (0, Length) },
        ];
        var canvas = new Canvas(Width, plots.Length * 230, Colour.White);
        for (var i = 0; i < plots.Length; i++)
        {
            plots[i].Draw(canvas, 0, i * 230, Width, 225);
        }

        return canvas;
    }

    private static (double, double)[] Points(double[] values, Performance performance) => [.. values.Select((value, i) => (performance.TimeOf(i), value))];

    private static Curve Within(Curve curve, double from, double to)
    {
        var points = curve.Points.Where(point => point.X >= from && point.X <= to).ToArray();
        return curve with { Points = points.Length > 1 ? points : curve.Points };
    }
}
