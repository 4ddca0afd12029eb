using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LiveAvatar.Codecs.Native;

/// <summary><c>vpx_codec_enc_cfg_t</c>: the fields in use, by offset. Compared over encoder ABI 25 to 39 (1.12 to 1.16): 504 bytes, nothing moved.</summary>
[StructLayout(LayoutKind.Explicit, Size = 504)]
internal struct VpxEncoderConfig
{
    [FieldOffset(4)] internal uint Threads;
    [FieldOffset(12)] internal uint Width;
    [FieldOffset(16)] internal uint Height;
    [FieldOffset(28)] internal int TimebaseNumerator;
    [FieldOffset(32)] internal int TimebaseDenominator;
    [FieldOffset(36)] internal uint ErrorResilient;
    [FieldOffset(44)] internal uint LagInFrames;
    [FieldOffset(48)] internal uint DropFrameThreshold;
    [FieldOffset(52)] internal uint ResizeAllowed;
    [FieldOffset(72)] internal int EndUsage;
    [FieldOffset(112)] internal uint TargetKilobits;
    [FieldOffset(116)] internal uint MinQuantizer;
    [FieldOffset(120)] internal uint MaxQuantizer;
    [FieldOffset(124)] internal uint UndershootPercent;
    [FieldOffset(128)] internal uint OvershootPercent;
    [FieldOffset(132)] internal uint BufferMilliseconds;
    [FieldOffset(136)] internal uint BufferInitialMilliseconds;
    [FieldOffset(140)] internal uint BufferOptimalMilliseconds;
    [FieldOffset(160)] internal int KeyFrameMode;
    [FieldOffset(216)] internal uint TemporalLayers;
    [FieldOffset(220)] internal FiveInts LayerKilobits;
    [FieldOffset(240)] internal FiveInts LayerRateDecimator;
    [FieldOffset(260)] internal uint LayerPeriod;
    [FieldOffset(264)] internal SixteenInts LayerIds;

    [InlineArray(5)]
    internal struct FiveInts
    {
        private uint _first;
    }

    [InlineArray(16)]
    internal struct SixteenInts
    {
        private uint _first;
    }
}

/// <summary><c>vpx_codec_ctx_t</c>, 56 bytes: opaque but for the detail of the latest error.</summary>
[StructLayout(LayoutKind.Explicit, Size = 56)]
internal unsafe struct VpxContext
{
    [FieldOffset(24)] internal byte* ErrorDetail;
}

/// <summary><c>vpx_codec_cx_pkt_t</c>, 136 bytes: the frame variant.</summary>
[StructLayout(LayoutKind.Explicit, Size = 136)]
internal unsafe struct VpxPacket
{
    [FieldOffset(0)] internal int Kind;
    [FieldOffset(8)] internal byte* Data;
    [FieldOffset(16)] internal nuint Length;
    [FieldOffset(40)] internal uint Flags;
}

/// <summary><c>vpx_image_t</c>, 136 bytes (image ABI 5).</summary>
[StructLayout(LayoutKind.Explicit, Size = 136)]
internal unsafe struct VpxImage
{
    [FieldOffset(0)] internal int Format;
    [FieldOffset(24)] internal uint Width;
    [FieldOffset(28)] internal uint Height;
    [FieldOffset(48)] internal byte* Y;
    [FieldOffset(56)] internal byte* U;
    [FieldOffset(64)] internal byte* V;
    [FieldOffset(80)] internal int StrideY;
    [FieldOffset(84)] internal int StrideU;
    [FieldOffset(88)] internal int StrideV;
}
