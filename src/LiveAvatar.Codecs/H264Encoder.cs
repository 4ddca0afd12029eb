using LiveAvatar.Codecs.Native;
using LiveAvatar.Media.Video;

namespace LiveAvatar.Codecs;

/// <summary>Encodes H.264 constrained baseline for a call with OpenH264: one thread, no B frames, one slice, key frames only when asked.</summary>
public sealed unsafe class H264Encoder : IVideoEncoder
{
    private const int MaxLayers = 128;

    private readonly OpenH264EncoderHandle _encoder;
    private readonly I420Layout _layout;
    private byte[] _frame;
    private bool _started;
    private long _lastMilliseconds = -1;

    /// <summary>Starts an encoder, or throws <see cref="NativeCodecException"/> when OpenH264 is missing or of an unknown layout.</summary>
    public H264Encoder(VideoEncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _ = LibOpenH264.LayerStride;
        _layout = new I420Layout(options.Width, options.Height);
        _frame = new byte[Math.Max(16 * 1024, _layout.Length / 8)];
        _encoder = OpenH264EncoderHandle.Create();
        try
        {
            var quiet = 0;
            Check(_encoder.Set(LibOpenH264.OptionTraceLevel, &quiet), "silence the trace");
            OpenH264EncoderParameters parameters;
            Check(_encoder.GetDefaults(&parameters), "read the default settings");
            Configure(ref parameters, options);
            Check(_encoder.Initialize(&parameters), "start");
        }
        catch
        {
            _encoder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public VideoCodec Codec => VideoCodec.H264;

    /// <inheritdoc/>
    public EncodedFrame Encode(ReadOnlySpan<byte> i420, TimeSpan timestamp, bool forceKeyFrame)
    {
        _layout.Require(i420, nameof(i420));
        if (forceKeyFrame && _started)
        {
            Check(_encoder.ForceIdr(), "force a key frame");
        }

        OpenH264FrameInfo info;
        var milliseconds = Math.Max(_lastMilliseconds + 1, (long)timestamp.TotalMilliseconds);
        fixed (byte* pixels = i420)
        {
            var picture = Describe(pixels, milliseconds);
            Check(_encoder.Encode(&picture, &info), "encode a frame");
        }

        _started = true;
        _lastMilliseconds = milliseconds;
        return Collect(&info);
    }

    /// <inheritdoc/>
    public void SetBitrate(int bitsPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bitsPerSecond, VideoEncoderOptions.MinBitrate);

        // SBitrateInfo: which layers, bits per second.
        var target = stackalloc int[] { LibOpenH264.AllSpatialLayers, bitsPerSecond };
        Check(_encoder.Set(LibOpenH264.OptionBitrate, target), "change the bit rate");
    }

    /// <summary>Frees the native encoder.</summary>
    public void Dispose() => _encoder.Dispose();

    private static void Configure(ref OpenH264EncoderParameters parameters, VideoEncoderOptions options)
    {
        parameters.UsageType = LibOpenH264.RealTimeCamera;
        parameters.Width = options.Width;
        parameters.Height = options.Height;
        parameters.TargetBitrate = options.Bitrate;
        parameters.RateControl = LibOpenH264.RateControlBitrate;
        parameters.MaxFrameRate = (float)options.FrameRate;
        parameters.TemporalLayers = options.TemporalLayers;
        parameters.SpatialLayers = 1;
        parameters.Layer.Width = options.Width;
        parameters.Layer.Height = options.Height;
        parameters.Layer.FrameRate = (float)options.FrameRate;
        parameters.Layer.Bitrate = options.Bitrate;
        parameters.Layer.Profile = LibOpenH264.ProfileBaseline;
        parameters.Layer.SliceMode = LibOpenH264.SingleSlice;
        parameters.Complexity = LibOpenH264.LowComplexity;

        // 0: no periodic key frames; scene-change detection would add its own.
        parameters.IntraPeriod = 0;
        parameters.SceneChangeDetection = 0;
        parameters.ParameterSetStrategy = LibOpenH264.ConstantParameterSetIds;
        parameters.PrefixNal = 0;
        parameters.EntropyCoding = 0;
        parameters.FrameSkip = 0;
        parameters.Threads = 1;
        parameters.Denoise = 0;
        parameters.IdrBitratePercent = options.KeyFramePercent;
    }

    private OpenH264Picture Describe(byte* pixels, long milliseconds) => new()
    {
        Format = LibOpenH264.FormatI420,
        StrideY = _layout.Width,
        StrideU = _layout.ChromaWidth,
        StrideV = _layout.ChromaWidth,
        Y = pixels,
        U = pixels + _layout.UOffset,
        V = pixels + _layout.VOffset,
        Width = _layout.Width,
        Height = _layout.Height,
        Milliseconds = milliseconds,
    };

    // A key frame comes as a parameter-set layer and a picture layer; both belong to the access unit.
    private EncodedFrame Collect(OpenH264FrameInfo* info)
    {
        var length = 0;
        var key = false;
        var temporalLayer = 0;
        for (var index = 0; index < Math.Min(info->LayerCount, MaxLayers); index++)
        {
            var layer = (OpenH264Layer*)((byte*)info + OpenH264FrameInfo.FirstLayer + (index * LibOpenH264.LayerStride));
            if (layer->FrameType == LibOpenH264.FrameSkipped)
            {
                continue;
            }

            key |= layer->FrameType == LibOpenH264.FrameIdr;
            temporalLayer = layer->TemporalId;
            length = Append(layer, length);
        }

        return new EncodedFrame { Data = _frame.AsSpan(0, length), IsKeyFrame = key, TemporalLayer = temporalLayer };
    }

    private int Append(OpenH264Layer* layer, int start)
    {
        var length = 0;
        for (var nal = 0; nal < layer->NalCount; nal++)
        {
            length += layer->NalLengths[nal];
        }

        if (start + length > _frame.Length)
        {
            Array.Resize(ref _frame, (start + length) * 2);
        }

        new ReadOnlySpan<byte>(layer->Data, length).CopyTo(_frame.AsSpan(start));
        return start + length;
    }

    private static void Check(int code, string what)
    {
        if (code != 0)
        {
            throw new CodecException($"libopenh264 could not {what} ({code})");
        }
    }
}
