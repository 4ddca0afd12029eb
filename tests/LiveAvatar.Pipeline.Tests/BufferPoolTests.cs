namespace LiveAvatar.Pipeline.Tests;

public class BufferPoolTests
{
    [Fact]
    public void EmptyPool_GivesNull()
    {
        var pool = new BufferPool<object>(1, () => new object());
        Assert.NotNull(pool.TryRent());
        Assert.Null(pool.TryRent());
        Assert.Equal(1, pool.Rented);
    }

    [Fact]
    public void ReturnedItem_IsRentedAgain()
    {
        var pool = new BufferPool<object>(1, () => new object());
        var item = pool.TryRent()!;
        pool.Return(item);
        Assert.Same(item, pool.TryRent());
    }

    [Fact]
    public void ReturningTwice_IsRefused()
    {
        var pool = new BufferPool<object>(1, () => new object());
        var item = pool.TryRent()!;
        pool.Return(item);
        Assert.Throws<InvalidOperationException>(() => pool.Return(item));
    }

    [Fact]
    public void ClosedPool_DisposesOfEachItemOnce_WhenItIsBack()
    {
        var pool = new BufferPool<Item>(3, () => new Item());
        var (kept, late) = (pool.TryRent()!, pool.TryRent()!);
        pool.Return(kept);
        pool.Close();
        Assert.Equal((1, 0), (kept.Disposed, late.Disposed));
        Assert.Null(pool.TryRent());

        pool.Return(late);
        pool.Close();
        Assert.Equal((1, 1), (kept.Disposed, late.Disposed));
        Assert.Throws<InvalidOperationException>(() => pool.Return(late));
    }

    private sealed class Item : IDisposable
    {
        public int Disposed { get; private set; }

        public void Dispose() => Disposed++;
    }
}
