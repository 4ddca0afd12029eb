using LiveAvatar.Inference;
using LiveAvatar.Quality.Data;

namespace LiveAvatar.Quality.Engine;

/// <summary>The pack's motion channels by what they move.</summary>
internal sealed class Channels
{
    private readonly Dictionary<string, int> _index;
    private readonly double[] _aperture;

    internal Channels(PackManifest manifest, TeacherNumbers teacher)
    {
        _index = manifest.Motion.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        _aperture = [.. manifest.Motion.Select(name => teacher.Aperture.GetValueOrDefault(name))];
        Head = [.. manifest.Motion.Select((name, i) => (name, i)).Where(pair => pair.name.StartsWith("head", StringComparison.Ordinal)).Select(pair => pair.i)];
        Mouth = [.. teacher.Mouth.Select(name => _index[name])];
        Upper = [.. Enumerable.Range(0, manifest.Motion.Count).Except(Head).Except(Mouth)];
    }

    /// <summary>Channels that the voice moves.</summary>
    internal IReadOnlyList<int> Mouth { get; }

    /// <summary>Eyes, brows, cheeks, nose.</summary>
    internal IReadOnlyList<int> Upper { get; }

    /// <summary>Turn, nod, tilt and place of the head.</summary>
    internal IReadOnlyList<int> Head { get; }

    internal int this[string name] => _index[name];

    /// <summary>Gap between the lips per frame, in units of jawOpen = 1.</summary>
    internal double[] Aperture(Performance performance) => Array.ConvertAll(performance.Motion, frame =>
    {
        double sum = 0;
        for (var i = 0; i < frame.Length; i++)
        {
            sum += frame[i] * _aperture[i];
        }

        return sum;
    });

    /// <summary>How far the lids are closed, mean of both eyes.</summary>
    internal double[] Lids(Performance performance) => Pair(performance, "eyeBlinkLeft", "eyeBlinkRight", 1);

    /// <summary>Where the eyes look: to the presenter's left, and up.</summary>
    internal (double[] X, double[] Y) Gaze(Performance performance)
    {
        double[] outward = Pair(performance, "eyeLookOutLeft", "eyeLookInRight", 1), inward = Pair(performance, "eyeLookInLeft", "eyeLookOutRight", 1);
        double[] up = Pair(performance, "eyeLookUpLeft", "eyeLookUpRight", 1), down = Pair(performance, "eyeLookDownLeft", "eyeLookDownRight", 1);
        return ([.. outward.Zip(inward, (a, b) => a - b)], [.. up.Zip(down, (a, b) => a - b)]);
    }

    private double[] Pair(Performance performance, string left, string right, double sign) =>
        Array.ConvertAll(performance.Motion, frame => sign * (frame[_index[left]] + frame[_index[right]]) / 2.0);
}
