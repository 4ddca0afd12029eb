namespace LiveAvatar.Results.Html;

/// <summary>Draws the steps of a frame's way, each beginning where the one before ends.</summary>
internal static class WaterfallChart
{
    private const double Bar = 16, Right = 12;

    /// <summary>Draws it twice, for a wide and for a narrow screen; the style sheet shows one.</summary>
    public static void Write(HtmlWriter html, IReadOnlyList<WaterfallStep> steps)
    {
        WriteLegend(html, steps);
        Write(html, steps, "wide", 1040, 290, 150, 30);
        Write(html, steps, "narrow", ChartFrame.Width, 0, 0, 44);
        html.Text(
            "p",
            $"Bar: median. Whisker: to the 95th percentile of that step. Each step begins where the medians before it end; they add up to {Number.Format(steps.Sum(step => step.P50), "ms")}, which is near the median of the whole way, not exactly it.",
            ("class", "note"));
    }

    /// <summary>The fills of the bars, once a page: each kind has a pattern besides its colour.</summary>
    public static void WritePatterns(HtmlWriter html)
    {
        using (html.Open("svg", ("class", "patterns"), ("width", 0), ("height", 0), ("aria-hidden", "true")))
        using (html.Open("defs"))
        {
            foreach (var (kind, path) in new[] { ("sound", "M2 4a2 2 0 1 0 4 0a2 2 0 1 0 -4 0"), ("wait", "M-2 2L2 -2M-2 10L10 -2M6 10L10 6"), ("outside", "M0 2H8M0 6H8") })
            {
                using (html.Open("pattern", ("id", "fill-" + kind), ("width", 8), ("height", 8), ("patternUnits", "userSpaceOnUse")))
                {
                    html.Empty("rect", ("class", "ground " + kind), ("width", 8), ("height", 8));
                    html.Empty("path", ("class", "figure " + kind), ("d", path));
                }
            }
        }
    }

    private static void Write(HtmlWriter html, IReadOnlyList<WaterfallStep> steps, string name, int width, double left, double right, double row)
    {
        var isWide = left > 0;
        var end = Ends(steps).Zip(steps).Max(pair => pair.First + Math.Max(0, pair.Second.P95 - pair.Second.P50));
        var x = new Scale(0, end > 0 ? end : 1, Math.Max(left, 2), width - Math.Max(right, Right));
        var bottom = 8 + (row * steps.Count);
        using (html.Open("svg", ("class", "waterfall " + name), ("viewBox", $"0 0 {width} {bottom + 42}"), ("role", "img"), ("aria-label", Describe(steps))))
        {
            foreach (var (value, label) in x.Ticks())
            {
                html.Empty("line", ("class", "grid"), ("x1", x.At(value)), ("x2", x.At(value)), ("y1", isWide ? 4 : 0), ("y2", bottom + 4));
                html.Text("text", label, ("class", "tick"), ("x", Math.Max(x.At(value), TextSize.Measure(label) / 2)), ("y", bottom + 18), ("text-anchor", "middle"));
            }

            html.Text("text", "ms since the first step began", ("class", "title"), ("x", x.End), ("y", bottom + 36), ("text-anchor", "end"));
            var at = 0.0;
            for (var i = 0; i < steps.Count; i++)
            {
                var numbers = $"{Number.Format(steps[i].P50)} ms, p95 {Number.Format(steps[i].P95)}";
                var (top, text) = (4 + (row * i) + (isWide ? (row - Bar) / 2 : row - Bar - 6), isWide ? 4 + (row * i) + (row / 2) + 4 : 4 + (row * i) + 13);
                var place = isWide ? (At: (double)width, Anchor: "end", Up: text) : PlaceNumbers(x, at, steps[i], numbers, width, top + 12, text);
                var room = isWide ? left - 14 : place.Up == text ? width - TextSize.Measure(numbers) - 8 : width;
                using (html.Open("text", ("class", "label"), ("x", isWide ? left - 12 : 0), ("y", text), ("text-anchor", isWide ? "end" : "start")))
                {
                    html.Text(TextSize.Fit(steps[i].Title, room));
                    html.Text("title", steps[i].Title);
                }

                html.Text("text", numbers, ("class", "label number"), ("x", place.At), ("y", place.Up), ("text-anchor", place.Anchor));
                at = WriteBar(html, steps[i], x, at, top, i + 1 < steps.Count ? top + row : top);
            }
        }
    }

    // Beside the bar, so that the title has a line for itself; in the line of the title where the bar leaves no room.
    private static (double At, string Anchor, double Up) PlaceNumbers(Scale x, double from, WaterfallStep step, string numbers, double width, double besideBar, double besideTitle)
    {
        var (tip, needed) = (x.At(from + Math.Max(0, Math.Max(step.P50, step.P95))), TextSize.Measure(numbers) + 8);
        return tip + needed <= width ? (tip + 8, "start", besideBar)
            : x.At(from) - needed >= 0 ? (x.At(from) - 8, "end", besideBar)
            : (width, "end", besideTitle);
    }

    private static double WriteBar(HtmlWriter html, WaterfallStep step, Scale x, double from, double top, double next)
    {
        var (to, middle) = (from + Math.Max(0, step.P50), top + (Bar / 2));
        html.Empty("line", ("class", "link"), ("x1", x.At(to)), ("x2", x.At(to)), ("y1", top + Bar), ("y2", next));
        html.Empty("rect", ("class", "bar " + NameOf(step.Kind)), ("x", x.At(from)), ("y", top), ("width", Math.Max(1.5, x.At(to) - x.At(from))), ("height", Bar));
        if (step.P95 > step.P50)
        {
            var tip = x.At(from + step.P95);
            html.Empty("path", ("class", "whisker"), ("d", FormattableString.Invariant($"M{x.At(to):0.##} {middle}H{tip:0.##}M{tip:0.##} {middle - 4}V{middle + 4}")));
        }

        return to;
    }

    private static void WriteLegend(HtmlWriter html, IReadOnlyList<WaterfallStep> steps)
    {
        using (html.Open("ul", ("class", "legend")))
        {
            foreach (var (kind, words) in new[] { (StepKind.Sound, "sound that must be heard first"), (StepKind.Wait, "waiting"), (StepKind.Work, "work"), (StepKind.Outside, "network and browser") })
            {
                if (steps.Any(step => step.Kind == kind))
                {
                    using (html.Open("li"))
                    {
                        using (html.Open("svg", ("viewBox", "0 0 24 16"), ("aria-hidden", "true")))
                        {
                            html.Empty("rect", ("class", "bar " + NameOf(kind)), ("x", 1), ("y", 1), ("width", 22), ("height", 14));
                        }

                        var share = steps.Where(step => step.Kind == kind).Sum(step => step.P50);
                        html.Text($"{words}, {Number.Format(share, "ms")}");
                    }
                }
            }
        }
    }

    private static IEnumerable<double> Ends(IReadOnlyList<WaterfallStep> steps)
    {
        var at = 0.0;
        return [.. steps.Select(step => at += Math.Max(0, step.P50))];
    }

    private static string Describe(IReadOnlyList<WaterfallStep> steps) => "Steps: " + string.Join("; ", steps.Select(step => $"{step.Title}, {NameOf(step.Kind)}, {Number.Format(step.P50, "ms")}"));

    private static string NameOf(StepKind kind) => kind switch { StepKind.Sound => "sound", StepKind.Wait => "wait", StepKind.Work => "work", _ => "outside" };
}
