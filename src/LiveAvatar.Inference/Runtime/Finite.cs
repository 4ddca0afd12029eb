namespace LiveAvatar.Inference.Runtime;

/// <summary>Tells numbers from what is not a number.</summary>
internal static class Finite
{
    /// <exception cref="ModelStepException">The tensor holds NaN or infinity.</exception>
    internal static void Require(TensorBuffer tensor, string graph)
    {
        foreach (var number in tensor.Floats)
        {
            if (!float.IsFinite(number))
            {
                throw new ModelStepException($"{graph} gave {number} in {tensor.Spec.Name}: its numbers must be finite.");
            }
        }
    }

    /// <summary>Copies numbers clamped to a range; what is not a number becomes 0, and so does what the source is too short for.</summary>
    internal static void CopyClamped(ReadOnlySpan<float> source, Span<float> target, float least, float most)
    {
        for (var i = 0; i < source.Length; i++)
        {
            target[i] = Clamp(source[i], least, most);
        }

        target[source.Length..].Clear();
    }

    /// <summary>A number clamped to a range; 0 if it is none.</summary>
    internal static float Clamp(float number, float least, float most) => float.IsNaN(number) ? 0 : Math.Clamp(number, least, most);
}
