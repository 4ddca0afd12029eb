using System.Diagnostics.Metrics;

namespace LiveAvatar.Server.Telemetry;

/// <summary>One instrument and everything it has measured, by label set.</summary>
/// <remarks>Measurements come from any thread; once a label set is known, recording takes no lock and allocates nothing.</remarks>
internal sealed class MetricSeries(Instrument instrument, double[]? buckets)
{
    // A label with unbounded values is a programming error; it must not eat the memory of a server that runs for months.
    private const int MaxLabelSets = 256;

    private readonly Lock _gate = new(); // guards replacing _points
    private Point[] _points = [];

    /// <summary>The instrument that feeds this.</summary>
    public Instrument Instrument { get; } = instrument;

    /// <summary>Upper bounds of the histogram's buckets without +Inf; null when it is not a histogram.</summary>
    public double[]? Buckets { get; } = buckets;

    /// <summary>A consistent enough copy for a scrape.</summary>
    public IReadOnlyList<Point> Points => Volatile.Read(ref _points);

    /// <summary>Adds to a counter.</summary>
    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) => Find(labels)?.Add(value);

    /// <summary>Sets a gauge or a counter that is observed as a whole.</summary>
    public void Set(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) => Find(labels)?.Set(value);

    /// <summary>Puts a value into its histogram bucket.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) => Find(labels)?.Record(value, Buckets!);

    private Point? Find(ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        foreach (var point in Volatile.Read(ref _points))
        {
            if (point.Has(labels))
            {
                return point;
            }
        }

        lock (_gate)
        {
            foreach (var point in _points)
            {
                if (point.Has(labels))
                {
                    return point;
                }
            }

            if (_points.Length == MaxLabelSets)
            {
                return null;
            }

            var added = new Point(labels.ToArray(), Buckets?.Length + 1 ?? 0);
            Volatile.Write(ref _points, [.. _points, added]);
            return added;
        }
    }

    /// <summary>The values of one label set.</summary>
    public sealed class Point(KeyValuePair<string, object?>[] labels, int counts)
    {
        private readonly long[] _counts = new long[counts];
        private double _value;

        /// <summary>The labels.</summary>
        public IReadOnlyList<KeyValuePair<string, object?>> Labels => labels;

        /// <summary>A counter's or gauge's value; a histogram's sum.</summary>
        public double Value => Volatile.Read(ref _value);

        /// <summary>A histogram's count of one bucket (not cumulative); the last is everything above the bounds.</summary>
        public long Count(int bucket) => Interlocked.Read(ref _counts[bucket]);

        /// <summary>Whether these are its labels, in this order.</summary>
        public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> other)
        {
            if (other.Length != labels.Length)
            {
                return false;
            }

            for (var i = 0; i < labels.Length; i++)
            {
                if (other[i].Key != labels[i].Key || !Equals(other[i].Value, labels[i].Value))
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>Adds to the value.</summary>
        public void Add(double value)
        {
            double seen;
            do
            {
                seen = Volatile.Read(ref _value);
            }
            while (Interlocked.CompareExchange(ref _value, seen + value, seen) != seen);
        }

        /// <summary>Replaces the value.</summary>
        public void Set(double value) => Volatile.Write(ref _value, value);

        /// <summary>Counts the value in its bucket and adds it to the sum.</summary>
        public void Record(double value, double[] bounds)
        {
            var bucket = 0;
            while (bucket < bounds.Length && value > bounds[bucket])
            {
                bucket++;
            }

            Interlocked.Increment(ref _counts[bucket]);
            Add(value);
        }
    }
}
