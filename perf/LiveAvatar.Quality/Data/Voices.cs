using System.Globalization;
using LiveAvatar.Codecs;
using LiveAvatar.Media.Audio;
using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Data;

/// <summary>Reads tests/vectors/quality/voices, made by models/training/quality/voices.py.</summary>
internal static class Voices
{
    /// <exception cref="QualityException">A file is missing or is not what the index says.</exception>
    internal static IReadOnlyList<Voice> Read(string folder, int sampleRate)
    {
        try
        {
            var transcripts = Rows(Path.Combine(folder, "transcripts.tsv")).ToLookup(row => row[0]);
            return [.. Rows(Path.Combine(folder, "index.tsv")).Select(row => new Voice(
                row[0], row[1], row[2], row[5], ReadSound(Path.Combine(folder, row[0] + ".opus"), sampleRate),
                row[1] == Voice.Transcript ? [] : ReadLabels(Path.Combine(folder, row[0] + ".tsv")),
                [.. transcripts[row[0]].Select(t => new Utterance(Number(t[1]), Number(t[2]), t[3].Split(' ')))]))];
        }
        catch (Exception error) when (error is IOException or FormatException or SoundFileException or IndexOutOfRangeException)
        {
            throw new QualityException($"The held-out voices cannot be read ({error.Message}). Make them again: models/training/quality/voices.py", error);
        }
    }

    internal static float[] ReadSound(string path, int sampleRate)
    {
        var sound = SoundFile.Read(path);
        return sound.SampleRate == sampleRate ? sound.Samples : Resampler.Convert(sound.Samples, sound.SampleRate, sampleRate);
    }

    private static Label[] ReadLabels(string path) => [.. Rows(path).Select(row => new Label(
        Number(row[0]), Number(row[1]), row[3], int.Parse(row[4], CultureInfo.InvariantCulture),
        row[5].Length > 0 ? new Stretch(Number(row[5]), Number(row[6])) : null) { IsGlide = row[2] is "W" or "Y" or "j" or "C" })];

    private static IEnumerable<string[]> Rows(string path) => File.ReadLines(path).Skip(1).Select(line => line.Split('\t'));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
