using System.Text;

namespace LiveAvatar.Results.Tests;

/// <summary>Files that are results, and files that are not.</summary>
public sealed class ResultFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WhatWasWritten_IsReadBack()
    {
        var path = Path.Combine(_folder, "result.json");
        Samples.Full().Write(path);
        var result = RunResult.Read(path);

        Assert.Equal(Samples.Full().Metrics[0].Distribution!.Quantiles, result.Metrics[0].Distribution!.Quantiles);
        Assert.Equal(Samples.Full().Metrics[2].Targets, result.Metrics[2].Targets);
        Assert.Equal(Samples.Full().Waterfall, result.Waterfall);
        Assert.Equal(Samples.Full().Series[0].Y, result.Series[0].Y);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"format":"2"}""")]
    [InlineData("""{"format":2}""")]
    [InlineData("""{"format":2.5}""")]
    [InlineData("""{"format":99999999999}""")]
    [InlineData("\u0001\u0002")]
    public void Garbage_IsToldInALine(string text)
    {
        var message = Read(text)!.Message;

        Assert.StartsWith(_folder, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void OldFormat_IsNamed() => Assert.Contains("has format 1; this version reads 2", Read("""{"format":1,"results":{}}""")!.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"ms\"", "null")]
    [InlineData("0.61", "\"much\"")]
    [InlineData("0.61", "1e999")]
    [InlineData("\"lower\"", "\"sideways\"")]
    [InlineData("\"title\": \"lead\"", "\"title\": null")]
    [InlineData("\"call/cores\"", "\"call/latency\"")] // two of a name
    [InlineData("\"call/cores\"", "\"\\ud800\"")]
    [InlineData("\"sound\"", "\"smell\"")]
    [InlineData("\"y\": [", "\"y\": [ 1,")]
    [InlineData("\"x\": [", "\"z\": [")]
    [InlineData("\"metrics\": [", "\"metrics\": [ null,")]
    [InlineData("\"waterfall\": [", "\"waterfall\": [ null,")]
    [InlineData("\"quantiles\": [", "\"quantiles\": [ 1e6,")]
    [InlineData("\"quantiles\": [", "\"quantities\": [")]
    [InlineData("\"seconds\": \"60\"", "\"seconds\": null")]
    [InlineData("\"kind\": \"call\"", "\"kind\": null")]
    public void OneThingWrong_IsRefused(string right, string wrong)
    {
        var text = Text();
        Assert.Contains(right, text, StringComparison.Ordinal);

        Assert.NotNull(Read(text.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void EachPrefix_IsRefused()
    {
        var bytes = Encoding.UTF8.GetBytes(Text().TrimEnd());
        for (var length = 0; length < bytes.Length; length += 1 + (bytes.Length / 300))
        {
            Assert.NotNull(Read(bytes[..length]));
        }
    }

    [Fact]
    public void DamagedBytes_NeverThrowAnythingElse()
    {
        var random = new Random(1);
        var refused = 0;
        for (var trial = 0; trial < 300; trial++)
        {
            var bytes = Encoding.UTF8.GetBytes(Text());
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            refused += Read(bytes) is null ? 0 : 1;
        }

        Assert.InRange(refused, 50, 299); // a changed digit is still a result
    }

    [Fact]
    public void NoFile_IsToldInALine()
    {
        Assert.Throws<ResultFileException>(() => RunResult.Read(Path.Combine(_folder, "none.json")));
        Assert.Throws<ResultFileException>(() => RunResult.Read(_folder));
        Assert.Throws<ResultFileException>(() => RunResult.Read(""));
    }

    private string Text()
    {
        var path = Path.Combine(_folder, "whole.json");
        Samples.Full().Write(path);
        return File.ReadAllText(path);
    }

    private ResultFileException? Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private ResultFileException? Read(byte[] bytes)
    {
        var path = Path.Combine(_folder, "damaged.json");
        File.WriteAllBytes(path, bytes);
        return Record.Exception(() => RunResult.Read(path)) is { } e ? Assert.IsType<ResultFileException>(e) : null;
    }
}
