using LiveAvatar.Inference.Packs;
using LiveAvatar.Inference.Runtime;
using LiveAvatar.Inference.Runtime.Fusion;

namespace LiveAvatar.Inference.Tests.Operators;

public sealed class GraphFusionTests
{
    private static readonly ModelPack Pack = PresenterPack.Load();

    [Fact]
    public void DecoderOfTheShippedPack_IsFused_BothForms()
    {
        foreach (var graph in new[] { Pack.FrameDecoder, Pack.FrameDecoder.Int8! })
        {
            var before = new GraphEdit(File.ReadAllBytes(graph.Path));
            var after = new GraphEdit(GraphFusion.Apply(File.ReadAllBytes(graph.Path)));
            Assert.Equal(3, after.Nodes.Count(node => node.Kind == "Warp")); // luma, and two planes of chroma
            Assert.Equal(2, after.Nodes.Count(node => node.Kind == "WarpFeatures")); // the head's maps, and its silhouette
            Assert.Equal(4, after.Nodes.Count(node => node.Kind == "PixelShuffle"));
            Assert.DoesNotContain(after.Nodes, node => node.Kind is "GatherElements" or "DepthToSpace");
            Assert.True(after.Nodes.Count < before.Nodes.Count - 200, $"{after.Nodes.Count} of {before.Nodes.Count} operators are left");
        }
    }

    [Fact]
    public void GraphsWithoutKnownGroups_AreLeftAlone()
    {
        foreach (var graph in new[] { Pack.SpeechEncoder, Pack.ContextEncoder })
        {
            Assert.Null(GraphFusion.Apply(File.ReadAllBytes(graph.Path)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void BrokenModel_IsNoModel(int length)
    {
        var bytes = File.ReadAllBytes(Pack.FrameDecoder.Path)[..length];
        if (length == 0)
        {
            Assert.Null(GraphFusion.Apply(bytes)); // an empty message is a model without operators
            return;
        }

        Assert.Throws<InvalidDataException>(() => GraphFusion.Apply(bytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void FusedGraph_DrawsTheSamePicture(int seed)
    {
        foreach (var graph in new[] { Pack.FrameDecoder, Pack.FrameDecoder.Int8! })
        {
            var plain = Draw(graph, fuses: false, seed);
            var fused = Draw(graph, fuses: true, seed);
            Assert.NotEqual(plain.Min(), plain.Max());
            var differences = plain.Zip(fused, (a, b) => Math.Abs(a - b)).ToList();
            Assert.InRange(differences.Average(), 0, 0.2);

            // Rounding, which mending amplifies where it draws; where it does not, one level.
            Assert.InRange(differences.Count(difference => difference > 1) / (double)differences.Count, 0, 0.02);
            Assert.InRange(differences.Max(), 0, 24);
        }
    }

    private static byte[] Draw(LoadedGraph graph, bool fuses, int seed)
    {
        using var session = GraphSession.OpenAlone(graph, PresenterPack.Options, fuses);
        Assert.Equal(fuses, session.IsFused);
        TensorBuffer[] inputs = [.. graph.FixedInputs.Select(spec => new TensorBuffer(spec))];
        using var frame = new TensorBuffer(graph.Contract.Outputs[0]);
        var random = new Random(seed);
        foreach (var input in inputs)
        {
            var table = input.Spec.Name is "skip_luma" or "skip_u" or "skip_v";
            foreach (ref var number in input.Floats)
            {
                // Tables hold a byte and 256 times another; a smooth picture, so that a place a hair beside another shows little.
                number = table ? 257 * (100 + random.Next(8)) : (float)(0.2 * random.NextDouble());
            }
        }

        using (var step = new GraphStep(session, inputs, [frame]))
        {
            step.Run();
        }

        var picture = frame.Bytes.ToArray();
        foreach (var input in inputs)
        {
            input.Dispose();
        }

        return picture;
    }
}
