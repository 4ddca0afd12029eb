namespace LiveAvatar.Quality.Metrics;

/// <summary>Counts lip closures found, missed and invented, as models/training/motion/closures.py does.</summary>
/// <remarks>
/// A predicted closure is a run of frames whose aperture is below <paramref name="closed"/> while the voice speaks. A label is found when a
/// frame within <paramref name="near"/> seconds of it is closed. Chance is the share found of the same labels moved by a random 0.2 to 0.8 s.
/// </remarks>
/// <param name="closed">Aperture below which the lips are together.</param>
/// <param name="near">Seconds that a closure may be early or late.</param>
internal sealed class Closures(double closed, double near)
{
    private const double QuietMargin = 0.1; // seconds around silence in which closed lips are no mistake

    private readonly Random _random = new(0);
    private int _events, _found, _chance, _predicted, _false;

    internal int Events => _events;

    internal double Recall => Share(_found, _events);

    internal double Chance => Share(_chance, _events);

    internal double Precision => 1 - Share(_false, Math.Max(1, _predicted));

    /// <summary>Adds a recording.</summary>
    /// <param name="aperture">Lip aperture per frame.</param>
    /// <param name="rate">Frames per second.</param>
    /// <param name="offset">Seconds between the sound's beginning and the first frame's.</param>
    /// <param name="labels">When the lips are together.</param>
    /// <param name="silences">When nobody speaks.</param>
    internal void Add(double[] aperture, double rate, double offset, IReadOnlyList<Stretch> labels, IReadOnlyList<Stretch> silences)
    {
        var shut = Array.ConvertAll(aperture, gap => gap < closed);
        foreach (var label in labels)
        {
            var move = (0.2 + (0.6 * _random.NextDouble())) * (_random.Next(2) == 0 ? -1 : 1);
            _events++;
            _found += Hit(label, 0) ? 1 : 0;
            _chance += Hit(label, move) ? 1 : 0;
        }

        foreach (var (first, end) in Runs.Of(shut))
        {
            var (start, stop) = (offset + (first / rate), offset + (end / rate));
            if (silences.Any(silence => stop > silence.Start - QuietMargin && start < silence.End + QuietMargin))
            {
                continue;
            }

            _predicted++;
            _false += labels.Any(label => stop > label.Start - near && start < label.End + near) ? 0 : 1;
        }

        bool Hit(Stretch label, double move)
        {
            var (from, to) = (label.Start + move - near, label.End + move + near);
            for (var i = Math.Max(0, (int)((from - offset) * rate) - 1); i < shut.Length; i++)
            {
                var at = offset + ((i + 0.5) / rate);
                if (at >= to)
                {
                    break;
                }

                if (at > from && shut[i])
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
