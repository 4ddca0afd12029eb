using LiveAvatar.Inference.Packs;
using Microsoft.ML.OnnxRuntime;

namespace LiveAvatar.Inference.Runtime;

/// <summary>One graph ready to run on one rung of the ladder, shared by all streams and threads.</summary>
internal sealed class GraphSession(LoadedGraph graph, SessionOptions options, bool bindsInPlace) : IDisposable
{
    internal LoadedGraph Graph { get; } = graph;

    internal InferenceSession Session { get; } = new(graph.Path, options);

    internal RunOptions RunOptions { get; } = new();

    /// <summary>Whether inputs bound once are read anew at each run; on a GPU they are copied to the device when they are bound.</summary>
    internal bool BindsInPlace { get; } = bindsInPlace;

    public void Dispose()
    {
        RunOptions.Dispose();
        Session.Dispose();
    }
}
