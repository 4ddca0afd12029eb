using System.Buffers.Binary;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using LiveAvatar.V1;

// Says a WAV file through an avatar, as a text-to-speech service would: dotnet run --project examples/speak voice.wav
if (args.Length is 0 or > 3)
{
    Console.Error.WriteLine("usage: speak VOICE.wav [AVATAR] [http://SERVER:8081]   16-bit PCM, mono or stereo; a server with keys: LIVEAVATAR_API_KEY=KEY speak …");
    return 2;
}

var server = args.Length > 2 ? args[2] : "http://localhost:8081";
try
{
    var wav = Wav.Read(await File.ReadAllBytesAsync(args[0]));
    using var channel = GrpcChannel.ForAddress(server);
    var sessions = new SessionService.SessionServiceClient(channel);
    var key = Environment.GetEnvironmentVariable("LIVEAVATAR_API_KEY");
    var made = await sessions.CreateAsync(new CreateSessionRequest { Avatar = args.Length > 1 ? args[1] : "" }, key is null ? null : new Metadata { { "authorization", $"Bearer {key}" } });
    var secret = new Metadata { { "authorization", $"Bearer {made.Secret}" } };
    Console.WriteLine($"Watch at the server's page, /view/{made.Session}. Press Enter to speak.");
    Console.ReadLine();

    using var push = new AudioService.AudioServiceClient(channel).Push(secret);
    var telling = Task.Run(async () =>
    {
        await foreach (var told in push.ResponseStream.ReadAllAsync())
        {
            Console.WriteLine($"{told.Event,-12} {told.Played.ToTimeSpan():mm\\:ss\\.f} played, {told.Buffered.ToTimeSpan().TotalSeconds:F1} s wait");
        }
    });
    foreach (var block in wav.Data.Chunk(wav.BytesPerSecond / 10))
    {
        // As fast as the server takes it: it plays in real time and holds us up when 10 s wait.
        await push.RequestStream.WriteAsync(new PushAudioRequest { Session = made.Session, Format = wav.Format, Audio = UnsafeByteOperations.UnsafeWrap(block) });
    }

    await push.RequestStream.CompleteAsync();
    await telling;
    await sessions.CloseAsync(new CloseSessionRequest { Session = made.Session }, secret);
    return 0;
}
catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"speak: {e.Message}");
    return 1;
}
catch (RpcException e)
{
    Console.Error.WriteLine($"speak: {e.StatusCode}: {e.Status.Detail}");
    return 1;
}

/// <summary>The sound of a 16-bit PCM WAV file.</summary>
internal sealed record Wav(AudioFormat Format, byte[] Data)
{
    public int BytesPerSecond => Format.SampleRate * Format.Channels * 2;

    public static Wav Read(byte[] file)
    {
        AudioFormat? format = null;
        for (var at = 12; at + 8 <= file.Length && file.AsSpan(0, 4).SequenceEqual("RIFF"u8);)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            var body = file.AsSpan(at + 8, Math.Clamp(length, 0, file.Length - at - 8));
            if (file.AsSpan(at, 4).SequenceEqual("fmt "u8) && body.Length >= 16 && body[0] == 1 && body[14] == 16)
            {
                format = new AudioFormat { Encoding = AudioEncoding.Pcm16, SampleRate = BinaryPrimitives.ReadInt32LittleEndian(body[4..]), Channels = body[2] };
            }
            else if (file.AsSpan(at, 4).SequenceEqual("data"u8) && format is not null)
            {
                return new Wav(format, body[..(body.Length / (2 * format.Channels) * 2 * format.Channels)].ToArray());
            }

            at += 8 + Math.Max(0, length) + (length & 1);
        }

        throw new InvalidDataException("this is no 16-bit PCM WAV file. Convert it: ffmpeg -i IN -c:a pcm_s16le OUT.wav");
    }
}
