namespace LiveAvatar.Quality.Metrics;

/// <summary>A stretch of time in seconds.</summary>
internal readonly record struct Stretch(double Start, double End);

/// <summary>Stretches of frames in which something holds.</summary>
internal static class Runs
{
    /// <summary>First frame and the frame after the last of each run of true.</summary>
    internal static List<(int First, int End)> Of(ReadOnlySpan<bool> holds)
    {
        var runs = new List<(int, int)>();
        var first = -1;
        for (var i = 0; i <= holds.Length; i++)
        {
            var now = i < holds.Length && holds[i];
            if (now && first < 0)
            {
                first = i;
            }
            else if (!now && first >= 0)
            {
                runs.Add((first, i));
                first = -1;
            }
        }

        return runs;
    }
}
