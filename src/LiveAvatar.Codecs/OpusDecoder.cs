using LiveAvatar.Codecs.Native;

namespace LiveAvatar.Codecs;

/// <summary>Decodes one Opus stream and fills its gaps, from the next packet's in-band FEC or by concealment.</summary>
/// <remarks>
/// One owner, not thread-safe. Every lost stretch must be filled with <see cref="DecodeFec"/> or <see cref="DecodeLost"/>
/// before the packet after it is decoded, or the decoder's state jumps. Allocates nothing after construction.
/// </remarks>
public sealed unsafe class OpusDecoder : IDisposable
{
    private readonly OpusDecoderHandle _decoder;
    private readonly int _gridSamples;

    /// <summary>Makes a decoder.</summary>
    /// <param name="sampleRate">Output rate in Hz: 8000, 12000, 16000, 24000 or 48000.</param>
    /// <param name="channels">1 or 2; a stream of the other kind is mixed or copied by libopus.</param>
    public OpusDecoder(int sampleRate = 48_000, int channels = 1)
    {
        _decoder = OpusDecoderHandle.Create(sampleRate, channels);
        SampleRate = sampleRate;
        Channels = channels;
        _gridSamples = sampleRate / 400;
        MaxSamples = 48 * _gridSamples;
    }

    /// <summary>Output rate in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>Channels in the output, interleaved.</summary>
    public int Channels { get; }

    /// <summary>Samples per channel in the longest packet, 120 ms.</summary>
    public int MaxSamples { get; }

    /// <summary>Decodes a packet.</summary>
    /// <param name="packet">Payload from the peer; anything is allowed.</param>
    /// <param name="pcm">At least <see cref="MaxSamples"/> × <see cref="Channels"/> values, as the peer decides the length; nominally -1 to 1.</param>
    /// <returns>Samples per channel; 0 when the packet is not valid Opus (treat it as lost).</returns>
    public int Decode(ReadOnlySpan<byte> packet, Span<float> pcm)
    {
        if (pcm.Length < MaxSamples * Channels)
        {
            throw new ArgumentException($"The buffer must hold 120 ms: {MaxSamples * Channels} values.", nameof(pcm));
        }

        return Run(packet, pcm, MaxSamples, fec: 0);
    }

    /// <summary>Conceals a lost stretch from what was heard before it.</summary>
    /// <param name="pcm">At least <paramref name="samples"/> × <see cref="Channels"/> values.</param>
    /// <param name="samples">Samples per channel; rounded down to 2.5 ms steps and cut at 120 ms.</param>
    /// <returns>Samples per channel written.</returns>
    public int DecodeLost(Span<float> pcm, int samples) => Fill([], pcm, samples, fec: 0);

    /// <summary>Recovers the packet before <paramref name="nextPacket"/> from its in-band FEC, or conceals it when there is none.</summary>
    /// <param name="nextPacket">The packet that follows the lost one; decode it afterwards as usual.</param>
    /// <param name="pcm">At least <paramref name="samples"/> × <see cref="Channels"/> values.</param>
    /// <param name="samples">The lost packet's samples per channel; rounded down to 2.5 ms steps and cut at 120 ms.</param>
    /// <returns>Samples per channel written; 0 when the packet is not valid Opus.</returns>
    public int DecodeFec(ReadOnlySpan<byte> nextPacket, Span<float> pcm, int samples) =>
        nextPacket.IsEmpty ? 0 : Fill(nextPacket, pcm, samples, fec: 1);

    /// <summary>Forgets the stream, as for a new speaker.</summary>
    public void Reset() => LibOpus.Check(LibOpus.ControlDecoder(_decoder, LibOpus.ResetState), "reset a decoder");

    /// <summary>Frees the native decoder.</summary>
    public void Dispose() => _decoder.Dispose();

    private int Fill(ReadOnlySpan<byte> packet, Span<float> pcm, int samples, int fec)
    {
        var count = Math.Clamp(samples, 0, MaxSamples) / _gridSamples * _gridSamples;
        if (pcm.Length < count * Channels)
        {
            throw new ArgumentException($"The buffer must hold {count * Channels} values.", nameof(pcm));
        }

        if (count == 0)
        {
            ObjectDisposedException.ThrowIf(_decoder.IsClosed, this);
            return 0;
        }

        fixed (byte* data = packet)
        fixed (float* output = pcm)
        {
            return PeerResult(LibOpus.Decode(_decoder, data, packet.Length, output, count, fec));
        }
    }

    private int Run(ReadOnlySpan<byte> packet, Span<float> pcm, int samples, int fec)
    {
        // libopus takes an empty packet for a loss of the whole buffer's length; here it is a packet that is not Opus.
        if (packet.IsEmpty)
        {
            ObjectDisposedException.ThrowIf(_decoder.IsClosed, this);
            return 0;
        }

        fixed (byte* data = packet)
        fixed (float* output = pcm)
        {
            return PeerResult(LibOpus.Decode(_decoder, data, packet.Length, output, samples, fec));
        }
    }

    private static int PeerResult(int result) =>
        result == LibOpus.InvalidPacket ? 0 : LibOpus.Check(result, "decode a packet");
}
