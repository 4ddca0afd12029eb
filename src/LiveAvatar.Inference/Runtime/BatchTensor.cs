using LiveAvatar.Inference.Packs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace LiveAvatar.Inference.Runtime;

/// <summary>Room for one tensor of a whole batch: row <c>i</c> belongs to the i-th stream, for any number of rows up to the capacity.</summary>
internal sealed class BatchTensor : IDisposable
{
    private readonly TensorBuffer _all;
    private readonly OrtValue?[] _views;
    private readonly TensorBuffer?[] _sources;
    private readonly int _rowBytes;

    internal BatchTensor(TensorSpec spec, int capacity)
    {
        _all = new TensorBuffer(spec, capacity);
        _views = new OrtValue?[capacity + 1];
        _sources = new TensorBuffer?[capacity];
        _rowBytes = _all.Bytes.Length / capacity;
    }

    /// <summary>The first rows as a tensor of their own, sharing the memory.</summary>
    internal OrtValue First(int rows) => _views[rows] ??= View(rows);

    /// <summary>Copies a stream's tensor into a row, unless it is a constant one that lies there already.</summary>
    internal void Gather(int row, TensorBuffer source)
    {
        if (source.IsConstant && ReferenceEquals(_sources[row], source))
        {
            return;
        }

        source.Bytes.CopyTo(Row(row));
        _sources[row] = source;
    }

    /// <summary>Copies a row into a stream's tensor.</summary>
    internal void Scatter(int row, TensorBuffer target) => Row(row).CopyTo(target.Bytes);

    public void Dispose()
    {
        foreach (var view in _views)
        {
            view?.Dispose();
        }

        _all.Dispose();
    }

    private Span<byte> Row(int row) => _all.Bytes.Slice(row * _rowBytes, _rowBytes);

    private OrtValue View(int rows) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, (TensorElementType)_all.Spec.Type, _all.Spec.ShapeFor(rows), _all.Address, (long)rows * _rowBytes);
}
