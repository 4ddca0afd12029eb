using System.Runtime.InteropServices;
using LiveAvatar.Inference.Packs;

namespace LiveAvatar.Inference.Runtime.Fusion;

/// <summary>An ONNX model whose nodes can be found by what they make and who reads it, and exchanged.</summary>
internal sealed class GraphEdit
{
    private const int GraphField = 7;      // ModelProto
    private const int OpsetField = 8;
    private const int NodeField = 1;       // GraphProto
    private const int InitializerField = 5;
    private const int OutputField = 12;
    private const int ValueInfoField = 13;

    private readonly List<(int Field, byte[]? Content, long Number)> _model = [];
    private readonly List<(int Field, byte[] Content)> _graph = []; // all but nodes and the types of inner tensors
    private readonly int _length; // of what was read: what is written is about as long
    private readonly HashSet<string> _outputs = [];
    private readonly Dictionary<string, byte[]> _initializers = [];
    private readonly Dictionary<string, GraphNode> _maker = [];
    private readonly Dictionary<string, List<GraphNode>> _users = [];

    /// <summary>Reads a model.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public GraphEdit(ReadOnlySpan<byte> model)
    {
        _length = model.Length;
        var reader = new ProtobufReader(model);
        while (reader.Next())
        {
            if (reader.Field == GraphField)
            {
                ReadGraph(reader.Content);
            }
            else
            {
                _model.Add((reader.Field, reader.HasContent ? reader.Content.ToArray() : null, reader.Number));
            }
        }

        Index();
    }

    /// <summary>The nodes, each after those it reads from.</summary>
    public List<GraphNode> Nodes { get; } = [];

    /// <summary>Who reads a tensor.</summary>
    public IReadOnlyList<GraphNode> Users(string tensor) => _users.GetValueOrDefault(tensor) ?? [];

    /// <summary>The nearest node of a kind that a tensor comes from, by first inputs; null when there is none.</summary>
    public GraphNode? Above(string tensor, string kind)
    {
        var node = _maker.GetValueOrDefault(tensor);
        while (node is not null && node.Kind != kind)
        {
            node = node.Inputs.Count > 0 ? _maker.GetValueOrDefault(node.Inputs[0]) : null;
        }

        return node;
    }

    /// <summary>The nearest node of a kind that a tensor goes into, by first readers; null when there is none.</summary>
    public GraphNode? Below(string tensor, string kind)
    {
        var node = FirstUser(tensor);
        while (node is not null && node.Kind != kind)
        {
            node = FirstUser(node.Outputs[0]);
        }

        return node;
    }

    /// <summary>The numbers of a constant of 64-bit integers; empty when it is none.</summary>
    public ReadOnlySpan<long> Integers(string tensor)
    {
        if ((_maker.GetValueOrDefault(tensor)?.ReadTensor() ?? _initializers.GetValueOrDefault(tensor)) is not { } message)
        {
            return [];
        }

        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 9) // raw_data
            {
                return MemoryMarshal.Cast<byte, long>(reader.Content.ToArray());
            }
        }

        return [];
    }

    /// <summary>Whoever read one tensor reads another.</summary>
    public void Replace(string old, string tensor)
    {
        foreach (var user in Users(old))
        {
            for (var i = 0; i < user.Inputs.Count; i++)
            {
                user.Inputs[i] = user.Inputs[i] == old ? tensor : user.Inputs[i];
            }
        }
    }

    /// <summary>Takes out what nobody reads any more, and looks up anew who makes and reads what.</summary>
    public void Prune()
    {
        var wanted = new HashSet<string>(_outputs);
        for (var i = Nodes.Count - 1; i >= 0; i--)
        {
            if (Nodes[i].Outputs.Any(wanted.Contains))
            {
                wanted.UnionWith(Nodes[i].Inputs);
            }
            else
            {
                Nodes.RemoveAt(i);
            }
        }

        Index();
    }

    /// <summary>The model with the nodes as they are now.</summary>
    /// <param name="domain">A further domain of operators, version 1.</param>
    public byte[] Write(string domain)
    {
        var graph = new ProtobufWriter(_length);
        Nodes.ForEach(node => graph.Content(NodeField, node.Write()));
        _graph.ForEach(part => graph.Content(part.Field, part.Content));
        var model = new ProtobufWriter(_length);
        foreach (var (field, content, number) in _model)
        {
            _ = content is null ? model.Number(field, number) : model.Content(field, content);
        }

        return model.Content(OpsetField, new ProtobufWriter().Text(1, domain).Number(2, 1).Written).Content(GraphField, graph.Written).ToArray();
    }

    private GraphNode? FirstUser(string tensor) => _users.TryGetValue(tensor, out var users) ? users[0] : null;

    private void ReadGraph(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case NodeField:
                    Nodes.Add(GraphNode.Read(reader.Content));
                    continue;
                case ValueInfoField:
                    continue; // they are inferred anew
                case OutputField:
                    _outputs.Add(Name(reader.Content, field: 1));
                    break;
            }

            var content = reader.Content.ToArray();
            _graph.Add((reader.Field, content));
            if (reader.Field == InitializerField)
            {
                _initializers[Name(content, field: 8)] = content;
            }
        }
    }

    private static string Name(ReadOnlySpan<byte> message, int field)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                return reader.Text;
            }
        }

        return "";
    }

    private void Index()
    {
        _maker.Clear();
        _users.Clear();
        foreach (var node in Nodes)
        {
            node.Outputs.ForEach(name => _maker[name] = node);
            foreach (var name in node.Inputs)
            {
                if (!_users.TryGetValue(name, out var users))
                {
                    _users[name] = users = [];
                }

                users.Add(node);
            }
        }
    }
}
