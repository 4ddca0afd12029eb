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
}
