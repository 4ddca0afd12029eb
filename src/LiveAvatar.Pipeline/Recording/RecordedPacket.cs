namespace LiveAvatar.Pipeline.Recording;

/// <summary>One encoded picture or Opus packet on its way into the file; used again and again.</summary>
internal sealed class RecordedPacket
{
    private byte[] _buffer = new byte[4096]; // grows to the largest picture it ever holds
    private int _length;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Data => _buffer.AsSpan(0, _length);

    /// <summary>When it is shown, or its first sample heard.</summary>
    public TimeSpan MediaTime { get; private set; }

    /// <summary>A picture.</summary>
    public bool IsVideo { get; private set; }

    /// <summary>A picture that needs no other.</summary>
    public bool IsKeyFrame { get; private set; }

    /// <summary>Takes a copy.</summary>
    public void Set(ReadOnlySpan<byte> data, TimeSpan mediaTime, bool isVideo, bool isKeyFrame)
    {
        if (_buffer.Length < data.Length)
        {
            _buffer = new byte[data.Length * 2];
        }

        data.CopyTo(_buffer);
        (_length, MediaTime, IsVideo, IsKeyFrame) = (data.Length, mediaTime, isVideo, isKeyFrame);
    }
}
