using LiveAvatar.Codecs;

namespace LiveAvatar.Quality.Report;

/// <summary>A colour, 0…255 each.</summary>
internal readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    internal static readonly Colour White = new(255, 255, 255), Ink = new(40, 44, 52), Grey = new(150, 154, 162), Pale = new(226, 229, 234), Shade = new(252, 222, 205);

    /// <summary>Colours of lines that are told apart, also by most who are colour-blind (after Okabe and Ito).</summary>
    internal static readonly Colour[] Lines = [new(0, 114, 178), new(213, 94, 0), new(0, 158, 115), new(204, 121, 167), new(150, 130, 0), new(86, 180, 233), new(90, 90, 90)];
}

/// <summary>A picture to draw on.</summary>
internal sealed class Canvas
{
    private readonly byte[] _rgb;

    internal Canvas(int width, int height, Colour background)
    {
        (Width, Height, _rgb) = (width, height, new byte[3 * width * height]);
        Fill(0, 0, width, height, background);
    }

    internal int Width { get; }

    internal int Height { get; }

    internal void Fill(double left, double top, double width, double height, Colour colour)
    {
        for (var y = Math.Max(0, (int)Math.Round(top)); y < Math.Min(Height, (int)Math.Round(top + height)); y++)
        {
            for (var x = Math.Max(0, (int)Math.Round(left)); x < Math.Min(Width, (int)Math.Round(left + width)); x++)
            {
                Blend(x, y, colour, 1);
            }
        }
    }

    /// <summary>Draws a polyline with soft edges.</summary>
    internal void Line(IReadOnlyList<(double X, double Y)> points, Colour colour, double width = 1.4)
    {
        for (var i = 1; i < points.Count; i++)
        {
            Segment(points[i - 1], points[i], colour, width);
        }
    }

    internal void Text(string text, double x, double y, Colour colour, double scale = 1.5)
    {
        foreach (var stroke in StrokeFont.Strokes(text, x, y, scale))
        {
            Line(stroke, colour, Math.Max(1.1, scale * 0.8));
        }
    }

    /// <summary>Pastes an RGB picture, a part of it scaled to a place.</summary>
    internal void Paste(RgbImage image, int x, int y)
    {
        var red = image.Red;
        var green = image.Green;
        var blue = image.Blue;
        for (var v = 0; v < image.Height && y + v < Height; v++)
        {
            for (var u = 0; u < image.Width && x + u < Width; u++)
            {
                var (to, from) = (3 * (((y + v) * Width) + x + u), (v * image.Width) + u);
                (_rgb[to], _rgb[to + 1], _rgb[to + 2]) = (red[from], green[from], blue[from]);
            }
        }
    }

    internal RgbImage ToImage() => RgbImage.FromInterleaved(Width, Height, _rgb);

    private void Segment((double X, double Y) a, (double X, double Y) b, Colour colour, double width)
    {
        var reach = (width / 2) + 1;
        var (dx, dy) = (b.X - a.X, b.Y - a.Y);
        var length = (dx * dx) + (dy * dy);
        for (var y = (int)Math.Floor(Math.Min(a.Y, b.Y) - reach); y <= Math.Max(a.Y, b.Y) + reach; y++)
        {
            for (var x = (int)Math.Floor(Math.Min(a.X, b.X) - reach); x <= Math.Max(a.X, b.X) + reach; x++)
            {
                var along = length > 0 ? Math.Clamp((((x - a.X) * dx) + ((y - a.Y) * dy)) / length, 0, 1) : 0;
                var distance = Math.Sqrt(Math.Pow(x - a.X - (along * dx), 2) + Math.Pow(y - a.Y - (along * dy), 2));
                Blend(x, y, colour, Math.Clamp((width / 2) + 0.5 - distance, 0, 1));
            }
        }
    }

    private void Blend(int x, int y, Colour colour, double share)
    {
        if (share <= 0 || x < 0 || y < 0 || x >= Width || y >= Height)
        {
            return;
        }

        var at = 3 * ((y * Width) + x);
        _rgb[at] = (byte)Math.Round(_rgb[at] + (share * (colour.Red - _rgb[at])));
        _rgb[at + 1] = (byte)Math.Round(_rgb[at + 1] + (share * (colour.Green - _rgb[at + 1])));
        _rgb[at + 2] = (byte)Math.Round(_rgb[at + 2] + (share * (colour.Blue - _rgb[at + 2])));
    }
}
