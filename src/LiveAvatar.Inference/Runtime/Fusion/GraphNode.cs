using LiveAvatar.Inference.Packs;

namespace LiveAvatar.Inference.Runtime.Fusion;

/// <summary>An ONNX NodeProto whose inputs and outputs can be changed; all else is kept as it was read.</summary>
internal sealed class GraphNode
{
    private const int InputField = 1;
    private const int OutputField = 2;
    private const int NameField = 3;
    private const int KindField = 4;
    private const int AttributeField = 5;
    private const int DomainField = 7;

    private readonly List<(int Field, byte[] Content)> _rest = [];

    /// <summary>Names of the tensors it reads; "" is one that is left out.</summary>
    public List<string> Inputs { get; } = [];

    /// <summary>Names of the tensors it makes.</summary>
    public List<string> Outputs { get; } = [];

    /// <summary>The operator.</summary>
    public string Kind { get; private set; } = "";

    /// <summary>Reads a node.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static GraphNode Read(ReadOnlySpan<byte> message)
    {
        var node = new GraphNode();
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case InputField:
                    node.Inputs.Add(reader.Text);
                    break;
                case OutputField:
                    node.Outputs.Add(reader.Text);
                    break;
                default:
                    node.Kind = reader.Field == KindField ? reader.Text : node.Kind;
                    node._rest.Add((reader.Field, reader.Content.ToArray())); // every other field of a node has a length
                    break;
            }
        }

        return node;
    }

    /// <summary>Makes a node.</summary>
    public static GraphNode Make(string kind, string name, IEnumerable<string> inputs, string output, string domain = "")
    {
        var node = new GraphNode { Kind = kind };
        node.Inputs.AddRange(inputs);
        node.Outputs.Add(output);
        node._rest.Add((NameField, System.Text.Encoding.UTF8.GetBytes(name)));
        node._rest.Add((KindField, System.Text.Encoding.UTF8.GetBytes(kind)));
        node._rest.Add((DomainField, System.Text.Encoding.UTF8.GetBytes(domain)));
        return node;
    }

    /// <summary>Adds a whole number (AttributeProto: name 1, i 3, type 20 = INT).</summary>
    public GraphNode With(string attribute, long value) => With(new ProtobufWriter().Text(1, attribute).Number(3, value).Number(20, 2));

    /// <summary>Adds a number (AttributeProto: name 1, f 2, type 20 = FLOAT).</summary>
    public GraphNode With(string attribute, float value) => With(new ProtobufWriter().Text(1, attribute).Float(2, value).Number(20, 1));

    /// <summary>The tensor of a Constant (AttributeProto "value": t 5); null when it has none.</summary>
    public byte[]? ReadTensor() => ReadAttribute(null, field: 5).Content;

    /// <summary>A whole number among its attributes (AttributeProto: i 3); null when it has none of this name.</summary>
    public long? ReadInteger(string attribute) => ReadAttribute(attribute, field: 3) is { IsFound: true, Number: var number } ? number : null;

    /// <summary>A text among its attributes (AttributeProto: s 4); null when it has none of this name.</summary>
    public string? ReadText(string attribute) => ReadAttribute(attribute, field: 4).Content is { } text ? System.Text.Encoding.UTF8.GetString(text) : null;

    /// <summary>The node as a message.</summary>
    public byte[] Write()
    {
        var writer = new ProtobufWriter();
        Inputs.ForEach(name => writer.Text(InputField, name));
        Outputs.ForEach(name => writer.Text(OutputField, name));
        _rest.ForEach(part => writer.Content(part.Field, part.Content));
        return writer.ToArray();
    }

    private (bool IsFound, byte[]? Content, long Number) ReadAttribute(string? name, int field)
    {
        foreach (var (_, attribute) in _rest.Where(part => part.Field == AttributeField))
        {
            var isNamed = name is null;
            (bool, byte[]?, long) value = default;
            var reader = new ProtobufReader(attribute);
            while (reader.Next())
            {
                isNamed |= reader.Field == 1 && reader.Text == name;
                value = reader.Field == field ? (true, reader.HasContent ? reader.Content.ToArray() : null, reader.Number) : value;
            }

            if (isNamed && value.Item1)
            {
                return value;
            }
        }

        return default;
    }

    private GraphNode With(ProtobufWriter attribute)
    {
        _rest.Add((AttributeField, attribute.ToArray()));
        return this;
    }
}
