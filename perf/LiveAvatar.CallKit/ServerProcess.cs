using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LiveAvatar.CallKit;

/// <summary>The real server, built from this checkout, in a process of its own.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private const int KeptLines = 200;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();

    private ServerProcess(Process process, Uri address, int grpcPort, int mediaPort)
    {
        _process = process;
        Address = address;
        GrpcPort = grpcPort;
        MediaPort = mediaPort;
        Api = new ServerApi(address);
    }

    /// <summary>Where page, WHIP and WHEP are.</summary>
    public Uri Address { get; }

    /// <summary>Where gRPC is, without TLS.</summary>
    public int GrpcPort { get; }

    /// <summary>The one UDP port.</summary>
    public int MediaPort { get; }

    /// <summary>The server's HTTP interface.</summary>
    public ServerApi Api { get; }

    /// <summary>From process start until /readyz said yes.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>CPU time used so far by all threads.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Memory in RAM now, bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Open file descriptors.</summary>
    public int HandleCount => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>Threads of the process.</summary>
    public int ThreadCount => Directory.GetFileSystemEntries($"/proc/{_process.Id}/task").Length;

    /// <summary>The last lines the server wrote.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>The process runs.</summary>
    public bool IsAlive => !_process.HasExited;

    /// <summary>Starts the server on free ports of this machine and waits until it is ready.</summary>
    /// <param name="options">More command-line options.</param>
    /// <exception cref="CallKitException">It is not built, or did not become ready; the message has its last words.</exception>
    public static async Task<ServerProcess> StartAsync(params string[] options)
    {
        var program = Checkout.Program("src", "LiveAvatar.Server");
        var httpPort = FreePort(SocketType.Stream);
        var grpcPort = FreePort(SocketType.Stream);
        var mediaPort = FreePort(SocketType.Dgram);
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = Checkout.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["run", "--http-port", $"{httpPort}", "--grpc-port", $"{grpcPort}", "--media-port", $"{mediaPort}", .. options])
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start };
        var server = new ServerProcess(process, new Uri($"http://localhost:{httpPort}/"), grpcPort, mediaPort);
        process.OutputDataReceived += server.Keep;
        process.ErrorDataReceived += server.Keep;
        var began = TimeProvider.System.GetTimestamp();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await server.WaitUntilReadyAsync(began).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends the process at once, as a crash would.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Asks the server to stop as an operator would, and kills it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (Process.Start("kill", ["-TERM", $"{_process.Id}"]))
            {
            }

            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        Api.Dispose();
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync(long began)
    {
        while (!await Api.IsReadyAsync().ConfigureAwait(false))
        {
            var waited = TimeProvider.System.GetElapsedTime(began);
            if (_process.HasExited || waited > StartLimit)
            {
                throw new CallKitException(
                    (_process.HasExited ? $"The server ended with code {_process.ExitCode}" : $"The server was not ready after {waited.TotalSeconds:F0} s")
                    + ". Its last words:\n" + Log);
            }

            await Task.Delay(20).ConfigureAwait(false);
        }

        ReadyAfter = TimeProvider.System.GetElapsedTime(began);
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
        {
            return;
        }

        _log.Enqueue(line.Data);
        if (_log.Count > KeptLines)
        {
            _log.TryDequeue(out _);
        }
    }

    private static int FreePort(SocketType type)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
