using LiveAvatar.Media.Rtcp;

namespace LiveAvatar.Rtc.Congestion;

/// <summary>Says how fast to send, from transport-wide feedback: by the trend of the delay and by the loss, whichever allows less.</summary>
/// <remarks>
/// After draft-ietf-rmcat-gcc-02, and with a bound on the standing queue, whose own delay would make the trend speak too
/// late. The stream has a rate its encoder needs and no more, so the estimate starts there, gives
/// way when the path does, and comes back to it: slowly from near the rate at which the path last gave way until more than
/// that arrives, for then it has widened, and quickly everywhere else. It never probes above. Pure: time is an argument. Called under the send lock.
/// </remarks>
internal sealed class BandwidthEstimator
{
    /// <summary>Below this a face is no longer worth sending: 512x512 at 25 frames with VP8's coarsest steps.</summary>
    public const int MinBitrate = 100_000;

    /// <summary>Of what the path bears, when a queue stands.</summary>
    public const double QueueShare = 0.7;

    private const double TrendShare = 0.85;        // of what the path bears, when a queue grows
    private const double EmptyShare = 0.3;         // of it, to empty one that everybody sees
    private const double Over = 1.1;               // times what may be sent arrives: a queue empties
    private const double FarOver = 1.5;            // times what arrives may be sent: the path bears far less
    private const double SlowGrowth = 1.12;        // a second, near the ceiling
    private const double FastGrowth = 1.6;         // a second, elsewhere
    private const double LeastGrowth = 1.05;       // a second, while a queue may stand
    private const double LossGrowth = 1.25;        // a second, after loss
    private const double SomeLossGrowth = 1.08;    // a second, while some is lost and the delay says nothing
    private const double NearFrom = 0.8;           // of the ceiling
    private const double Widened = 1.08;           // times it arrives: the path bears more than it did
    private const double CeilingMemory = 0.7;      // of the ceiling is kept when the path gives way again
    private const double QueueMemory = 0.5;        // of it is kept while one queue stands
    private const double MaxOverArrived = 1.5;     // of what demonstrably arrives: an idle encoder is no proof of room
    private const double RoomFrom = 0.7;           // of the encoder's need; a cut by a false alarm, as loss brings with it, leaves more
    private const double LowLoss = 0.02;
    private const double HighLoss = 0.12;          // the draft says 0.10, between which and 2 % it never grows: a radio link that always loses would starve
    private const int MinLossSample = 20;          // packets: fewer make the share of lost ones a dice throw

    private static readonly TimeSpan VeryLongQueue = TimeSpan.FromMilliseconds(220);
    private static readonly TimeSpan LongQueue = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortQueue = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan LossInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FeedbackInterval = TimeSpan.FromMilliseconds(100);

    private readonly SentPacketLog _log = new();
    private readonly DelayTrend _trend = new();
    private readonly QueueDelay _queue = new();
    private readonly QueueDrain _drain = new();
    private readonly ArrivalRate _arrivals = new();
    private readonly double _max;
    private double _byDelay;
    private double? _ceiling; // what arrived when the path last gave way
    private double _byLoss;
    private double _receiverLimit = double.PositiveInfinity;
    private TimeSpan? _lastFeedback;
    private TimeSpan _nextBackOff;
    private TimeSpan _nextLossUpdate;
    private int _received;
    private int _lost;

    /// <param name="maxBitrate">The rate the encoder needs, bits per second.</param>
    public BandwidthEstimator(int maxBitrate) => _max = _byDelay = _byLoss = maxBitrate;

    /// <summary>Bits per second that may be sent, between <see cref="MinBitrate"/> and the encoder's need.</summary>
    public int Target => (int)Math.Clamp(Math.Min(Math.Min(_byDelay, _byLoss), _receiverLimit), Math.Min(MinBitrate, _max), _max);

    /// <summary>Whether delay and the peer leave the encoder most of what it needs; what is lost then is not for want of room.</summary>
    public bool HasRoom => Math.Min(_byDelay, _receiverLimit) >= RoomFrom * _max;

    public void OnSent(ushort sequence, int bytes, TimeSpan now) => _log.Add(sequence, now, bytes);

    /// <summary>The packets go another way from now on: what was learnt of delay is void.</summary>
    public void OnPathChanged() => _queue.Reset();

    /// <summary>Takes the peer's own estimate (REMB), bits per second.</summary>
    public void OnReceiverLimit(long bitsPerSecond) => _receiverLimit = bitsPerSecond > 0 ? bitsPerSecond : double.PositiveInfinity;

