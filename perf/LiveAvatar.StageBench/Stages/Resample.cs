using LiveAvatar.Media.Audio;
using LiveAvatar.StageBench.Input;

namespace LiveAvatar.StageBench.Stages;

/// <summary>Step 5: 10 ms of sound go from 48 to 16 kHz.</summary>
internal sealed class Resample(Speech speech) : Stage
{
    private const int Rate = 16_000;
    private const double LeastLikeness = 0.999;

    private readonly Resampler _resampler = new(48_000, Rate);
    private readonly float[] _output = new float[Rate / 100 + 1];
    private readonly int _blocks = speech.Sent.Length / Speech.Block;
    private int _next;
    private int _written;

    internal override string Name => "resample";

    internal override string Title => "10 ms from 48 to 16 kHz";

    internal override TimeSpan Budget => TimeSpan.FromMicroseconds(100);

    internal override int Batch => 200;

    internal override void Step()
    {
        _written = _resampler.Process(speech.Sent.AsSpan(_next * Speech.Block, Speech.Block), _output);
        _next = _next + 1 == _blocks ? 0 : _next + 1;
    }

    internal override void Check()
    {
        var sound = new List<float>();
        for (var i = 0; i < _blocks; i++)
        {
            Step();
            sound.AddRange(_output.AsSpan(0, _written));
        }

        Require(Math.Abs(sound.Count - (_blocks * Rate / 100)) <= 1, $"{_blocks} blocks gave {sound.Count} samples");
        var delayed = sound.Skip(_resampler.DelaySamplesOut).ToArray();
        var likeness = Likeness.Of(speech.Convert(Rate).AsSpan(0, delayed.Length), delayed);
        Require(likeness >= LeastLikeness, $"the sound is not the one that went in: likeness {likeness:F3}");
    }
}
