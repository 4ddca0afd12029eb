using System.Buffers.Binary;

namespace LiveAvatar.Media.WebM;

/// <summary>Writes what stands before the first cluster, with gaps for what is known only at the end.</summary>
internal static class WebMHeader
{
    internal const int VideoTrack = 1;
    internal const int AudioTrack = 2;

    /// <summary>Room for a SeekHead with three entries.</summary>
    internal const int SeekHeadLength = 80;

    /// <summary>A Duration element: id 2, length 1, float 8.</summary>
    internal const int DurationLength = 11;

    private const int SeekEntryPositionLength = 8;
    private const int VideoType = 1;
    private const int AudioType = 2;
    private const int Bt601 = 6;
    private const int LimitedRange = 1;

    // RFC 7845 section 5.1 wants 80 ms of decoding before a seek target, in ns.
    private const ulong OpusSeekPreRoll = 80_000_000;

    /// <summary>Positions in the header, in bytes from its start.</summary>
    /// <param name="SegmentSize">The eight bytes of the segment's length.</param>
    /// <param name="SegmentData">What positions inside the file are counted from; the gap for the SeekHead is there.</param>
    /// <param name="Info">The Info element.</param>
    /// <param name="Duration">The gap for the Duration element.</param>
    /// <param name="Tracks">The Tracks element.</param>
    internal readonly record struct Places(int SegmentSize, int SegmentData, int Info, int Duration, int Tracks);

    internal static Places Write(EbmlBuffer buffer, WebMOptions options)
    {
        WriteEbml(buffer);
        buffer.WriteId(EbmlId.Segment);
        var segmentSize = buffer.Length;
        buffer.WriteBigEndian(EbmlBuffer.UnknownSize, 8);
        var segmentData = buffer.Length;
        buffer.WriteVoid(SeekHeadLength);
        var info = buffer.Length;
        var duration = WriteInfo(buffer);
        var tracks = buffer.Length;
        WriteTracks(buffer, options);
        return new Places(segmentSize, segmentData, info, duration, tracks);
    }

    /// <summary>Writes the SeekHead that fills the gap; positions are counted from the segment's data.</summary>
    internal static void WriteSeekHead(EbmlBuffer buffer, long info, long tracks, long? cues)
    {
        var start = buffer.Length;
        var head = buffer.Begin(EbmlId.SeekHead);
        WriteSeek(buffer, EbmlId.Info, info);
        WriteSeek(buffer, EbmlId.Tracks, tracks);
        if (cues is { } position)
        {
            WriteSeek(buffer, EbmlId.Cues, position);
        }

        buffer.End(head);
        buffer.WriteVoid(SeekHeadLength - (buffer.Length - start));
    }

    private static void WriteSeek(EbmlBuffer buffer, uint id, long position)
    {
        buffer.WriteId(EbmlId.Seek);
        buffer.WriteSize(7 + 3 + SeekEntryPositionLength);
        buffer.WriteFixedUInt(EbmlId.SeekId, id, 4);
        buffer.WriteFixedUInt(EbmlId.SeekPosition, (ulong)position, SeekEntryPositionLength);
    }

    private static void WriteEbml(EbmlBuffer buffer)
    {
        var ebml = buffer.Begin(EbmlId.Ebml);
        buffer.WriteUInt(EbmlId.EbmlVersion, 1);
        buffer.WriteUInt(EbmlId.EbmlReadVersion, 1);
        buffer.WriteUInt(EbmlId.EbmlMaxIdLength, 4);
        buffer.WriteUInt(EbmlId.EbmlMaxSizeLength, 8);
        buffer.WriteBinary(EbmlId.DocType, "webm"u8);
        buffer.WriteUInt(EbmlId.DocTypeVersion, 4);
        buffer.WriteUInt(EbmlId.DocTypeReadVersion, 2);
        buffer.End(ebml);
    }

    private static int WriteInfo(EbmlBuffer buffer)
    {
        var info = buffer.Begin(EbmlId.Info);
        buffer.WriteUInt(EbmlId.TimestampScale, 1_000_000); // ns: times in the file are milliseconds
        buffer.WriteBinary(EbmlId.MuxingApp, "LiveAvatar"u8);
        buffer.WriteBinary(EbmlId.WritingApp, "LiveAvatar"u8);
        var duration = buffer.Length;
        buffer.WriteVoid(DurationLength);
        buffer.End(info);
        return duration;
    }

    private static void WriteTracks(EbmlBuffer buffer, WebMOptions options)
    {
        var tracks = buffer.Begin(EbmlId.Tracks);

        var video = BeginTrack(buffer, VideoTrack, VideoType, "V_VP8"u8);
        var picture = buffer.Begin(EbmlId.Video);
        buffer.WriteUInt(EbmlId.PixelWidth, (ulong)options.Width);
        buffer.WriteUInt(EbmlId.PixelHeight, (ulong)options.Height);
        var colour = buffer.Begin(EbmlId.Colour);
        buffer.WriteUInt(EbmlId.MatrixCoefficients, Bt601);
        buffer.WriteUInt(EbmlId.Range, LimitedRange);
        buffer.End(colour);
        buffer.End(picture);
        buffer.End(video);

        var audio = BeginTrack(buffer, AudioTrack, AudioType, "A_OPUS"u8);
        buffer.WriteUInt(EbmlId.CodecDelay, (ulong)options.OpusPreSkip * 1_000_000_000 / 48_000);
        buffer.WriteUInt(EbmlId.SeekPreRoll, OpusSeekPreRoll);
        Span<byte> head = stackalloc byte[19];
        WriteOpusHead(head, options);
        buffer.WriteBinary(EbmlId.CodecPrivate, head);
        var sound = buffer.Begin(EbmlId.Audio);
        buffer.WriteFloat(EbmlId.SamplingFrequency, 48_000);
        buffer.WriteUInt(EbmlId.Channels, (ulong)options.OpusChannels);
        buffer.End(sound);
        buffer.End(audio);

        buffer.End(tracks);
    }

    private static int BeginTrack(EbmlBuffer buffer, int number, int type, ReadOnlySpan<byte> codec)
    {
        var entry = buffer.Begin(EbmlId.TrackEntry);
        buffer.WriteUInt(EbmlId.TrackNumber, (ulong)number);
        buffer.WriteUInt(EbmlId.TrackUid, (ulong)number);
        buffer.WriteUInt(EbmlId.TrackType, (ulong)type);
        buffer.WriteUInt(EbmlId.FlagLacing, 0);
        buffer.WriteBinary(EbmlId.CodecId, codec);
        return entry;
    }

    // RFC 7845 section 5.1: magic, version 1, channels, pre-skip, input rate, gain, mapping family 0; little-endian.
    private static void WriteOpusHead(Span<byte> head, WebMOptions options)
    {
        "OpusHead"u8.CopyTo(head);
        head[8] = 1;
        head[9] = (byte)options.OpusChannels;
        BinaryPrimitives.WriteUInt16LittleEndian(head[10..], (ushort)options.OpusPreSkip);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], (uint)options.OpusInputRate);
        BinaryPrimitives.WriteUInt16LittleEndian(head[16..], 0);
        head[18] = 0;
    }
}