    /// <summary>Takes one transport-wide feedback.</summary>
    public void OnFeedback(ReadOnlySpan<TransportFeedbackEntry> entries, TimeSpan roundTrip, TimeSpan now)
    {
        foreach (ref readonly var entry in entries)
        {
            if (!entry.Received)
            {
                _lost += _log.Contains(entry.Sequence) ? 1 : 0;
            }
            else if (_log.TryTake(entry.Sequence, out var sent, out var bytes))
            {
                _received++;
                _arrivals.Add(entry.Arrival, bytes);
                _trend.OnPacket(sent, entry.Arrival);
                _queue.OnPacket(sent, entry.Arrival);
            }
        }

        _queue.Update(now);
        UpdateByDelay(roundTrip, now);
        UpdateByLoss(roundTrip, now);
        _lastFeedback = now;
    }

    private void UpdateByDelay(TimeSpan roundTrip, TimeSpan now)
    {
        var arrived = _arrivals.BitsPerSecond;
        var isLong = _queue.Current > LongQueue;
        if (_drain.IsOverdue(now))
        {
            _queue.Reset();
            Resume();
        }
        else if (isLong || _trend.IsOver)
        {
            GiveWay(isLong, (isLong ? _arrivals.RecentBitsPerSecond : arrived) ?? _byDelay, roundTrip, now);
        }
        else if (!_drain.IsRunning)
        {
            _byDelay = Grow(_byDelay, arrived, now);
        }
        else if (_queue.Current < ShortQueue)
        {
            Resume();
        }
    }

    private void GiveWay(bool isLong, double arrives, TimeSpan roundTrip, TimeSpan now)
    {
        // While a queue empties, more arrives than is sent, as much as the path bears. About as much as is sent says nothing.
        var exceeds = isLong && _byDelay > FarOver * arrives;
        var isMeasured = !_drain.IsRunning || _trend.IsOver || exceeds || arrives > Over * _byDelay;
        if (isMeasured)
        {
            _ceiling = Blend(_ceiling, arrives, _drain.IsRunning ? QueueMemory : CeilingMemory);
        }

        // Not again before the queue could have answered, unless the last measure was of the time before the path became narrow.
        if (now >= _nextBackOff || exceeds)
        {
            var share = _queue.Current > VeryLongQueue ? EmptyShare : isLong ? QueueShare : TrendShare;
            _byDelay = Math.Max(Math.Min(_byDelay, share * (isMeasured ? arrives : _ceiling ?? arrives)), MinBitrate);
            _nextBackOff = now + roundTrip + (2 * FeedbackInterval);
        }

        if (isLong)
        {
            _drain.Expect(_queue.Current, roundTrip, now);
        }
    }

    /// <summary>On with what the path was seen to bear.</summary>
    private void Resume()
    {
        _drain.Stop();
        _byDelay = Math.Clamp(TrendShare * (_ceiling ?? _byDelay), _byDelay, _max);
    }

    private void UpdateByLoss(TimeSpan roundTrip, TimeSpan now)
    {
        if (now < _nextLossUpdate || _received + _lost < MinLossSample)
        {
            return;
        }

        var loss = (double)_lost / (_received + _lost);
        (_received, _lost) = (0, 0);
        if (loss > HighLoss)
        {
            // What a full queue lost is the delay's matter too: not less than what the path was seen to bear, less the loss.
            _byLoss = Math.Max(Math.Min(_byLoss, Math.Max(Target, _ceiling ?? 0)) * (1 - (loss / 2)), MinBitrate);
        }
        else
        {
            _byLoss = Math.Min(_byLoss * Math.Pow(loss < LowLoss ? LossGrowth : SomeLossGrowth, (LossInterval + roundTrip).TotalSeconds), _max);
        }

        _nextLossUpdate = now + LossInterval + roundTrip;
    }

    // What differs by more than half or double is another path.
    private static double Blend(double? before, double borne, double memory) =>
        before is { } bits && borne > bits / 2 && borne < bits * 2 ? (memory * bits) + ((1 - memory) * borne) : borne;

    private double Grow(double rate, double? arrived, TimeSpan now)
    {
        var elapsed = _lastFeedback is { } last ? Math.Clamp((now - last).TotalSeconds, 0, 1) : 0;
        _ceiling = arrived > Widened * _ceiling ? null : _ceiling; // not by the estimate, which an encoder may lag behind
        var growth = _queue.Current > ShortQueue ? LeastGrowth : rate > NearFrom * _ceiling ? SlowGrowth : FastGrowth;
        var grown = Math.Min(rate * Math.Pow(growth, elapsed), _max);
        return arrived is { } bits ? Math.Max(rate, Math.Min(grown, MaxOverArrived * bits)) : grown;
    }
}
