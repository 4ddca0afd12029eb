using System.Diagnostics;

namespace LiveAvatar.CallKit;

/// <summary>A private PulseAudio whose only loudspeaker is silent: Firefox runs no audio context without a device.</summary>
internal sealed class SoundDevice : IDisposable
{
    private const string Program = "/usr/bin/pulseaudio";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);
    private readonly Process _process;

    private SoundDevice(Process process, string socket)
    {
        _process = process;
        Address = "unix:" + socket;
    }

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Missing => File.Exists(Program) ? null : "Firefox needs a sound device of its own: install PulseAudio (Debian: apt-get install pulseaudio).";

    /// <summary>What PULSE_SERVER has to say.</summary>
    public string Address { get; }

    /// <summary>Starts it.</summary>
    /// <param name="folder">Where its socket and its files go.</param>
    /// <exception cref="CallKitException">It does not start.</exception>
    public static async Task<SoundDevice> StartAsync(DirectoryInfo folder)
    {
        var socket = Path.Combine(folder.FullName, "pulse-socket");
        var start = new ProcessStartInfo(Program)
        {
            ArgumentList =
            {
                "-n", "--daemonize=no", "--use-pid-file=no", "--disable-shm=yes", "--log-level=error", "--exit-idle-time=-1",
                "--realtime=no", // a real-time thread that catches up after a pause of the machine is killed by its time limit
                "-L", $"module-native-protocol-unix socket={socket} auth-anonymous=1", "-L", "module-null-sink rate=48000",
            },
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = start.Environment["XDG_RUNTIME_DIR"] = folder.FullName;
        var device = new SoundDevice(Process.Start(start)!, socket);
        var said = device._process.StandardError.ReadToEndAsync();
        var began = TimeProvider.System.GetTimestamp();
        while (!File.Exists(socket))
        {
            if (device._process.HasExited || TimeProvider.System.GetElapsedTime(began) > StartLimit)
            {
                device.Dispose();
                throw new CallKitException($"PulseAudio did not start: {await said.ConfigureAwait(false)}");
            }

            await Task.Delay(20).ConfigureAwait(false);
        }

        return device;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
