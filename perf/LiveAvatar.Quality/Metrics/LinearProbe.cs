namespace LiveAvatar.Quality.Metrics;

/// <summary>A linear classifier: regularised least squares from standardised features to one score per class.</summary>
/// <remarks>Solved over the features or over the samples, whichever are fewer; both give the same weights.</remarks>
internal sealed class LinearProbe
{
    private readonly double[] _mean, _scale;
    private readonly double[][] _weights; // [class][feature]
    private readonly double[] _bias;

    private LinearProbe(double[] mean, double[] scale, double[][] weights, double[] bias) => (_mean, _scale, _weights, _bias) = (mean, scale, weights, bias);

    /// <summary>Fits a probe.</summary>
    /// <param name="samples">Features of each sample.</param>
    /// <param name="classes">Class of each sample, 0…<paramref name="count"/> − 1.</param>
    /// <param name="count">Number of classes.</param>
    /// <param name="ridge">Penalty per sample on the squared weights.</param>
    internal static LinearProbe Fit(double[][] samples, int[] classes, int count, double ridge = 1e-2)
    {
        var size = samples[0].Length;
        var mean = new double[size];
        var scale = new double[size];
        for (var f = 0; f < size; f++)
        {
            double[] column = [.. samples.Select(sample => sample[f])];
            mean[f] = Statistics.Mean(column);
            scale[f] = 1 / Math.Max(Statistics.Deviation(column), 1e-6);
        }

        var x = samples.Select(sample => Standardise(sample, mean, scale)).ToArray();
        var share = Enumerable.Range(0, count).Select(c => classes.Count(k => k == c) / (double)classes.Length).ToArray();
        var targets = Enumerable.Range(0, count).Select(c => classes.Select(k => (k == c ? 1.0 : 0.0) - share[c]).ToArray()).ToArray();
        var penalty = ridge * samples.Length;
        double[][] weights;
        if (size <= samples.Length)
        {
            var gram = Gram(size, penalty, (i, j) => x.Sum(sample => sample[i] * sample[j]));
            weights = [.. targets.Select(target => Cholesky.Solve(gram, [.. Enumerable.Range(0, size).Select(f => x.Select((sample, n) => sample[f] * target[n]).Sum())]))];
        }
        else
        {
            var gram = Gram(x.Length, penalty, (i, j) => Dot(x[i], x[j]));
            weights = [.. targets.Select(target =>
            {
                var dual = Cholesky.Solve(gram, target);
                return Enumerable.Range(0, size).Select(f => x.Select((sample, n) => sample[f] * dual[n]).Sum()).ToArray();
            })];
        }

        return new LinearProbe(mean, scale, weights, share);
    }

    /// <summary>The class with the highest score.</summary>
    internal int Classify(double[] sample)
    {
        var x = Standardise(sample, _mean, _scale);
        var scores = _weights.Select((w, c) => Dot(w, x) + _bias[c]).ToArray();
        return Array.IndexOf(scores, scores.Max());
    }

    private static double[] Standardise(double[] sample, double[] mean, double[] scale) => [.. sample.Select((value, f) => (value - mean[f]) * scale[f])];

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static double[][] Gram(int size, double penalty, Func<int, int, double> product)
    {
        var gram = Enumerable.Range(0, size).Select(_ => new double[size]).ToArray();
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                gram[i][j] = gram[j][i] = product(i, j) + (i == j ? penalty : 0);
            }
        }

        return gram;
    }
}
