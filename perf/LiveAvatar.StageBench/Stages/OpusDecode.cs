using LiveAvatar.Codecs;
using LiveAvatar.StageBench.Input;

namespace LiveAvatar.StageBench.Stages;

/// <summary>Step 4: an Opus packet of 10 ms becomes sound.</summary>
internal sealed class OpusDecode(Speech speech) : Stage
{
    private const double LeastLikeness = 0.85; // at 32 kbit/s it is 0.90: a voice coder keeps the sound, not the waveform

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

        var length = sound.Length - speech.CodecDelay;
        var likeness = Likeness.Of(speech.Sent.AsSpan(0, length), sound.AsSpan(speech.CodecDelay, length));
        Require(likeness >= LeastLikeness, $"the sound is not the one that was encoded: likeness {likeness:F3}");
    }

    protected override void Release() => _decoder.Dispose();
}
