namespace LiveAvatar.Inference.Runtime;

/// <summary>What the identity encoder made of one portrait: the identity and the skip maps, read by every stream that draws the avatar.</summary>
/// <remarks>An avatar may be taken away while it is drawn: the maps live until their last user lets go.</remarks>
internal sealed class AvatarMaps(AvatarInfo info, TensorBuffer[] tensors)
{
    private int _users = 1; // the models' list is the first

    internal AvatarInfo Info { get; } = info;

    /// <summary>Inputs of the frame decoder: the identity first, then the skip maps in the decoder's order.</summary>
    internal TensorBuffer[] Tensors { get; } = tensors;

    /// <summary>Begins to use the maps; false when they are gone.</summary>
    internal bool TryUse()
    {
        for (var users = Volatile.Read(ref _users); users > 0; users = Volatile.Read(ref _users))
        {
            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Lets go of the maps.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _users) > 0)
        {
            return;
        }

        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }
    }
}
