namespace LiveAvatar.Inference;

/// <summary>A model pack breaks a rule of docs/model-pack.md; the message is one sentence naming the place, what was found, what was wanted and what to do.</summary>
public sealed class ModelPackException : Exception
{
    /// <summary>A complaint whose whole sentence is given.</summary>
    public ModelPackException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    internal static ModelPackException Unfit(string place, string found, string wanted, string advice) =>
        new($"{place} is {found}, but must be {wanted}: {advice}.");
}
