namespace LiveAvatar.Server.Rpc;

/// <summary>A field of a message is not what it must be.</summary>
/// <param name="field">Its path from the request on, such as "command.gaze.x".</param>
/// <param name="message">What it must be.</param>
internal sealed class FieldException(string field, string message) : Exception(message)
{
    /// <summary>The field's path.</summary>
    public string Field { get; } = field;
}
