using System.Threading.Channels;
using LiveAvatar.Codecs;
using LiveAvatar.Media.Video;
using LiveAvatar.Pipeline.Ledger;
using LiveAvatar.Rtc;

namespace LiveAvatar.Pipeline;

/// <summary>Steps 10 and 11: pictures become access units, once per codec, and go to everyone who watches.</summary>
/// <remarks>One loop per session owns the encoders. It ends when queue B is completed.</remarks>
internal sealed class SendLoop(
    ChannelReader<DrawnFrame> frames,
    BufferPool<DrawnFrame> framePool,
    Func<VideoCodec, IVideoEncoder> createEncoder,
    int videoBitrate,
    ViewerList viewers,
    AvSync sync,
    PipelineCounters counters,
    FrameLedger ledger,
    TimeProvider time)
{
    // Opus at 32 kbit/s in packets of 10 ms, each with 40 bytes of RTP and SRTP.
    private const int VoiceBits = 64_000;

    private readonly VideoLane?[] _lanes = new VideoLane?[Enum.GetValues<VideoCodec>().Length];
    private int _keyFrameWanted;

    /// <summary>The driver's connection; pictures go to it when it is connected.</summary>
    public PeerConnection? Driver { get; set; }

    /// <summary>The codec the driver watches in.</summary>
    public VideoCodec DriverCodec { get; set; }

    /// <summary>Whether pictures go anywhere.</summary>
    public bool IsWatched => Driver is not null || viewers.AnyConnected();

    /// <summary>Asks for a key frame in one codec; any thread.</summary>
    public void RequestKeyFrame(VideoCodec codec) => Interlocked.Or(ref _keyFrameWanted, 1 << (int)codec);

    /// <summary>Encodes and sends until the queue is completed.</summary>
    public async Task RunAsync()
    {
        // The loop must not run on whoever completed the first wait: encoding is long work.
        await Task.Yield();
        try
        {
            while (await frames.WaitToReadAsync().ConfigureAwait(false))
            {
                while (frames.TryRead(out var frame))
                {
                    try
                    {
                        Send(frame);
                    }
                    finally
                    {
                        framePool.Return(frame);
                    }
                }
            }
        }
        finally
        {
            foreach (var lane in _lanes)
            {
                lane?.Dispose();
            }
        }
    }

    private void Send(DrawnFrame frame)
    {
        var wanted = Interlocked.Exchange(ref _keyFrameWanted, 0);
        frame.Times.Encoding = Now();
        var (sent, watched) = (false, false);
        for (var i = 0; i < _lanes.Length; i++)
        {
            var codec = (VideoCodec)i;
            var forDriver = Driver is not null && codec == DriverCodec;
            if (!forDriver && !viewers.AnyConnected(codec))
            {
                continue;
            }

            var lane = _lanes[i] ??= new VideoLane(createEncoder(codec), videoBitrate);
            if ((wanted & (1 << i)) != 0)
            {
                lane.RequestKeyFrame();
            }

            sent |= SendIn(lane, frame, forDriver);
            watched = true;
        }

        if (!sent)
        {
            ledger.Enter(frame.Times, watched ? FrameFate.LeftOut : FrameFate.NotWatched);
            return;
        }

        frame.Times.Sent = Now();
        counters.FramesSent++;
        ledger.Enter(frame.Times, FrameFate.Sent);
        sync.FrameSent(frame.Times.Sent - frame.Times.Received + frame.Age);
    }

    // A recording alone has no path: it gets the full rate.
    private void FollowPaths(VideoLane lane, bool forDriver)
    {
        var best = forDriver ? Driver!.TargetBitrate : 0;
        var voice = 0;
        foreach (var viewer in viewers.Snapshot)
        {
            if (viewer.IsConnected && viewer.Codec == lane.Codec && viewer.Peer.TargetBitrate > best)
            {
                best = viewer.Peer.TargetBitrate;
                voice = VoiceBits;
            }
        }

        lane.Follow(best == 0 ? videoBitrate : best, voice);
    }

    private bool SendIn(VideoLane lane, DrawnFrame frame, bool forDriver)
    {
        FollowPaths(lane, forDriver);
        var started = Now();
        var encoded = lane.Encode(frame, started);
        var encodedAt = Now();
        frame.Times.EncodeWork += encodedAt - started;
        if (encoded.Data.IsEmpty)
        {
            return false; // the network has no room for it
        }

        if (forDriver)
        {
            SendTo(Driver!, lane, encoded, frame);
        }

        foreach (var viewer in viewers.Snapshot)
        {
            if (viewer.IsConnected && viewer.Codec == lane.Codec)
            {
                SendTo(viewer.Peer, lane, encoded, frame);
            }
        }

        if (lane.Codec == VideoCodec.Vp8)
        {
            viewers.Recorder?.AddVideo(encoded.Data, frame.MediaTime, encoded.IsKeyFrame);
        }

        frame.Times.SendWork += Now() - encodedAt;
        counters.VideoBytes += encoded.Data.Length;
        counters.KeyFrames += encoded.IsKeyFrame ? 1 : 0;
        return true;
    }

    // The rate goes with every picture: a peer may have come, or moved to this codec, after it last changed.
    private static void SendTo(PeerConnection peer, VideoLane lane, in EncodedFrame encoded, DrawnFrame frame)
    {
        peer.SetVideoBitrate(lane.Rate.Rate);
        peer.SendVideo(
            encoded.Data,
            PipelineTiming.ToVideoRtp(frame.MediaTime),
            encoded.IsKeyFrame,
            encoded.TemporalLayer,
            frame.Captured.Ntp,
            frame.Captured.ClockOffset);
    }

    private TimeSpan Now() => time.GetElapsedTime(0);
}
