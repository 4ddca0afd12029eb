namespace LiveAvatar.Server.Tests.Access;

/// <summary>A clock that a test moves.</summary>
internal sealed class ManualTime : TimeProvider
{
    private static readonly DateTimeOffset Began = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(TimeSpan time) => _passed += time;

    public override DateTimeOffset GetUtcNow() => Began + _passed;

    public override long GetTimestamp() => _passed.Ticks;
}
