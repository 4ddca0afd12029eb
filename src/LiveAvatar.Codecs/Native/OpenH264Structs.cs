using System.Runtime.InteropServices;

namespace LiveAvatar.Codecs.Native;

/// <summary><c>SEncParamExt</c>: the fields in use, by offset. 920 bytes in 2.3 to 2.5, 924 in 2.6, which only appends.</summary>
[StructLayout(LayoutKind.Explicit, Size = 1024)]
internal struct OpenH264EncoderParameters
{
    [FieldOffset(0)] internal int UsageType;
    [FieldOffset(4)] internal int Width;
    [FieldOffset(8)] internal int Height;
    [FieldOffset(12)] internal int TargetBitrate;
    [FieldOffset(16)] internal int RateControl;
    [FieldOffset(20)] internal float MaxFrameRate;
    [FieldOffset(24)] internal int TemporalLayers;
    [FieldOffset(28)] internal int SpatialLayers;
    [FieldOffset(32)] internal OpenH264SpatialLayer Layer;
    [FieldOffset(832)] internal int Complexity;
    [FieldOffset(836)] internal uint IntraPeriod;
    [FieldOffset(840)] internal int ReferenceFrames;
    [FieldOffset(844)] internal int ParameterSetStrategy;
    [FieldOffset(848)] internal byte PrefixNal;
    [FieldOffset(856)] internal int EntropyCoding;
    [FieldOffset(860)] internal byte FrameSkip;
    [FieldOffset(864)] internal int MaxBitrate;
    [FieldOffset(868)] internal int MaxQp;
    [FieldOffset(872)] internal int MinQp;
    [FieldOffset(892)] internal ushort Threads;
    [FieldOffset(908)] internal byte Denoise;
    [FieldOffset(912)] internal byte SceneChangeDetection;
    [FieldOffset(916)] internal int IdrBitratePercent;
}

/// <summary><c>SSpatialLayerConfig</c>, 200 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 200)]
internal struct OpenH264SpatialLayer
{
    [FieldOffset(0)] internal int Width;
    [FieldOffset(4)] internal int Height;
    [FieldOffset(8)] internal float FrameRate;
    [FieldOffset(12)] internal int Bitrate;
    [FieldOffset(16)] internal int MaxBitrate;
    [FieldOffset(20)] internal int Profile;
    [FieldOffset(24)] internal int Level;
    [FieldOffset(32)] internal int SliceMode;
}

/// <summary><c>SSourcePicture</c>, 72 bytes, 80 in 2.6, which appends.</summary>
[StructLayout(LayoutKind.Explicit, Size = 80)]
internal unsafe struct OpenH264Picture
{
    [FieldOffset(0)] internal int Format;
    [FieldOffset(4)] internal int StrideY;
    [FieldOffset(8)] internal int StrideU;
    [FieldOffset(12)] internal int StrideV;
    [FieldOffset(24)] internal byte* Y;
    [FieldOffset(32)] internal byte* U;
    [FieldOffset(40)] internal byte* V;
    [FieldOffset(56)] internal int Width;
    [FieldOffset(60)] internal int Height;
    [FieldOffset(64)] internal long Milliseconds;
}

/// <summary><c>SLayerBSInfo</c> without what 2.6 appends; the distance between two is <see cref="LibOpenH264.LayerStride"/>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct OpenH264Layer
{
    [FieldOffset(0)] internal byte TemporalId;
    [FieldOffset(4)] internal int FrameType;
    [FieldOffset(16)] internal int NalCount;
    [FieldOffset(24)] internal int* NalLengths;
    [FieldOffset(32)] internal byte* Data;
}

/// <summary><c>SFrameBSInfo</c>: a count, at most 128 layers from byte 8, then a frame type; 5144 bytes, 7192 in 2.6.</summary>
[StructLayout(LayoutKind.Explicit, Size = 7192)]
internal struct OpenH264FrameInfo
{
    internal const int FirstLayer = 8;

    [FieldOffset(0)] internal int LayerCount;
}

/// <summary><c>SDecodingParam</c>, 32 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct OpenH264DecoderParameters
{
    [FieldOffset(16)] internal int ErrorConcealment;
    [FieldOffset(24)] internal uint PropertySize;
    [FieldOffset(28)] internal int BitstreamType;
}

/// <summary><c>SBufferInfo</c>, 72 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal unsafe struct OpenH264DecodedPicture
{
    [FieldOffset(0)] internal int Ready;
    [FieldOffset(24)] internal int Width;
    [FieldOffset(28)] internal int Height;
    [FieldOffset(36)] internal int StrideY;
    [FieldOffset(40)] internal int StrideChroma;
    [FieldOffset(48)] internal byte* Y;
    [FieldOffset(56)] internal byte* U;
    [FieldOffset(64)] internal byte* V;
}

/// <summary><c>OpenH264Version</c>, four unsigned integers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenH264Version
{
    internal uint Major;
    internal uint Minor;
    internal uint Revision;
    internal uint Reserved;
}
