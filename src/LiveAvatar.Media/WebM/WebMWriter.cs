namespace LiveAvatar.Media.WebM;

/// <summary>Writes one VP8 and one Opus track into a WebM file (RFC 9559) that plays even if writing it was cut short.</summary>
/// <remarks>
/// Clusters of at most a second are written whole and flushed, so a killed process loses at most the latest second or
/// two. <see cref="Complete"/> adds the index and, where the stream can seek, the duration. The stream stays the
/// caller's. Not thread-safe.
/// </remarks>
public sealed class WebMWriter : IDisposable
{
    private const long ClusterMilliseconds = 1000;
    private const byte KeyFlag = 0x80;
    private const int BlockHeaderLength = 4;

    private readonly Stream _output;
    private readonly EbmlBuffer _buffer = new();
    private readonly BlockQueue _queue = new();
    private readonly List<(long Milliseconds, long Position)> _cues = [];
    private readonly WebMHeader.Places _places;
    private readonly long _start;
    private long _written;
    private Cluster _cluster;
    private bool _completed;

    /// <summary>Writes the header at the stream's position.</summary>
    public WebMWriter(Stream output, WebMOptions options)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _output = output;
        _start = output.CanSeek ? output.Position : 0;
        _places = WebMHeader.Write(_buffer, options);
        Flush();
    }

    /// <summary>Adds a picture; one that the encoder dropped (no data) is left out.</summary>
    /// <param name="frame">A VP8 frame.</param>
    /// <param name="time">When it is shown, from the start of the file; not before the one before it.</param>
    /// <param name="isKeyFrame">Decodable on its own: a player can seek here.</param>
    public void WriteVideo(ReadOnlySpan<byte> frame, TimeSpan time, bool isKeyFrame) =>
        Write(WebMHeader.VideoTrack, frame, time, isKeyFrame);

    /// <summary>Adds an Opus packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="time">
    /// The durations of all packets before it. The player takes the pre-skip off, so sound given to the encoder from
    /// time zero on is heard from time zero on.
    /// </param>
    public void WriteAudio(ReadOnlySpan<byte> packet, TimeSpan time) =>
        Write(WebMHeader.AudioTrack, packet, time, isKey: true);

    /// <summary>Writes what waits, the index, and where the stream can seek the file's length and duration.</summary>
    /// <param name="duration">How long the file plays.</param>
    public void Complete(TimeSpan duration)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        _completed = true;
        Drain(all: true);
        CloseCluster();
        var cues = _written - _places.SegmentData;
        if (_cues.Count > 0)
        {
            WriteCues();
        }

        if (_output.CanSeek)
        {
            Patch(_cues.Count > 0 ? cues : null, duration);
        }

        _output.Flush();
    }

    /// <summary>Gives memory back. Without <see cref="Complete"/> the file ends with the latest whole cluster.</summary>
    public void Dispose()
    {
        _completed = true;
        _queue.Clear();
    }

    private void Write(int track, ReadOnlySpan<byte> data, TimeSpan time, bool isKey)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (!data.IsEmpty)
        {
            _queue.Push(track - 1, (long)Math.Round(time.TotalMilliseconds), isKey, data);
            Drain(all: false);
        }
    }

    private void Drain(bool all)
    {
        while (_queue.TryPop(all, out var block))
        {
            Add(block);
            BlockQueue.Return(block);
        }
    }

    // A key frame opens a cluster, because the index points at clusters.
    private void Add(in WebMBlock block)
    {
        var track = block.Track + 1;
        var seekable = track == WebMHeader.VideoTrack && block.IsKey;
        if (_cluster.IsOpen && (block.Milliseconds - _cluster.Milliseconds >= ClusterMilliseconds || (seekable && _cluster.HasVideo)))
        {
            CloseCluster();
        }

        if (!_cluster.IsOpen)
        {
            _cluster = new Cluster { IsOpen = true, Milliseconds = block.Milliseconds, Begin = _buffer.Begin(EbmlId.Cluster) };
            _buffer.WriteUInt(EbmlId.Timestamp, (ulong)block.Milliseconds);
        }

        if (seekable)
        {
            _cues.Add((block.Milliseconds, _written - _places.SegmentData));
        }

        _cluster.HasVideo |= track == WebMHeader.VideoTrack;

        // RFC 9559 section 10.2: track number, time in the cluster (16 bits, signed), flags.
        _buffer.WriteId(EbmlId.SimpleBlock);
        _buffer.WriteSize((ulong)(BlockHeaderLength + block.Length));
        _buffer.WriteSize((ulong)track);
        _buffer.WriteBigEndian((ulong)(block.Milliseconds - _cluster.Milliseconds), 2);
        _buffer.WriteBigEndian(block.IsKey ? KeyFlag : 0UL, 1);
        _buffer.WriteBytes(block.Buffer.AsSpan(0, block.Length));
    }

    private void CloseCluster()
    {
        if (_cluster.IsOpen)
        {
            _buffer.End(_cluster.Begin);
            _cluster = default;
            Flush();
        }
    }

    private void Flush()
    {
        _output.Write(_buffer.Written);
        _output.Flush();
        _written += _buffer.Length;
        _buffer.Clear();
    }

    private void WriteCues()
    {
        var cues = _buffer.Begin(EbmlId.Cues);
        foreach (var (milliseconds, position) in _cues)
        {
            var point = _buffer.Begin(EbmlId.CuePoint);
            _buffer.WriteUInt(EbmlId.CueTime, (ulong)milliseconds);
            var place = _buffer.Begin(EbmlId.CueTrackPositions);
            _buffer.WriteUInt(EbmlId.CueTrack, WebMHeader.VideoTrack);
            _buffer.WriteUInt(EbmlId.CueClusterPosition, (ulong)position);
            _buffer.End(place);
            _buffer.End(point);
        }

        _buffer.End(cues);
        Flush();
    }

    private void Patch(long? cues, TimeSpan duration)
    {
        var data = _places.SegmentData;
        _buffer.WriteBigEndian((1UL << 56) | (ulong)(_written - data), 8);
        Overwrite(_places.SegmentSize);
        WebMHeader.WriteSeekHead(_buffer, _places.Info - data, _places.Tracks - data, cues);
        Overwrite(data);
        _buffer.WriteFloat(EbmlId.Duration, duration.TotalMilliseconds);
        Overwrite(_places.Duration);
        _output.Position = _start + _written;
    }

    private void Overwrite(int position)
    {
        _output.Position = _start + position;
        _output.Write(_buffer.Written);
        _buffer.Clear();
    }

    private struct Cluster
    {
        internal bool IsOpen;
        internal bool HasVideo;
        internal long Milliseconds;
        internal int Begin;
    }
}
