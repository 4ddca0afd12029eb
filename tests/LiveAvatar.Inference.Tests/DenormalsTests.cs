using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LiveAvatar.Inference.Runtime;

namespace LiveAvatar.Inference.Tests;

[Trait("Category", "unit")]
public class DenormalsTests
{
    [Fact]
    public void Denormal_BecomesZeroOnTheThreadThatAsked()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64, "only Linux on x64 and arm64");
        float before = 0, after = 1, normal = 0;
        var thread = new Thread(() =>
        {
            before = Times(1e-38f, 0.01f);
            Denormals.FlushOnThisThread();
            after = Times(1e-38f, 0.01f);
            normal = Times(3f, 0.5f);
        });
        thread.Start();
        thread.Join();

        Assert.Equal((1e-40f, 0f, 1.5f), (before, after, normal));
    }

    [Fact]
    public void Listen_SwitchesItsThread()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64, "only Linux on x64 and arm64");
        using var engine = TestPacks.TinyEngine();
        using var stream = engine.CreateStream("ada", 1);
        float after = 1;
        var thread = new Thread(() =>
        {
            stream.Listen(new float[640], default);
            after = Times(1e-38f, 0.01f);
        });
        thread.Start();
        thread.Join();

        Assert.Equal(0f, after);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Times(float a, float b) => a * b;
}
