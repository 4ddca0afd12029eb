namespace LiveAvatar.Quality.Metrics;

/// <summary>Solves symmetric positive definite systems.</summary>
internal static class Cholesky
{
    /// <summary>The x of a·x = b.</summary>
    internal static double[] Solve(double[][] a, double[] b)
    {
        var n = b.Length;
        var lower = Enumerable.Range(0, n).Select(_ => new double[n]).ToArray();
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i][j];
                for (var k = 0; k < j; k++)
                {
                    sum -= lower[i][k] * lower[j][k];
                }

                lower[i][j] = i != j ? sum / lower[j][j]
                    : sum > 0 ? Math.Sqrt(sum) : throw new ArgumentException("The matrix is not positive definite.", nameof(a));
            }
        }

        var x = (double[])b.Clone();
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++)
            {
                x[i] -= lower[i][k] * x[k];
            }

            x[i] /= lower[i][i];
        }

        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
            {
                x[i] -= lower[k][i] * x[k];
            }

            x[i] /= lower[i][i];
        }

        return x;
    }
}
