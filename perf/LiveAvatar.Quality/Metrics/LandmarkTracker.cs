namespace LiveAvatar.Quality.Metrics;

/// <summary>Follows points of a face from its resting picture to another one by matching the patches around them.</summary>
/// <remarks>
/// No trained detector and no knowledge of the motion: points lie on a grid over the face where the resting picture has texture; each is
/// looked for within <see cref="Reach"/> pixels by the least sum of squared differences, each patch less its mean. All at half resolution.
/// </remarks>
internal sealed class LandmarkTracker
{
    private const int Half = 6; // pixels from a patch's middle to its edge
    private const int Reach = 9; // 18 pixels of a 512 picture: twice what a raised brow travels
    private const int Columns = 12, Rows = 13;
    private const double LeastTexture = 3; // mean gradient of a patch worth following

    private readonly Luma _rest;
    private readonly (int X, int Y)[] _points;

    /// <summary>Chooses the points.</summary>
    /// <param name="rest">The resting picture.</param>
    /// <param name="face">Where the face is.</param>
    internal LandmarkTracker(Luma rest, Box face)
    {
        _rest = rest.Halve();
        var points = new List<(int, int)>();
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                var x = (face.Left + (int)((column + 0.5) * face.Width / Columns)) / 2;
                var y = (face.Top + (int)((row + 0.5) * face.Height / Rows)) / 2;
                var inside = x - Half - Reach >= 0 && y - Half - Reach >= 0 && x + Half + Reach < _rest.Width && y + Half + Reach < _rest.Height;
                if (inside && PictureMetrics.Sharpness(_rest.Cut(Patch(x, y))) >= LeastTexture)
                {
                    points.Add((x, y));
                }
            }
        }

        _points = [.. points];
    }

    internal int Count => _points.Length;

    /// <summary>How far each point moved: x, y of the first, then of the next, in pixels of the full picture.</summary>
    internal double[] Track(Luma picture)
    {
        var half = picture.Halve();
        var moved = new double[2 * _points.Length];
        for (var i = 0; i < _points.Length; i++)
        {
            (moved[2 * i], moved[(2 * i) + 1]) = Find(half, _points[i].X, _points[i].Y);
        }

        return moved;
    }

    private static Box Patch(int x, int y) => new(x - Half, y - Half, (2 * Half) + 1, (2 * Half) + 1);

    private (double X, double Y) Find(Luma picture, int x, int y)
    {
        const int Side = (2 * Reach) + 1;
        Span<double> costs = stackalloc double[Side * Side];
        var best = (Cost: double.MaxValue, X: 0, Y: 0);
        for (var dy = -Reach; dy <= Reach; dy++)
        {
            for (var dx = -Reach; dx <= Reach; dx++)
            {
                // A whisker of preference for the shorter way keeps points of plain skin where they are.
                var cost = Cost(picture, x, y, dx, dy) + (4.0 * ((dx * dx) + (dy * dy)));
                costs[((dy + Reach) * Side) + dx + Reach] = cost;
                best = cost < best.Cost ? (cost, dx, dy) : best;
            }
        }

        return (2 * (best.X + Refine(costs, best.X, best.Y, 1)), 2 * (best.Y + Refine(costs, best.X, best.Y, Side)));

        static double Refine(ReadOnlySpan<double> costs, int x, int y, int step)
        {
            var along = step == 1 ? x : y;
            if (Math.Abs(along) == Reach)
            {
                return 0;
            }

            var at = ((y + Reach) * Side) + x + Reach;
            var bend = costs[at - step] - (2 * costs[at]) + costs[at + step];
            return bend > 0 ? Math.Clamp(0.5 * (costs[at - step] - costs[at + step]) / bend, -0.5, 0.5) : 0;
        }
    }

    private double Cost(Luma picture, int x, int y, int dx, int dy)
    {
        long sum = 0, squares = 0;
        for (var v = y - Half; v <= y + Half; v++)
        {
            var here = _rest.Pixels.AsSpan((v * _rest.Width) + x - Half, (2 * Half) + 1);
            var there = picture.Pixels.AsSpan(((v + dy) * picture.Width) + x + dx - Half, (2 * Half) + 1);
            for (var u = 0; u < here.Length; u++)
            {
                var difference = here[u] - there[u];
                sum += difference;
                squares += difference * difference;
            }
        }

        var count = ((2 * Half) + 1) * ((2 * Half) + 1);
        return squares - ((double)sum * sum / count);
    }
}
