namespace LiveAvatar.Inference;

/// <summary>One step of one stream failed: a graph could not be run, or it gave numbers that are not finite.</summary>
/// <remarks>The stream's states are those from before the step. If the next step fails too, <see cref="AvatarStream.Reset"/> starts the stream afresh.</remarks>
public sealed class ModelStepException : Exception
{
    /// <summary>A failure whose whole sentence is given.</summary>
    public ModelStepException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
