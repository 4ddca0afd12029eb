using LiveAvatar.Codecs.Native;

namespace LiveAvatar.Codecs;

/// <summary>Encodes one stream of 10 to 60 ms blocks to Opus packets.</summary>
/// <remarks>One owner, not thread-safe. Allocates nothing after construction.</remarks>
public sealed unsafe class OpusEncoder : IDisposable
{
    /// <summary>Room that every packet fits in: 1275 bytes per frame (RFC 6716 section 3.2.1) and the table of contents.</summary>
    public const int MaxPacketLength = 1276;

    private readonly OpusEncoderHandle _encoder;
    private readonly int _channels;

    /// <summary>Makes an encoder, or throws <see cref="CodecException"/> naming the setting libopus refused.</summary>
    public OpusEncoder(OpusEncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _channels = options.Channels;
        _encoder = OpusEncoderHandle.Create(options.SampleRate, options.Channels, (int)options.Application);
        try
        {
            Set(LibOpus.SetBitrate, options.Bitrate, "set the bit rate");
            Set(LibOpus.SetComplexity, options.Complexity, "set the complexity");
            Set(LibOpus.SetSignal, LibOpus.SignalVoice, "set the signal type");
            Set(LibOpus.SetInbandFec, options.InbandFec ? 1 : 0, "set in-band FEC");
            SetPacketLoss(options.PacketLossPercent);
            int lookahead;
            LibOpus.Check(LibOpus.Get(_encoder, LibOpus.GetLookahead, &lookahead), "read the look-ahead");
            PreSkip = lookahead * (48_000 / options.SampleRate);
        }
        catch
        {
            _encoder.Dispose();
            throw;
        }
    }

    /// <summary>Samples at 48 kHz that a player drops at the start (RFC 7845 section 4.2): the codec's own delay.</summary>
    public int PreSkip { get; }

    /// <summary>Encodes one block.</summary>
    /// <param name="pcm">2.5, 5, 10, 20, 40 or 60 ms, interleaved, -1 to 1.</param>
    /// <param name="packet">At least <see cref="MaxPacketLength"/> bytes for any bit rate.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="CodecException">The block is not a legal length or the packet buffer too small.</exception>
    public int Encode(ReadOnlySpan<float> pcm, Span<byte> packet)
    {
        fixed (float* input = pcm)
        fixed (byte* output = packet)
        {
            var length = LibOpus.Encode(_encoder, input, pcm.Length / _channels, output, packet.Length);
            return LibOpus.Check(length, "encode a block");
        }
    }

    /// <summary>Changes the bit rate from the next block on.</summary>
    /// <param name="bitsPerSecond">6000 to 510000.</param>
    public void SetBitrate(int bitsPerSecond) => Set(LibOpus.SetBitrate, bitsPerSecond, "set the bit rate");

    /// <summary>Tells the encoder what loss to protect against.</summary>
    /// <param name="percent">0 to 100.</param>
    public void SetPacketLoss(int percent) => Set(LibOpus.SetPacketLossPercent, percent, "set the expected loss");

    /// <summary>Frees the native encoder.</summary>
    public void Dispose() => _encoder.Dispose();

    private void Set(int request, int value, string what) =>
        LibOpus.Check(LibOpus.Set(_encoder, request, value), what);
}
