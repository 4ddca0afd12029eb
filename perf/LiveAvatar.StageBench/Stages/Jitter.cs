using LiveAvatar.Media.Audio;
using LiveAvatar.StageBench.Input;

namespace LiveAvatar.StageBench.Stages;

/// <summary>Step 3: a voice packet goes through the jitter buffer.</summary>
internal sealed class Jitter(Speech speech) : Stage
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly AudioJitterBuffer _buffer = new();
    private readonly byte[] _packet = new byte[1500];
    private long _sequence;
    private AudioUnit _unit;

    internal override string Name => "jitter_buffer";

    internal override string Title => "push and pop a voice packet";

    internal override TimeSpan Budget => TimeSpan.FromMicroseconds(5);

    internal override int Batch => 4096;

    internal override void Step()
    {
        Push(_buffer, _sequence);
        if (!_buffer.TryPop(_sequence * Interval, _packet, out _unit))
        {
            throw new StageException("jitter_buffer: nothing came out.");
        }

        _sequence++;
    }

    internal override void Check()
    {
        for (var i = 0; i < 100; i++)
        {
            Step();
            Require(_unit.Kind == AudioUnitKind.Packet && _unit.Sequence == i && _unit.DurationSamples48k == Speech.Block, "a packet changed its place");
            Require(_packet.AsSpan(0, _unit.Length).SequenceEqual(Payload(i)), "a payload changed");
        }

        // Two that overtook each other come out in their order.
        var other = new AudioJitterBuffer();
        Push(other, 0);
        Require(other.TryPop(default, _packet, out _), "nothing came out");
        Push(other, 2);
        Require(!other.TryPop(default, _packet, out _), "a gap was not waited for");
        Push(other, 1);
        Require(other.TryPop(default, _packet, out var first) && other.TryPop(default, _packet, out var second) && (first.Sequence, second.Sequence) == (1, 2), "packets were not put in order");
    }

    private void Push(AudioJitterBuffer buffer, long sequence) =>
        buffer.Push(sequence, sequence * Speech.Block, Payload(sequence), sequence * Interval);

    private byte[] Payload(long sequence) => speech.Packets[sequence % speech.Packets.Length];
}
