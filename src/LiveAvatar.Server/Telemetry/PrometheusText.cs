using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace LiveAvatar.Server.Telemetry;

/// <summary>Writes series in the Prometheus text exposition format 0.0.4.</summary>
internal static class PrometheusText
{
    /// <summary>The format's media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The whole page.</summary>
    public static string Write(IEnumerable<MetricSeries> series)
    {
        var text = new StringBuilder(4096);
        foreach (var group in series.GroupBy(Name, StringComparer.Ordinal))
        {
            var first = group.First();
            if (first.Instrument.Description is { Length: > 0 } description)
            {
                text.Append("# HELP ").Append(group.Key).Append(' ')
                    .Append(description.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)).Append('\n');
            }

            text.Append("# TYPE ").Append(group.Key).Append(' ').Append(TypeOf(first)).Append('\n');
            foreach (var point in group.SelectMany(s => s.Points.Select(p => (Series: s, Point: p))))
            {
                WritePoint(text, group.Key, point.Series, point.Point);
            }
        }

        return text.ToString();
    }

    private static void WritePoint(StringBuilder text, string name, MetricSeries series, MetricSeries.Point point)
    {
        if (series.Buckets is not { } bounds)
        {
            Line(text, name, point, null, Number(point.Value));
            return;
        }

        var total = 0L;
        for (var i = 0; i <= bounds.Length; i++)
        {
            total += point.Count(i);
            Line(text, name + "_bucket", point, i < bounds.Length ? Number(bounds[i]) : "+Inf", total.ToString(CultureInfo.InvariantCulture));
        }

        Line(text, name + "_sum", point, null, Number(point.Value));
        Line(text, name + "_count", point, null, total.ToString(CultureInfo.InvariantCulture));
    }

    private static void Line(StringBuilder text, string name, MetricSeries.Point point, string? bound, string value)
    {
        text.Append(name);
        var labels = point.Labels.Select(l => $"{Clean(l.Key)}=\"{Escape(l.Value)}\"").ToList();
        if (bound is not null)
        {
            labels.Add($"le=\"{bound}\"");
        }

        if (labels.Count > 0)
        {
            text.Append('{').AppendJoin(',', labels).Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }

    private static string Name(MetricSeries series)
    {
        var name = Clean(series.Instrument.Name);
        var unit = series.Instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        name = name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
        return TypeOf(series) == "counter" && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static string TypeOf(MetricSeries series) => series switch
    {
        { Buckets: not null } => "histogram",
        { Instrument: Counter<long> or Counter<int> or Counter<double> or ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> } => "counter",
        _ => "gauge",
    };

    private static string Clean(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Escape(object? value) => (Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
        .Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
