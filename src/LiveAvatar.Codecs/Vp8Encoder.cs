using LiveAvatar.Codecs.Native;
using LiveAvatar.Media.Video;

namespace LiveAvatar.Codecs;

/// <summary>Encodes VP8 for a call with libvpx: one thread, constant bit rate, no look-ahead, key frames only when asked.</summary>
public sealed unsafe class Vp8Encoder : IVideoEncoder
{
    private const int ClockRate = 90_000;

    // libvpx can code worse (63), which is unusable to look at; 2 keeps a still picture from eating the whole budget.
    private const int MinQuantizer = 2;
    private const int MaxQuantizer = 56;

    // Blocks that differ by less are skipped at once: 6 % less time for the same PSNR; 500 saves a third and costs 1.3 dB.
    private const int StaticThreshold = 100;

    // Percent of the bit rate for the base layer of two. It gets every second frame, but the frames that predict from further away.
    private const int BaseLayerPercent = 60;

    private readonly VpxContextHandle _encoder;
    private readonly I420Layout _layout;
    private readonly nuint _frameDuration;
    private readonly bool _layered;
    private VpxEncoderConfig _config;
    private byte[] _frame;
    private long _lastPts = -1;
    private bool _nextIsLayer1;

    /// <summary>Starts an encoder, or throws <see cref="NativeCodecException"/> when libvpx is missing.</summary>
    public Vp8Encoder(VideoEncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _layout = new I420Layout(options.Width, options.Height);
        _layered = options.TemporalLayers == 2;
        _frameDuration = (nuint)Math.Round(ClockRate / options.FrameRate);
        _frame = new byte[Math.Max(16 * 1024, _layout.Length / 8)];
        fixed (VpxEncoderConfig* config = &_config)
        {
            var code = LibVpx.GetDefaultConfig(LibVpx.Vp8Encoder(), config, 0);
            if (code != LibVpx.Ok)
            {
                throw new CodecException($"libvpx has no default VP8 settings ({code})");
            }

            Configure(options);
            _encoder = VpxContextHandle.CreateEncoder(config);
        }

        try
        {
            Control(LibVpx.SetCpuUsed, options.CpuUsed, "set the speed");
            Control(LibVpx.SetNoiseSensitivity, 0, "turn noise reduction off");
            Control(LibVpx.SetStaticThreshold, StaticThreshold, "set the static threshold");
            Control(LibVpx.SetMaxIntraBitratePercent, options.KeyFramePercent, "cap the key frames");
        }
        catch
        {
            _encoder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public VideoCodec Codec => VideoCodec.Vp8;

    /// <inheritdoc/>
    public EncodedFrame Encode(ReadOnlySpan<byte> i420, TimeSpan timestamp, bool forceKeyFrame)
    {
        _layout.Require(i420, nameof(i420));
        var key = forceKeyFrame || _lastPts < 0;
        var layer = _layered && !key && _nextIsLayer1 ? 1 : 0;
        if (_layered)
        {
            Control(LibVpx.SetTemporalLayerId, layer, "choose the layer");
        }

        // libvpx refuses a time that does not advance; a caller's rounding must not end the stream.
        var pts = Math.Max(_lastPts + 1, timestamp.Ticks * (ClockRate / 1000) / TimeSpan.TicksPerMillisecond);
        fixed (byte* picture = i420)
        {
            VpxImage image;
            LibVpx.WrapImage(&image, LibVpx.FormatI420, (uint)_layout.Width, (uint)_layout.Height, 1, picture);
            var code = LibVpx.Encode(_encoder, &image, pts, _frameDuration, Flags(key, layer), (nuint)LibVpx.DeadlineRealtime);
            _encoder.Check(code, "encode a frame");
        }

        _lastPts = pts;
        _nextIsLayer1 = layer == 0;
        return Collect(layer);
    }

    /// <inheritdoc/>
    public void SetBitrate(int bitsPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bitsPerSecond, VideoEncoderOptions.MinBitrate);
        SetTarget(bitsPerSecond);
        fixed (VpxEncoderConfig* config = &_config)
        {
            _encoder.Check(LibVpx.SetConfig(_encoder, config), "change the bit rate");
        }
    }

    /// <summary>Frees the native encoder.</summary>
    public void Dispose() => _encoder.Dispose();

    private void Configure(VideoEncoderOptions options)
    {
        // One thread: with two, libvpx's spinning workers took up to 220 ms per frame on a busy two-core machine.
        _config.Threads = 1;
        _config.Width = (uint)options.Width;
        _config.Height = (uint)options.Height;
        _config.TimebaseNumerator = 1;
        _config.TimebaseDenominator = ClockRate;
        _config.ErrorResilient = 1;
        _config.LagInFrames = 0;
        _config.DropFrameThreshold = 0;
        _config.ResizeAllowed = 0;
        _config.EndUsage = LibVpx.Cbr;
        _config.MinQuantizer = MinQuantizer;
        _config.MaxQuantizer = MaxQuantizer;
        _config.UndershootPercent = 100;
        _config.OvershootPercent = 15;
        _config.BufferMilliseconds = 600;
        _config.BufferInitialMilliseconds = 300;
        _config.BufferOptimalMilliseconds = 400;
        _config.KeyFrameMode = LibVpx.KeyFramesDisabled;
        if (_layered)
        {
            _config.TemporalLayers = 2;
            _config.LayerPeriod = 2;
            _config.LayerRateDecimator[0] = 2;
            _config.LayerRateDecimator[1] = 1;
            _config.LayerIds[0] = 0;
            _config.LayerIds[1] = 1;
        }

        SetTarget(options.Bitrate);
    }

    private void SetTarget(int bitsPerSecond)
    {
        var kilobits = (uint)(bitsPerSecond / 1000);
        _config.TargetKilobits = kilobits;
        if (_layered)
        {
            _config.LayerKilobits[0] = kilobits * BaseLayerPercent / 100;
            _config.LayerKilobits[1] = kilobits;
        }
    }

    // Layer 0 predicts from and updates only the last frame; layer 1 predicts from it and leaves no trace, so it can be lost.
    private nint Flags(bool key, int layer) => (key, _layered, layer) switch
    {
        (true, _, _) => LibVpx.ForceKeyFrame,
        (_, false, _) => 0,
        (_, _, 0) => LibVpx.NoReferenceGolden | LibVpx.NoReferenceAlternate | LibVpx.NoUpdateGolden | LibVpx.NoUpdateAlternate,
        _ => LibVpx.NoReferenceGolden | LibVpx.NoReferenceAlternate | LibVpx.NoUpdateLast | LibVpx.NoUpdateGolden
            | LibVpx.NoUpdateAlternate | LibVpx.NoUpdateEntropy,
    };

    // libvpx's packet memory dies with the next call or the encoder, so the frame is copied out before it is lent.
    private EncodedFrame Collect(int layer)
    {
        nint iterator = 0;
        while (LibVpx.GetPacket(_encoder, &iterator) is var packet && packet != null)
        {
            if (packet->Kind != LibVpx.FramePacket)
            {
                continue;
            }

            var data = new ReadOnlySpan<byte>(packet->Data, checked((int)packet->Length));
            if (data.Length > _frame.Length)
            {
                _frame = new byte[data.Length * 2];
            }

            data.CopyTo(_frame);
            return new EncodedFrame
            {
                Data = _frame.AsSpan(0, data.Length),
                IsKeyFrame = (packet->Flags & LibVpx.PacketIsKey) != 0,
                TemporalLayer = layer,
            };
        }

        return default;
    }

    private void Control(int id, int value, string what) => _encoder.Check(LibVpx.Control(_encoder, id, value), what);
}
