namespace LiveAvatar.Inference.Runtime;

/// <summary>What the identity encoder made of one portrait: the identity and the skip maps, read by every stream that draws the avatar.</summary>
internal sealed class AvatarMaps(AvatarInfo info, TensorBuffer[] tensors) : IDisposable
{
    internal AvatarInfo Info { get; } = info;

    /// <summary>Inputs of the frame decoder: the identity first, then the skip maps in the decoder's order.</summary>
    internal TensorBuffer[] Tensors { get; } = tensors;

    public void Dispose()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }
    }
}
