using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.Rtc.Tests.Transport;

public sealed class DatagramClassifierTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(3, 0, 1)]
    [InlineData(4, 0, 0)]
    [InlineData(16, 0, 0)]
    [InlineData(19, 0, 0)]
    [InlineData(20, 0, 2)]
    [InlineData(63, 0, 2)]
    [InlineData(64, 0, 0)]
    [InlineData(127, 0, 0)]
    [InlineData(128, 111, 3)]
    [InlineData(191, 239, 3)]
    [InlineData(128, 191, 3)]
    [InlineData(128, 192, 4)]
    [InlineData(128, 200, 4)]
    [InlineData(128, 223, 4)]
    [InlineData(128, 224, 3)]
    [InlineData(192, 0, 0)]
    [InlineData(255, 0, 0)]
    public void FirstBytes_TellTheProtocol(int first, int second, int kind)
    {
        var datagram = new byte[20];
        datagram[0] = (byte)first;
        datagram[1] = (byte)second;
        Assert.Equal((DatagramKind)kind, DatagramClassifier.Classify(datagram));
    }

    [Fact]
    public void TooShortForTheirHeaders_AreUnknown()
    {
        Assert.Equal(DatagramKind.Unknown, DatagramClassifier.Classify([]));
        Assert.Equal(DatagramKind.Unknown, DatagramClassifier.Classify(new byte[19]));
        Assert.Equal(DatagramKind.Unknown, DatagramClassifier.Classify([22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal(DatagramKind.Unknown, DatagramClassifier.Classify([0x80, 111, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    }
}
