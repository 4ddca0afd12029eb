using LiveAvatar.Codecs;
using LiveAvatar.Media.Video;

namespace LiveAvatar.Pipeline;

/// <summary>One encoder and when it owes a key frame; a session has one lane for each codec somebody watches in.</summary>
/// <remarks>Used by the send loop only; other threads ask through <see cref="SendLoop.RequestKeyFrame"/>.</remarks>
internal sealed class VideoLane(IVideoEncoder encoder, int bitrate) : IDisposable
{
    /// <summary>However many ask, one key frame in this time serves them all.</summary>
    public static readonly TimeSpan KeyFrameInterval = TimeSpan.FromMilliseconds(200);

    private bool _keyFrameWanted = true;
    private TimeSpan _lastKeyFrame = TimeSpan.MinValue;

    public VideoCodec Codec => encoder.Codec;

    /// <summary>What the encoder makes now.</summary>
    public RateControl Rate { get; } = new(bitrate);

    /// <summary>Makes the encoder follow the best path of those who watch.</summary>
    public void Follow(int bitsPerSecond, int voiceBits)
    {
        if (Rate.Follow(bitsPerSecond, voiceBits))
        {
            encoder.SetBitrate(Rate.Rate);
        }
    }

    public void RequestKeyFrame() => _keyFrameWanted = true;

    /// <summary>Encodes a picture; nothing comes of one that the network has no room for.</summary>
    public EncodedFrame Encode(DrawnFrame frame, TimeSpan now)
    {
        if (!_keyFrameWanted && Rate.LeavesOutNext())
        {
            return default;
        }

        var due = _lastKeyFrame == TimeSpan.MinValue || now - _lastKeyFrame >= KeyFrameInterval;
        var force = due && _keyFrameWanted;
        _keyFrameWanted &= !force;
        var encoded = encoder.Encode(frame.Pixels, frame.MediaTime, force);
        if (encoded.IsKeyFrame)
        {
            _lastKeyFrame = now;
        }

        return encoded;
    }

    public void Dispose() => encoder.Dispose();
}
