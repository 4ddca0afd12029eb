namespace LiveAvatar.Inference.Packs;

/// <summary>What a pack's rules ask about an ONNX file, read from the file itself without building a session.</summary>
/// <remarks>
/// Field numbers are those of onnx.proto (IR version 3 and later). Reading them here keeps a graph with external data from
/// ever reaching ONNX Runtime, which would open the files it names.
/// </remarks>
internal sealed class OnnxFile
{
    private const int MaxDepth = 32; // of graphs within graphs; exporters make two or three

    private readonly HashSet<string> _initializers = new(StringComparer.Ordinal);
    private readonly List<TensorSpec> _inputs = [];

    /// <summary>Inputs a caller must give, in the file's order.</summary>
    internal IReadOnlyList<TensorSpec> Inputs { get; private set; } = [];

    /// <summary>Outputs in the file's order.</summary>
    internal List<TensorSpec> Outputs { get; } = [];

    /// <summary>Version of the standard operator set, 0 if the file names none.</summary>
    internal long Opset { get; private set; }

    /// <summary>An operator that is not of the standard set, as domain::name.</summary>
    internal string? ForeignOperator { get; private set; }

    /// <summary>A tensor whose numbers lie in another file.</summary>
    internal string? ExternalTensor { get; private set; }

    private OnnxFile()
    {
    }

    /// <summary>Reads a serialised ModelProto.</summary>
    /// <exception cref="InvalidDataException">The bytes are not one; the message completes the sentence "the file is not ONNX because …".</exception>
    internal static OnnxFile Parse(ReadOnlySpan<byte> bytes)
    {
        var file = new OnnxFile();
        var graphs = 0;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 7:
                    graphs++;
                    file.ReadGraph(reader.Content, depth: 0);
                    break;
                case 8:
                    file.ReadOperatorSet(reader.Content);
                    break;
                case 25:
                    file.ForeignOperator ??= "a function defined in the file";
                    break;
                default:
                    break;
            }
        }

        if (graphs != 1)
        {
            throw new InvalidDataException("it holds no graph");
        }

        file.Inputs = [.. file._inputs.Where(input => !file._initializers.Contains(input.Name))];
        return file;
    }

    private void ReadOperatorSet(ReadOnlySpan<byte> message)
    {
        var domain = "";
        long version = 0;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            domain = reader.Field == 1 ? reader.Text : domain;
            version = reader.Field == 2 ? reader.Number : version;
        }

        Opset = IsStandard(domain) ? version : Opset;
    }

    private void ReadGraph(ReadOnlySpan<byte> message, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidDataException($"its graphs are nested more than {MaxDepth} deep");
        }

        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    ReadNode(reader.Content, depth);
                    break;
                case 5:
                    ReadTensor(reader.Content, depth);
                    break;
                case 15:
                    ReadSparseTensor(reader.Content);
                    break;
                case 11 when depth == 0:
                    _inputs.Add(ReadValue(reader.Content));
                    break;
                case 12 when depth == 0:
                    Outputs.Add(ReadValue(reader.Content));
                    break;
                default:
                    break;
            }
        }
    }

    private void ReadNode(ReadOnlySpan<byte> message, int depth)
    {
        string name = "", domain = "";
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 4:
                    name = reader.Text;
                    break;
                case 5:
                    ReadAttribute(reader.Content, depth);
                    break;
                case 7:
                    domain = reader.Text;
                    break;
                default:
                    break;
            }
        }

        if (!IsStandard(domain))
        {
            ForeignOperator ??= $"{domain}::{name}";
        }
    }

    private void ReadAttribute(ReadOnlySpan<byte> message, int depth)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 5 or 10:
                    ReadTensor(reader.Content, depth: 1); // a constant inside a node names no graph input
                    break;
                case 6 or 11:
                    ReadGraph(reader.Content, depth + 1);
                    break;
                default:
                    break;
            }
        }
    }

    private void ReadTensor(ReadOnlySpan<byte> message, int depth)
    {
        var name = "";
        var external = false;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            name = reader.Field == 8 ? reader.Text : name;
            external |= reader.Field == 13 || (reader.Field == 14 && reader.Number != 0);
        }

        ExternalTensor ??= external ? name : null;
        if (depth == 0)
        {
            _initializers.Add(name);
        }
    }

    private void ReadSparseTensor(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field is 1 or 2)
            {
                ReadTensor(reader.Content, depth: 1);
            }
        }
    }

    private static TensorSpec ReadValue(ReadOnlySpan<byte> message)
    {
        var name = "";
        var type = ElementType.Unknown;
        var shape = new List<Dimension>();
        var value = new ProtobufReader(message);
        while (value.Next())
        {
            name = value.Field == 1 ? value.Text : name;
            var typeProto = new ProtobufReader(value.Field == 2 ? value.Content : default);
            while (typeProto.Next())
            {
                var tensor = new ProtobufReader(typeProto.Field == 1 ? typeProto.Content : default);
                while (tensor.Next())
                {
                    type = tensor.Field == 1 ? (ElementType)tensor.Number : type;
                    ReadShape(tensor.Field == 2 ? tensor.Content : default, shape);
                }
            }
        }

        return new TensorSpec(name, type, shape);
    }

    private static void ReadShape(ReadOnlySpan<byte> message, List<Dimension> shape)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            var dimension = default(Dimension);
            var part = new ProtobufReader(reader.Field == 1 ? reader.Content : default);
            while (part.Next())
            {
                dimension = part.Field switch
                {
                    1 => new Dimension(part.Number, null),
                    2 => new Dimension(null, part.Text),
                    _ => dimension,
                };
            }

            shape.Add(dimension);
        }
    }

    private static bool IsStandard(string domain) => domain is "" or "ai.onnx";
}
