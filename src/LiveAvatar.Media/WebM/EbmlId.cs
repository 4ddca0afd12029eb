namespace LiveAvatar.Media.WebM;

/// <summary>Element ids with their length markers (RFC 8794 section 17.1, RFC 9559 section 5).</summary>
internal static class EbmlId
{
    internal const uint Ebml = 0x1A45DFA3;
    internal const uint EbmlVersion = 0x4286;
    internal const uint EbmlReadVersion = 0x42F7;
    internal const uint EbmlMaxIdLength = 0x42F2;
    internal const uint EbmlMaxSizeLength = 0x42F3;
    internal const uint DocType = 0x4282;
    internal const uint DocTypeVersion = 0x4287;
    internal const uint DocTypeReadVersion = 0x4285;
    internal const uint Void = 0xEC;

    internal const uint Segment = 0x18538067;
    internal const uint SeekHead = 0x114D9B74;
    internal const uint Seek = 0x4DBB;
    internal const uint SeekId = 0x53AB;
    internal const uint SeekPosition = 0x53AC;

    internal const uint Info = 0x1549A966;
    internal const uint TimestampScale = 0x2AD7B1;
    internal const uint Duration = 0x4489;
    internal const uint MuxingApp = 0x4D80;
    internal const uint WritingApp = 0x5741;

    internal const uint Tracks = 0x1654AE6B;
    internal const uint TrackEntry = 0xAE;
    internal const uint TrackNumber = 0xD7;
    internal const uint TrackUid = 0x73C5;
    internal const uint TrackType = 0x83;
    internal const uint FlagLacing = 0x9C;
    internal const uint CodecId = 0x86;
    internal const uint CodecPrivate = 0x63A2;
    internal const uint CodecDelay = 0x56AA;
    internal const uint SeekPreRoll = 0x56BB;
    internal const uint Video = 0xE0;
    internal const uint PixelWidth = 0xB0;
    internal const uint PixelHeight = 0xBA;
    internal const uint Colour = 0x55B0;
    internal const uint MatrixCoefficients = 0x55B1;
    internal const uint Range = 0x55B9;
    internal const uint Audio = 0xE1;
    internal const uint SamplingFrequency = 0xB5;
    internal const uint Channels = 0x9F;

    internal const uint Cluster = 0x1F43B675;
    internal const uint Timestamp = 0xE7;
    internal const uint SimpleBlock = 0xA3;

    internal const uint Cues = 0x1C53BB6B;
    internal const uint CuePoint = 0xBB;
    internal const uint CueTime = 0xB3;
    internal const uint CueTrackPositions = 0xB7;
    internal const uint CueTrack = 0xF7;
    internal const uint CueClusterPosition = 0xF1;
}
