using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using LiveAvatar.CallKit;
using LiveAvatar.Inference;
using LiveAvatar.Quality.Data;
using LiveAvatar.Quality.Metrics;

namespace LiveAvatar.Quality.Tests;

/// <summary>Held-out renders as models/training/faces/quality.py writes them.</summary>
public sealed class TeacherFacesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly PackManifest _pack = ModelPack.Load(Checkout.At("tests", "packs", "tiny")).Manifest;

    private int RowLength => _pack.Motion.Count + _pack.Sizes.Context + _pack.Emotions.Count + _pack.Sizes.Noise;

    [Fact]
    public void GreyPicture_IsTheI420BytesAsTheyAre()
    {
        byte[] i420 = [.. Enumerable.Range(0, _pack.Video.FrameBytes).Select(i => (byte)(i * 7))];
        float[] row = [.. Enumerable.Range(0, RowLength).Select(i => i / 100f)];
        Write(i420, row);

        var (avatar, frames) = Assert.Single(TeacherFaces.Read(_folder.FullName, _pack));

        Assert.Equal(_pack.Avatars[0].Name, avatar);
        Assert.Equal(i420, frames[0].Picture);
        Assert.Equal(row, frames[0].Row);
        Assert.Equal(new Box(4, 2, 20, 24), frames[0].Face);
    }

    [Fact]
    public void RowsOfAnotherPack_AreRefused()
    {
        Write(new byte[_pack.Video.FrameBytes], new float[RowLength - 1]);

        var error = Assert.Throws<QualityException>(() => TeacherFaces.Read(_folder.FullName, _pack));
        Assert.Contains("Make the renders again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoRenders_AreAnEmptyList() => Assert.Empty(TeacherFaces.Read(_folder.FullName, _pack));

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(byte[] i420, float[] row)
    {
        var avatar = _pack.Avatars[0].Name;
        File.WriteAllText(Path.Combine(_folder.FullName, "frames.json"), $$"""[{"picture": "{{avatar}}_0.png", "look": "{{avatar}}", "row": 0, "face": [4, 2, 20, 24], "mouth": [8, 16, 12, 8]}]""");
        File.WriteAllBytes(Path.Combine(_folder.FullName, avatar + ".bin"), MemoryMarshal.AsBytes(row.AsSpan()).ToArray());
        File.WriteAllBytes(Path.Combine(_folder.FullName, avatar + "_0.png"), GreyPng(_pack.Video.Width, _pack.Video.Height * 3 / 2, i420));
    }

    private static byte[] GreyPng(int width, int height, byte[] pixels)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8; // bits; colour type 0 is grey
        Chunk(file, "IHDR"u8, header);
        using (var packed = new MemoryStream())
        {
            using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                for (var y = 0; y < height; y++)
                {
                    zlib.WriteByte(0); // no filter
                    zlib.Write(pixels, y * width, width);
                }
            }

            Chunk(file, "IDAT"u8, packed.ToArray());
        }

        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, byte[] body)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
        file.Write(number);
        file.Write(type);
        file.Write(body);
        var crc = 0xFFFFFFFFu; // of type and body, ISO 3309
        foreach (var value in (byte[])[.. type, .. body])
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        file.Write(number);
    }
}
