namespace LiveAvatar.Rtc.Congestion;

/// <summary>Tells from the arrival times of packets whether a queue on the path is filling.</summary>
/// <remarks>
/// The trendline filter of Google congestion control (Carlucci et al., "Analysis and design of the Google congestion
/// control for WebRTC", 2016; draft-ietf-rmcat-gcc-02 section 5): packets sent within 5 ms are one group; the one-way delay
/// variation between groups is summed up and smoothed, a line is laid through the last twenty sums, and its slope is
/// compared with a threshold that adapts to the path's own noise. Times in milliseconds inside.
/// </remarks>
internal sealed class DelayTrend
{
    private const double GroupLength = 5;         // ms of sending that count as one group
    private const int WindowLength = 20;          // groups the line is laid through
    private const double Smoothing = 0.9;
    private const double Gain = 4;                // scales the slope, with the number of groups up to MaxWeight
    private const int MaxWeight = 60;
    private const double OveruseTime = 10;        // ms the slope must stay above the threshold
    private const double ThresholdRise = 0.0087;  // per ms; slower than the fall, so that a competing flow is not fled from
    private const double ThresholdFall = 0.039;
    private const double MaxJump = 15;            // ms beyond the threshold that are a spike, not noise to adapt to
    private const double MinThreshold = 6;
    private const double MaxThreshold = 600;

    private readonly (double Arrival, double Delay)[] _window = new (double, double)[WindowLength];
    private Group? _current;
    private Group? _previous;
    private double _firstArrival = double.NaN;
    private double _sum;
    private double _smoothed;
    private double _threshold = 12.5;
    private double _overTime;
    private double _lastSlope;
    private double _lastArrival;
    private int _overCount;
    private int _groups;

    /// <summary>Delay grows: a queue is filling.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Takes a packet that has arrived; in order of sending.</summary>
    public void OnPacket(TimeSpan sent, TimeSpan arrived)
    {
        var (sentMs, arrivedMs) = (sent.TotalMilliseconds, arrived.TotalMilliseconds);
        if (_current is not { } current)
        {
            _current = new Group(sentMs, sentMs, arrivedMs);
            return;
        }

        if (sentMs < current.FirstSent)
        {
            return; // overtaken on the way: it says nothing about the queue now
        }

        if (sentMs - current.FirstSent <= GroupLength)
        {
            _current = current with { LastSent = Math.Max(sentMs, current.LastSent), LastArrived = Math.Max(arrivedMs, current.LastArrived) };
            return;
        }

        if (_previous is { } previous)
        {
            OnGroups(previous, current);
        }

        _previous = current;
        _current = new Group(sentMs, sentMs, arrivedMs);
    }

    private void OnGroups(in Group previous, in Group current)
    {
        var sentDelta = current.LastSent - previous.LastSent;
        var arrivedDelta = current.LastArrived - previous.LastArrived;
        if (double.IsNaN(_firstArrival))
        {
            _firstArrival = current.LastArrived;
        }

        _sum += arrivedDelta - sentDelta;
        _smoothed = (Smoothing * _smoothed) + ((1 - Smoothing) * _sum);
        _window[_groups++ % WindowLength] = (current.LastArrived - _firstArrival, _smoothed);
        if (_groups < WindowLength)
        {
            return;
        }

        var slope = Slope();
        Judge(slope * Math.Min(_groups, MaxWeight) * Gain, slope, sentDelta);
        Adapt(Math.Abs(slope * Math.Min(_groups, MaxWeight) * Gain), current.LastArrived);
    }

    /// <summary>Least squares through the window.</summary>
    private double Slope()
    {
        var (meanX, meanY) = (0.0, 0.0);
        foreach (var (arrival, delay) in _window)
        {
            meanX += arrival / WindowLength;
            meanY += delay / WindowLength;
        }

        var (covariance, variance) = (0.0, 0.0);
        foreach (var (arrival, delay) in _window)
        {
            covariance += (arrival - meanX) * (delay - meanY);
            variance += (arrival - meanX) * (arrival - meanX);
        }

        return variance > 0 ? covariance / variance : 0;
    }

    private void Judge(double trend, double slope, double sentDelta)
    {
        if (trend > _threshold)
        {
            _overTime += sentDelta;
            _overCount++;
            if (_overTime > OveruseTime && _overCount > 1 && slope >= _lastSlope)
            {
                (_overTime, _overCount) = (0, 0);
                IsOver = true;
            }
        }
        else
        {
            (_overTime, _overCount) = (0, 0);
            IsOver = false;
        }

        _lastSlope = slope;
    }

    private void Adapt(double trend, double arrived)
    {
        var elapsed = Math.Min(arrived - _lastArrival, 100);
        _lastArrival = arrived;
        if (trend <= _threshold + MaxJump)
        {
            var rate = trend < _threshold ? ThresholdFall : ThresholdRise;
            _threshold = Math.Clamp(_threshold + (rate * (trend - _threshold) * elapsed), MinThreshold, MaxThreshold);
        }
    }

    private readonly record struct Group(double FirstSent, double LastSent, double LastArrived);
}
