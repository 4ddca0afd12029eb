using LiveAvatar.Codecs;
using LiveAvatar.Pipeline.Recording;

namespace LiveAvatar.Pipeline.Tests.Recording;

public sealed class SessionRecorderTests
{
    private static readonly TimeSpan Begin = TimeSpan.FromSeconds(7.3); // of media time: a session that has run for a while
    private readonly byte[] _voice = Voice();
    private int _keyFrames;

    [Fact]
    public async Task EndedRecorder_LetsItsSessionGo()
    {
        var (recorder, session) = Record();
        await recorder.StopAsync();
        for (var i = 0; i < 50 && session.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.False(session.IsAlive);
        Assert.False(recorder.IsRunning);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static (SessionRecorder Recorder, WeakReference Session) Record()
        {
            var owner = new byte[1000];
            return (new SessionRecorder(new MemoryStream(), 64, 64, () => owner[0]++), new WeakReference(owner));
        }
    }

    [Fact]
    public async Task File_BeginsWithTheFirstKeyFrameAndHasNoHolesInItsSound()
    {
        using var file = new MemoryStream();
        var recorder = Make(file);
        for (var i = 0; i < 100; i++)
        {
            var time = Begin + (i * TimeSpan.FromMilliseconds(40));
            if (i is < 20 or >= 60)
            {
                recorder.AddVoice(_voice, time + TimeSpan.FromMilliseconds(60));
                recorder.AddVoice(_voice, time + TimeSpan.FromMilliseconds(80));
            }

            recorder.AddVideo(Picture(i == 5), time, i == 5);
        }

        await recorder.StopAsync();
        Assert.Null(recorder.Failure);
        Assert.Equal(94 * 0.04, recorder.Duration.TotalSeconds, 1e-6); // from frame 5 on
        var blocks = WebMBlocks.Read(file.ToArray());
        var (video, audio) = (blocks.Where(b => b.Track == 1).ToList(), blocks.Where(b => b.Track == 2).ToList());
        Assert.Equal((95, 0, true), (video.Count, video[0].Milliseconds, video[0].IsKey));
        Assert.All(audio.Zip(audio.Skip(1)), pair => Assert.Equal(20, pair.Second.Milliseconds - pair.First.Milliseconds));
        Assert.Equal(0, audio[0].Milliseconds);
        Assert.InRange(audio[^1].Milliseconds, 3740, 3860); // silence while nobody spoke, then voice again
        Assert.InRange(audio.Count(b => b.Length == 3), 75, 90); // the pause of 1.6 s
    }

    [Fact]
    public async Task SlowDisk_LosesPicturesUpToTheNextKeyFrameAndHoldsNobodyUp()
    {
        using var file = new GatedStream();
        var recorder = Make(file);
        recorder.AddVideo(Picture(true), Begin, true);
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 1; i < 1000; i++)
        {
            recorder.AddVideo(Picture(false), Begin + (i * TimeSpan.FromMilliseconds(40)), false);
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds, 0, 1000);
        Assert.Equal((1L, 1), (recorder.Dropped, _keyFrames)); // after the first loss nothing is offered until a key frame
        file.Open();
        await recorder.StopAsync();
        Assert.Null(recorder.Failure);
    }

    [Fact]
    public async Task FullDisk_EndsTheRecordingAlone()
    {
        var recorder = Make(new FullDisk());
        for (var i = 0; i < 500 && !recorder.Completed.IsCompleted; i++)
        {
            recorder.AddVideo(Picture(i == 0), Begin + (i * TimeSpan.FromMilliseconds(40)), i == 0);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        await recorder.StopAsync();
        Assert.IsType<IOException>(recorder.Failure);
        _keyFrames = 0;
        recorder.AddVideo(Picture(true), Begin + TimeSpan.FromHours(1), true); // the session does not know and goes on
        Assert.Equal((false, 0), (recorder.IsRunning, _keyFrames)); // and is not asked for key frames that nobody writes
    }

    [Fact]
    public void Recording_AllocatesNothingOnTheSessionsThreads()
    {
        using var file = new GatedStream();
        file.Open();
        var recorder = Make(file);
        var (key, picture) = (Picture(true), Picture(false));
        recorder.AddVideo(key, Begin, true);
        var i = 0;
        Allocation.AssertNone(() =>
        {
            i++;
            recorder.AddVideo(picture, Begin + (i * TimeSpan.FromMilliseconds(40)), false);
            recorder.AddVoice(_voice, Begin + (i * TimeSpan.FromMilliseconds(40)));
            while (recorder.Duration < (i - 100) * TimeSpan.FromMilliseconds(40))
            {
                Thread.Yield();
            }
        });
    }

    private static byte[] Voice()
    {
        using var encoder = new OpusEncoder(new OpusEncoderOptions());
        var packet = new byte[OpusEncoder.MaxPacketLength];
        return packet[..encoder.Encode([.. Enumerable.Range(0, 960).Select(i => 0.3f * MathF.Sin(i * 0.05f))], packet)];
    }

    private static byte[] Picture(bool isKey) => [(byte)(isKey ? 0 : 1), .. new byte[2000]];

    private SessionRecorder Make(Stream file) => new(file, 512, 512, () => _keyFrames++);

    /// <summary>A disk that writes nothing until it is opened.</summary>
    private sealed class GatedStream : MemoryStream
    {
        private readonly ManualResetEventSlim _open = new();

        public void Open() => _open.Set();

        public override void Write(ReadOnlySpan<byte> buffer) => _open.Wait();

        protected override void Dispose(bool disposing)
        {
            _open.Set();
            base.Dispose(disposing);
        }
    }

    /// <summary>A disk with room for the header.</summary>
    private sealed class FullDisk : MemoryStream
    {
        private int _writes;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (_writes++ > 0)
            {
                throw new IOException("No space left on device");
            }

            base.Write(buffer);
        }
    }
}
