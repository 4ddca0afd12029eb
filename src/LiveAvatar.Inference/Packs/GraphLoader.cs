namespace LiveAvatar.Inference.Packs;

/// <summary>Loads graphs of a pack and holds each to its contract; a quantised twin is held to the same one.</summary>
internal sealed class GraphLoader(string folder)
{
    private const long MaxGraphBytes = 1L << 30; // protobuf itself ends at 2 GiB; packs are tens of MB

    private GraphChecker? _portraits;

    /// <summary>Loads a graph that takes and gives no skip maps.</summary>
    internal LoadedGraph Load(PackGraph graph, GraphContract contract) => WithTwin(graph, contract, skipSource: null);

    /// <summary>Loads the graph whose skip maps the decoder takes.</summary>
    internal LoadedGraph LoadIdentityEncoder(PackGraph graph, GraphContract contract) => Read(graph, graph.AsFile, contract, out _portraits);

    /// <summary>Loads the decoder; the identity encoder comes first.</summary>
    internal LoadedGraph LoadFrameDecoder(PackGraph graph, GraphContract contract) => WithTwin(graph, contract, _portraits);

    /// <summary>Checks the hash of a graph that nothing here runs.</summary>
    internal void Verify(PackFile file) => PackFiles.Verify(folder, file.File, file.Sha256, MaxGraphBytes);

    private LoadedGraph WithTwin(PackGraph graph, GraphContract contract, GraphChecker? skipSource)
    {
        var full = Read(graph, graph.AsFile, contract, skipSource);
        if (graph.Int8 is not { } file)
        {
            return full;
        }

        var twin = Read(graph, file, contract, skipSource);
        GraphChecker.PairStates(full, twin);
        return full with { Int8 = twin };
    }

    private LoadedGraph Read(PackGraph graph, PackFile file, GraphContract contract, GraphChecker? skipSource)
    {
        var loaded = Read(graph, file, contract, out var checker);
        return skipSource is null ? loaded : loaded with { Skips = GraphChecker.PairSkips(skipSource, checker) };
    }

    private LoadedGraph Read(PackGraph graph, PackFile file, GraphContract contract, out GraphChecker checker)
    {
        var path = PackFiles.Verify(folder, file.File, file.Sha256, MaxGraphBytes);
        try
        {
            checker = new GraphChecker(file.File, OnnxFile.Parse(File.ReadAllBytes(path)), contract);
        }
        catch (InvalidDataException error)
        {
            throw new ModelPackException($"{file.File} is not an ONNX file because {error.Message}: export or copy it again.", error);
        }

        return new LoadedGraph(file.File, path, contract, Skips: [], checker.Check(graph), graph.InitialState);
    }
}
