namespace LiveAvatar.Rtc.Tests;

public sealed class NativeTransportTests
{
    [Fact]
    public void LibrariesOfThisMachine_AreKnown() => Assert.Empty(NativeTransport.Verify());
}
