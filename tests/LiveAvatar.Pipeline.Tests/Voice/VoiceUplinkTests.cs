using System.Threading.Channels;
using LiveAvatar.Codecs;
using LiveAvatar.Pipeline.Voice;
using LiveAvatar.Rtc;

namespace LiveAvatar.Pipeline.Tests.Voice;

public sealed class VoiceUplinkTests : IDisposable
{
    private const int ChunkSamples = 640;

    private readonly Channel<SpeechChunk> _chunks;
    private readonly BufferPool<SpeechChunk> _pool = new(64, () => new SpeechChunk(ChunkSamples));
    private readonly PipelineCounters _counters = new();
    private readonly OpusEncoder _opus = new(new OpusEncoderOptions());
    private readonly VoiceUplink _uplink;
    private readonly byte[] _packet = new byte[1275];
    private long _sequence = 100;

    public VoiceUplinkTests()
    {
        _chunks = Channel.CreateBounded<SpeechChunk>(60);
        _uplink = new VoiceUplink(
            new ChunkFeed(ChunkSamples, _pool, _chunks.Writer, _counters, TimeProvider.System), new VoiceRelay(new AvSync(), new ViewerList(), _counters), _counters);
        _uplink.Start(TimeSpan.Zero);
    }

    [Fact]
    public void FourPackets_MakeOneChunk()
    {
        Assert.False(Send(Tone(), Ms(0)));
        Assert.False(Send(Tone(), Ms(10)));
        Assert.False(Send(Tone(), Ms(20)));
        Assert.True(Send(Tone(), Ms(30)));
    }

    [Fact]
    public void Onset_AppearsAtItsMediaTime()
    {
        // 400 ms of silence, then a tone: with Opus's and the resampler's delay taken into account, the chunk that
        // holds media time 1.4 s is the first loud one.
        for (var i = 0; i < 80; i++)
        {
            Send(i < 40 ? new float[480] : Tone(i), Ms(i * 10));
        }

        var loud = Taken().First(chunk => chunk.Samples.Any(sample => MathF.Abs(sample) > 0.05f));
        var first = Array.FindIndex(loud.Samples, sample => MathF.Abs(sample) > 0.05f);
        var onset = loud.MediaTime + TimeSpan.FromSeconds(first / 16_000.0) - PipelineTiming.FirstMediaTime;
        Assert.InRange(onset.TotalMilliseconds, 398, 410);
    }

    [Fact]
    public void NoPackets_SilenceMakesChunksAtTheSamePace()
    {
        for (var now = Ms(0); now <= Ms(1000); now += Ms(5))
        {
            _uplink.Tick(now);
        }

        Assert.Equal(25, Taken().Count);
        Assert.Equal(100, _counters.SilenceFilled);
    }

    [Fact]
    public void LostPackets_AreConcealedAndTheTimelineHolds()
    {
        for (var i = 0; i < 100; i++)
        {
            if (i % 10 == 5)
            {
                _sequence++;
                Encode(Tone(i));
                continue;
            }

            Send(Tone(i), Ms(i * 10));
        }

        Assert.Equal(10, _counters.AudioConcealed);
        Assert.Equal(25, Taken().Count);
    }

    [Fact]
    public void GarbageInsteadOfOpus_IsCountedAndSkipped()
    {
        var garbage = new byte[] { 0xFF, 0xFF, 0xFF };
        _uplink.Accept(new ReceivedAudio { Sequence = 1, RtpTimestamp = 0, Payload = garbage, Arrived = Ms(0) });
        Assert.Equal(1, _counters.AudioUndecodable);
    }

    [Fact]
    public void CaptureTime_FollowsTheSound()
    {
        var second = 1UL << 32;
        for (var i = 0; i < 40; i++)
        {
            Send(Tone(i), Ms(i * 10), captureNtp: (1000 * second) + (ulong)(i * 0.010 * second));
        }

        foreach (var chunk in Taken().Skip(1))
        {
            var captured = (chunk.Captured.Ntp - (1000 * second)) / (double)second;
            var media = (chunk.MediaTime - PipelineTiming.FirstMediaTime).TotalSeconds;
            Assert.InRange(captured - media, -0.0001, 0.0001);
        }
    }

    [Fact]
    public void Interrupted_IsSilentUntilTheSpeakerPauses()
    {
        Play(0, 100, Tone);
        Taken();
        var silentFrom = _uplink.Interrupt();
        Assert.Equal(2.0, silentFrom.TotalSeconds, 1e-9);
        Play(100, 150, Tone); // the rest of the sentence
        Assert.All(Taken().Where(chunk => chunk.MediaTime > silentFrom), chunk => Assert.True(Loudest(chunk) < 0.01));
        Play(150, 190, _ => new float[480]); // a pause of 0.4 s
        Taken();
        Play(190, 230, Tone);
        Assert.True(Taken().Max(Loudest) > 0.3);
    }

    [Fact]
    public void Interrupted_SpeaksAgainAfter5sWithoutAPause()
    {
        Play(0, 100, Tone);
        _uplink.Interrupt();
        for (var i = 100; i < 580; i += 40)
        {
            Play(i, i + 40, Tone);
            ReturnAll();
        }

        Play(580, 660, Tone);
        Assert.True(Taken().Max(Loudest) > 0.3);
    }

    [Fact]
    public void SteadyFlow_AllocatesNothing()
    {
        var tone = Tone();
        var i = 0;
        Allocation.AssertNone(() =>
        {
            Send(tone, Ms(i * 10));
            _uplink.Tick(Ms((i * 10) + 5));
            ReturnAll();
            i++;
        });
    }

    public void Dispose()
    {
        _uplink.Dispose();
        _opus.Dispose();
    }

    private static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    private static float[] Tone(int block = 0) =>
        [.. Enumerable.Range(block * 480, 480).Select(i => 0.4f * MathF.Sin(2 * MathF.PI * 300 * i / 48_000))];

    private static float Loudest(SpeechChunk chunk) => chunk.Samples.Max(MathF.Abs);

    private void Play(int from, int to, Func<int, float[]> sound)
    {
        for (var i = from; i < to; i++)
        {
            Send(sound(i), Ms(i * 10));
        }
    }

    private int Encode(float[] pcm) => _opus.Encode(pcm, _packet);

    private bool Send(float[] pcm, TimeSpan now, ulong captureNtp = 0)
    {
        var length = Encode(pcm);
        var sequence = _sequence++;
        return _uplink.Accept(new ReceivedAudio
        {
            Sequence = sequence,
            RtpTimestamp = sequence * 480,
            Payload = _packet.AsSpan(0, length),
            Arrived = now,
            CaptureNtp = captureNtp,
        });
    }

    private List<SpeechChunk> Taken()
    {
        var taken = new List<SpeechChunk>();
        while (_chunks.Reader.TryRead(out var chunk))
        {
            taken.Add(chunk);
        }

        return taken;
    }

    private void ReturnAll()
    {
        while (_chunks.Reader.TryRead(out var chunk))
        {
            _pool.Return(chunk);
        }
    }
}
