using System.Runtime.CompilerServices;
using LiveAvatar.Codecs.Native;

namespace LiveAvatar.Codecs.Tests;

public sealed unsafe class NativeCodecsTests
{
    [Fact]
    public void InstalledLibraries_HaveNoProblem() => Assert.Empty(NativeCodecs.Verify());

    [Fact]
    public void Versions_NameEverySoname()
    {
        var versions = NativeCodecs.GetVersions();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", versions));
        Assert.Equal(6, versions.Count);
        Assert.Contains(versions, found => found.Name.StartsWith("libvpx.so.", StringComparison.Ordinal) && found.Version.StartsWith('v'));
        Assert.Contains(versions, found => found.Name == "libopus.so.0" && found.Version.StartsWith("libopus 1.", StringComparison.Ordinal));
        Assert.Contains(versions, found => found.Name.StartsWith("libopenh264", StringComparison.Ordinal) && found.Version.StartsWith("2.", StringComparison.Ordinal));
    }

    [Fact]
    public void MissingLibrary_NamesItsPackage()
    {
        var missing = new NativeLibraryInfo("liveavatar-none", "Testing", "libnone7", "libliveavatar-none.so.7", "libliveavatar-none.so.8");
        var exception = Assert.Throws<NativeCodecException>(() => NativeLibraries.Load(missing));
        Assert.Equal(
            "Testing needs the native library libliveavatar-none.so.7 or libliveavatar-none.so.8, which is not installed. " +
            "On Debian 12: apt-get install libnone7",
            exception.Message);
    }

    [Fact]
    public void MissingLibrary_IsFoundWhenInstalledLater()
    {
        var late = new NativeLibraryInfo("liveavatar-late", "Testing", "libnone", "libliveavatar-late.so.1");
        Assert.Throws<NativeCodecException>(() => NativeLibraries.Load(late));
        var installed = late with { Sonames = ["libopus.so.0"] };
        Assert.Equal("libopus.so.0", NativeLibraries.Load(installed).Soname);
    }

    // Sizes from the C headers: vpx 1.12 to 1.16, OpenH264 2.3 to 2.6 (the larger of each), sndfile 1.2.
    [Fact]
    public void Structs_HaveTheHeadersSizes()
    {
        Assert.Equal(504, sizeof(VpxEncoderConfig));
        Assert.Equal(56, sizeof(VpxContext));
        Assert.Equal(136, sizeof(VpxPacket));
        Assert.Equal(136, sizeof(VpxImage));
        Assert.True(sizeof(OpenH264EncoderParameters) >= 924);
        Assert.Equal(200, sizeof(OpenH264SpatialLayer));
        Assert.Equal(80, sizeof(OpenH264Picture));
        Assert.Equal(7192, sizeof(OpenH264FrameInfo));
        Assert.Equal(32, sizeof(OpenH264DecoderParameters));
        Assert.Equal(72, sizeof(OpenH264DecodedPicture));
        Assert.Equal(16, sizeof(OpenH264Version));
        Assert.Equal(32, sizeof(SndFileInfo));
    }

    // The defaults of vpx_codec_enc_config_default, found at their offsets, show that the layout is the library's.
    [Fact]
    public void VpxDefaults_LieAtTheirOffsets()
    {
        VpxEncoderConfig config;
        Unsafe.InitBlock(&config, 0xAA, (uint)sizeof(VpxEncoderConfig));
        Assert.Equal(0, LibVpx.GetDefaultConfig(LibVpx.Vp8Encoder(), &config, 0));
        Assert.Equal((320u, 240u, 1, 30), (config.Width, config.Height, config.TimebaseNumerator, config.TimebaseDenominator));
        Assert.Equal((256u, 4u, 63u), (config.TargetKilobits, config.MinQuantizer, config.MaxQuantizer));
        Assert.Equal((6000u, 4000u, 5000u), (config.BufferMilliseconds, config.BufferInitialMilliseconds, config.BufferOptimalMilliseconds));
        Assert.Equal((1, 1u), (config.KeyFrameMode, config.TemporalLayers));
    }

    [Fact]
    public void UnknownVpxAbi_IsToldApart()
    {
        VpxEncoderConfig config;
        VpxContext context = default;
        Assert.Equal(0, LibVpx.GetDefaultConfig(LibVpx.Vp8Encoder(), &config, 0));
        Assert.Equal(LibVpx.AbiMismatch, LibVpx.InitEncoder(&context, LibVpx.Vp8Encoder(), &config, 0, 9999));
        Assert.Equal(LibVpx.AbiMismatch, LibVpx.InitDecoder(&context, LibVpx.Vp8Decoder(), null, 0, 9999));
    }

    [Fact]
    public void OpenH264Defaults_LieAtTheirOffsets()
    {
        using var encoder = OpenH264EncoderHandle.Create();
        OpenH264EncoderParameters parameters;
        Unsafe.InitBlock(&parameters, 0xAA, (uint)sizeof(OpenH264EncoderParameters));
        Assert.Equal(0, encoder.GetDefaults(&parameters));
        Assert.Equal((0, 1, 1), (parameters.UsageType, parameters.TemporalLayers, parameters.SpatialLayers));
        Assert.Equal((51, 0, 400), (parameters.MaxQp, parameters.MinQp, parameters.IdrBitratePercent));
        Assert.Equal(1, parameters.Threads);
    }
}
