namespace LiveAvatar.Results.Tests;

/// <summary>Numbers as people read them.</summary>
public class NumberTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.0312, "0.031")]
    [InlineData(0.61, "0.61")]
    [InlineData(9.999, "10")]
    [InlineData(29.84, "29.8")]
    [InlineData(99.97, "100")]
    [InlineData(412.3, "412")]
    [InlineData(123456, "123,456")]
    [InlineData(-18.4, "−18.4")]
    public void Format_KeepsThreeFigures(double value, string text) => Assert.Equal(text, Number.Format(value));
}
