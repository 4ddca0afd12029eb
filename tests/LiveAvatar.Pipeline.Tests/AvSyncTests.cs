namespace LiveAvatar.Pipeline.Tests;

public class AvSyncTests
{
    [Fact]
    public void NothingSentYet_HoldsNothing() => Assert.Equal(TimeSpan.Zero, new AvSync().Hold);

    [Fact]
    public void SteadyFrames_HoldTheirLatencyLessTheReceiversLag()
    {
        var sync = new AvSync();
        for (var i = 0; i < 100; i++)
        {
            sync.FrameSent(TimeSpan.FromMilliseconds(90));
        }

        Assert.Equal(TimeSpan.FromMilliseconds(90) - AvSync.ReceiverAudioLag, sync.Hold);
    }

    [Fact]
    public void OneLateFrame_HardlyMovesTheVoice()
    {
        var sync = new AvSync();
        sync.FrameSent(TimeSpan.FromMilliseconds(80));
        var before = sync.Hold;
        sync.FrameSent(TimeSpan.FromMilliseconds(240));
        Assert.InRange(sync.Hold - before, TimeSpan.Zero, TimeSpan.FromMilliseconds(6));
    }

    [Fact]
    public void HopelessFrames_NeverHoldTheVoiceLonger()
    {
        var sync = new AvSync();
        for (var i = 0; i < 1000; i++)
        {
            sync.FrameSent(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(AvSync.MaxHold, sync.Hold);
    }
}
