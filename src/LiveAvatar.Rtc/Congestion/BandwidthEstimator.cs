using LiveAvatar.Media.Rtcp;

namespace LiveAvatar.Rtc.Congestion;

/// <summary>Says how fast to send, from transport-wide feedback: by the trend of the delay and by the loss, whichever allows less.</summary>
/// <remarks>
/// After draft-ietf-rmcat-gcc-02, and with a bound on the standing queue, whose own delay would make the trend speak too
/// late. The stream has a rate its encoder needs and no more, so the estimate starts there, gives
/// way when the path does, and comes back to it: slowly near the rate at which the path last gave way, quickly everywhere
/// else, since a path that takes more than that has widened. It never probes above. Pure: time is an argument. Called under the send lock.
/// </remarks>
internal sealed class BandwidthEstimator
{
    /// <summary>Below this a face is no longer worth sending: 512x512 at 25 frames with VP8's coarsest steps.</summary>
    public const int MinBitrate = 100_000;

    private const double BackOff = 0.85;
    private const double GiveWay = 0.7;            // of what arrives, when a queue stands
    private const double Drain = 0.3;              // of what arrives, to empty a queue that everybody sees
    private const double SlowGrowth = 1.12;        // a second, near the ceiling
    private const double FastGrowth = 1.5;         // a second, elsewhere
    private const double LossGrowth = 1.25;        // a second, after loss
    private const double SomeLossGrowth = 1.08;    // a second, while some is lost and the delay says nothing
    private const double NearFrom = 0.8;           // of the ceiling
    private const double NearUntil = 1.15;
    private const double CeilingMemory = 0.7;      // of the ceiling is kept when the path gives way again
    private const double MaxOverArrived = 1.5;     // of what demonstrably arrives: an idle encoder is no proof of room
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
    private readonly ArrivalRate _arrivals = new();
    private readonly double _max;
    private double _byDelay;
    private double? _ceiling; // what arrived when the path last gave way
    private bool _drains;
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

    /// <summary>Whether delay and the peer leave the encoder all it needs; what is lost then is not for want of room.</summary>
    public bool HasRoom => Math.Min(_byDelay, _receiverLimit) >= _max;

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
        if (isLong || _trend.Usage == PathUsage.Over)
        {
            if (now >= _nextBackOff)
            {
                var borne = (isLong ? _arrivals.RecentBitsPerSecond : arrived) ?? _byDelay;
                _ceiling = _ceiling is { } before && borne > before / 2 && borne < before * 2 ? (CeilingMemory * before) + ((1 - CeilingMemory) * borne) : borne;
                var share = _queue.Current > VeryLongQueue ? Drain : isLong ? GiveWay : BackOff;
                _byDelay = Math.Max(Math.Min(_byDelay, share * borne), MinBitrate);
                _drains |= isLong;
                _nextBackOff = now + roundTrip + (2 * FeedbackInterval); // until the queue could have answered to it
            }
        }
        else if (_drains && _queue.Current < ShortQueue)
        {
            // The queue is empty: on with what the path was seen to bear.
            _drains = false;
            _byDelay = Math.Clamp(BackOff * (_ceiling ?? _byDelay), _byDelay, _max);
        }
        else if (_trend.Usage == PathUsage.Normal && _queue.Current < ShortQueue)
        {
            _byDelay = Grow(_byDelay, arrived, now);
        }
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

    private double Grow(double rate, double? arrived, TimeSpan now)
    {
        var elapsed = _lastFeedback is { } last ? Math.Clamp((now - last).TotalSeconds, 0, 1) : 0;
        _ceiling = rate > NearUntil * _ceiling ? null : _ceiling;
        var growth = rate > NearFrom * _ceiling ? SlowGrowth : FastGrowth;
        var grown = Math.Min(rate * Math.Pow(growth, elapsed), _max);
        return arrived is { } bits ? Math.Max(rate, Math.Min(grown, MaxOverArrived * bits)) : grown;
    }

    /// <summary>The rate at which packets arrive, over the last half second of the receiver's clock.</summary>
    private sealed class ArrivalRate
    {
        private static readonly TimeSpan Span = TimeSpan.FromMilliseconds(500);
        private static readonly TimeSpan Recent = TimeSpan.FromMilliseconds(150);

        private readonly Queue<(TimeSpan Arrived, int Bytes)> _packets = new();
        private TimeSpan _newest;
        private long _bytes;

        /// <summary>Null until the window is filled.</summary>
        public double? BitsPerSecond =>
            _packets.TryPeek(out var oldest) && _newest - oldest.Arrived >= Span / 2 ? _bytes * 8 / (_newest - oldest.Arrived).TotalSeconds : null;

        /// <summary>The same over the last 150 ms: what a path bears that has just become narrow. Null until there is that much.</summary>
        public double? RecentBitsPerSecond
        {
            get
            {
                var (bytes, first) = (0L, _newest);
                foreach (var (arrived, length) in _packets)
                {
                    if (_newest - arrived <= Recent)
                    {
                        bytes += length;
                        first = arrived < first ? arrived : first;
                    }
                }

                return _newest - first >= Recent / 2 ? bytes * 8 / (_newest - first).TotalSeconds : null;
            }
        }

        public void Add(TimeSpan arrived, int bytes)
        {
            _newest = arrived > _newest ? arrived : _newest;
            _packets.Enqueue((arrived, bytes));
            _bytes += bytes;
            while (_packets.TryPeek(out var oldest) && (_newest - oldest.Arrived > Span || _packets.Count > 4096))
            {
                _packets.Dequeue();
                _bytes -= oldest.Bytes;
            }
        }
    }
}
