using LiveAvatar.Codecs;
using LiveAvatar.StageBench.Input;

namespace LiveAvatar.StageBench.Stages;

/// <summary>Step 4: an Opus packet of 10 ms becomes sound.</summary>
internal sealed class OpusDecode(Speech speech) : Stage
{
    private const double LeastCorrelation = 0.95;
    private const int MostDelay = 1000; // samples: Opus' own is 312

    private readonly OpusDecoder _decoder = new();
    private readonly float[] _pcm = new float[5760];
    private int _next;
    private int _samples;

    internal override string Name => "opus_decode";

    internal override string Title => "decode 10 ms of Opus";

    internal override TimeSpan Budget => TimeSpan.FromMicroseconds(200);

    internal override int Batch => 50;

    internal override void Step()
    {
        _samples = _decoder.Decode(speech.Packets[_next], _pcm);
        _next = _next + 1 == speech.Packets.Length ? 0 : _next + 1;
    }

    internal override void Check()
    {
        var sound = new float[speech.Packets.Length * Speech.Block];
        for (var i = 0; i < speech.Packets.Length; i++)
        {
            Step();
            Require(_samples == Speech.Block, $"a packet gave {_samples} samples");
            _pcm.AsSpan(0, Speech.Block).CopyTo(sound.AsSpan(i * Speech.Block));
        }

        var best = Likeness.Best(speech.Sent, sound, MostDelay);
        Require(best >= LeastCorrelation, $"the sound is not the one that was encoded: correlation {best:F3}");
    }

    protected override void Release() => _decoder.Dispose();
}
