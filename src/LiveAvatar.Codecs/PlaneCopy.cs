namespace LiveAvatar.Codecs;

/// <summary>Copies a plane whose rows are padded into one whose rows are not.</summary>
internal static unsafe class PlaneCopy
{
    internal static void Copy(byte* source, int stride, Span<byte> target, int width, int height)
    {
        for (var row = 0; row < height; row++)
        {
            new ReadOnlySpan<byte>(source + ((nint)row * stride), width).CopyTo(target.Slice(row * width, width));
        }
    }
}
