using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Timing;
using LiveAvatar.Rtc.Dtls;
using LiveAvatar.Rtc.Ice;
using LiveAvatar.Rtc.Srtp;
using LiveAvatar.Rtc.Transport;

namespace LiveAvatar.LoadClient;

/// <summary>A driver or viewer without a browser: connects by WHIP or WHEP as a full ICE agent, gives a browser's feedback and decodes nothing.</summary>
/// <remarks>One owner (<see cref="LoadFleet"/>); not thread-safe.</remarks>
public sealed class LoadPeer : IDisposable
{
    private const uint OwnSsrc = 1001;
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FeedbackInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromMilliseconds(300);

    private readonly DtlsContext _context;
    private readonly DtlsConnection _dtls;
    private readonly LoadAnswer _answer;
    private readonly Uri _resource;
    private readonly string _username;
    private readonly VideoWatch _video = new();
    private readonly TransportFeedbackWriter _feedback = new(OwnSsrc);
    private readonly SequenceUnwrapper _sequences = new();
    private readonly TimestampUnwrapper _timestamps = new();
    private readonly Random _random;
    private readonly double _loss;
    private readonly int? _bandwidth;
    private readonly WallClock _wall;
    private readonly VoiceTrack? _voice;
    private ReceiverReportState? _report;
    private (SrtpSession Outbound, SrtpSession Inbound)? _srtp;
    private TimeSpan _nextCheck;
    private TimeSpan _nextFeedback;
    private TimeSpan _nextReport;
    private TimeSpan _nextKeyFrame;
    private bool _dtlsStarted;

    private LoadPeer(DtlsContext context, string ufrag, LoadAnswer answer, Uri resource, TimeSpan joined, PeerRole role, WallClock wall)
    {
        (_context, _answer, _resource, _loss, _bandwidth, _wall) = (context, answer, resource, role.Loss, role.Bandwidth, wall);
        _random = new Random(role.Seed);
        _voice = role.Voice is { } packets ? new VoiceTrack(packets, wall) : null;
        Session = resource.Segments[2].TrimEnd('/');
        _username = $"{answer.Ufrag}:{ufrag}";
        Joined = joined;
        Socket = new Socket(answer.Server.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20, Blocking = false };
        Socket.Connect(answer.Server);
        _dtls = new DtlsConnection(context, isServer: answer.ServerIsDtlsClient, datagram => Send(datagram));
    }

    /// <summary>The session it drives or watches.</summary>
    public string Session { get; }

    /// <summary>When the offer was sent, on the fleet's clock.</summary>
    public TimeSpan Joined { get; }

    /// <summary>When each frame could have been shown, on the fleet's clock.</summary>
    public IReadOnlyList<TimeSpan> Shown => _video.Shown;

    /// <summary>Frames of the upper temporal layer among <see cref="Shown"/>.</summary>
    public int UpperLayerFrames => _video.UpperLayer;

    /// <summary>Video packets that had not come when a later one did.</summary>
    public long LostPackets => _video.Lost;

    /// <summary>Times a frame was given up and a key frame waited for.</summary>
    public int GaveUp => _video.GaveUp;

    /// <summary>Opus packets that came.</summary>
    public int VoicePackets { get; private set; }

    /// <summary>Protected bytes that came, retransmissions included.</summary>
    public long Bytes { get; private set; }

    /// <summary>From the capture of the middle of the sound a frame shows to the arrival of its last packet, ms. Drivers are of this process, so there is one clock.</summary>
    public List<double> CaptureToArrival { get; } = [];

    /// <summary>From the capture of a voice packet to its arrival at a viewer, ms.</summary>
    public List<double> VoiceToArrival { get; } = [];

    /// <summary>How late its own voice packets left against their schedule, ms.</summary>
    public IReadOnlyList<double> VoiceLateness => _voice?.Lateness ?? [];

    /// <summary>When its next voice packet is due; null while it does not speak.</summary>
    internal TimeSpan? VoiceDue(TimeSpan now) => _srtp is null ? null : _voice?.Due(now);

    internal Socket Socket { get; }

    internal static async Task<LoadPeer> JoinAsync(HttpClient http, Uri endpoint, TimeProvider time, PeerRole role, WallClock wall)
    {
        var certificate = DtlsCertificate.Create(time.GetUtcNow());
        var context = new DtlsContext(certificate);
        var ufrag = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var joined = time.GetElapsedTime(0);
        using var content = new StringContent(LoadOffer.Write(ufrag, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)), certificate.Fingerprint, role.Voice is not null));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/sdp");
        using var response = await http.PostAsync(endpoint, content).ConfigureAwait(false);
        var body = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Created)
        {
            context.Dispose();
            throw new InvalidOperationException($"{endpoint} answered {(int)response.StatusCode}: {body}");
        }

        return new LoadPeer(context, ufrag, LoadAnswer.Read(body, endpoint.IsLoopback), new Uri(endpoint, response.Headers.Location!), joined, role, wall);
    }

    internal Task LeaveAsync(HttpClient http) => http.DeleteAsync(_resource);

    internal void Receive(Span<byte> datagram, TimeSpan now)
    {
        switch (DatagramClassifier.Classify(datagram))
        {
            case DatagramKind.Stun when !_dtlsStarted:
                _dtlsStarted = true;
                if (!_answer.ServerIsDtlsClient)
                {
                    _dtls.Start();
                }

                break;
            case DatagramKind.Dtls:
                _dtls.Receive(datagram);
                if (_srtp is null && _dtls.State == DtlsState.Connected && _dtls.TryGetSrtpKeys(out var profile, out var keys))
                {
                    _srtp = SrtpSession.CreatePair(profile, keys, isDtlsServer: _answer.ServerIsDtlsClient);
                }

                break;
            case DatagramKind.Rtp:
                Bytes += datagram.Length;
                if (_srtp is not null && _random.NextDouble() >= _loss && _srtp.Value.Inbound.UnprotectRtp(datagram, out var length) == SrtpResult.Ok)
                {
                    OnRtp(datagram[..length], now);
                }

                break;
            case DatagramKind.Rtcp:
                if (_srtp?.Inbound.UnprotectRtcp(datagram, out var reported) == SrtpResult.Ok)
                {
                    OnRtcp(datagram[..reported], now);
                }

                break;
        }
    }

    internal void Tick(TimeSpan now)
    {
        _dtls.Tick();
        if (now >= _nextCheck)
        {
            _nextCheck = now + (_dtlsStarted ? CheckInterval : CheckInterval / 10);
            SendCheck();
        }

        if (_srtp is null)
        {
            return;
        }

        Span<byte> packet = stackalloc byte[Math.Max(TransportFeedbackWriter.MaxLength, 1500) + SrtpProfiles.MaxOverhead];
        while (_voice?.Write(packet, now) is > 0 and var length)
        {
            Send(packet[.._srtp.Value.Outbound.ProtectRtp(packet, length)]);
        }

        if (now >= _nextFeedback)
        {
            _nextFeedback = now + FeedbackInterval;
            SendRtcp(packet, _feedback.Write(packet, _video.Ssrc));
            if (_bandwidth is { } bandwidth)
            {
                SendRtcp(packet, WriteReceiverBandwidth(packet, bandwidth));
            }
        }

        if (now >= _nextReport && _voice is not null)
        {
            SendRtcp(packet, RtcpWriter.WriteSenderReport(packet, _voice.Report(now), [], "driver"u8));
        }

        if (now >= _nextReport && _report?.TryCreateReport(now, out var block) == true)
        {
            _nextReport = now + ReportInterval;
            SendRtcp(packet, RtcpWriter.WriteReceiverReport(packet, OwnSsrc, [block], "viewer"u8));
        }

        Repair(packet, now);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Socket.Dispose();
        _dtls.Dispose();
        _context.Dispose();
        _srtp?.Outbound.Dispose();
        _srtp?.Inbound.Dispose();
    }

    private void OnRtp(ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        if (!RtpPacketView.TryParse(datagram, out var packet))
        {
            return;
        }

        if (packet.TryGetExtension(LoadOffer.TransportSequenceId, out var number) && number.Length == 2)
        {
            _feedback.OnPacket(BinaryPrimitives.ReadUInt16BigEndian(number), now);
        }

        switch (packet.PayloadType)
        {
            case LoadOffer.VideoType:
                _report ??= new ReceiverReportState(packet.Ssrc, 90_000);
                _report.OnPacket(_sequences.Unwrap(packet.SequenceNumber), _timestamps.Unwrap(packet.Timestamp), now);
                if (packet.Marker)
                {
                    NoteCapture(packet, CaptureToArrival, now);
                }

                _video.OnPacket(packet, now);
                break;
            case LoadOffer.RtxType:
                _video.OnRetransmission(packet, now);
                break;
            case LoadOffer.OpusType:
                VoicePackets++;
                NoteCapture(packet, VoiceToArrival, now);
                break;
        }
    }

    private void NoteCapture(in RtpPacketView packet, List<double> delays, TimeSpan now)
    {
        if (packet.TryGetExtension(LoadOffer.CaptureTimeId, out var stamp) && HeaderExtensionFormat.TryReadAbsCaptureTime(stamp, out var captured, out _))
        {
            delays.Add(NtpTime.Difference(_wall.ToNtp(now), captured).TotalMilliseconds);
        }
    }

    private void OnRtcp(ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        var reader = new RtcpReader(datagram);
        while (reader.TryRead(out var packet))
        {
            if (packet.TryReadSenderReport(out var report) && report.Ssrc == _video.Ssrc)
            {
                _report?.OnSenderReport(report.Ntp, now);
            }
        }
    }

    // NACK (RFC 4585 section 6.2.1), one number an entry; PLI (6.3.1) while no frame can be shown.
    private void Repair(Span<byte> packet, TimeSpan now)
    {
        var asked = _video.Ask(now);
        if (asked.Count > 0)
        {
            var count = Math.Min(asked.Count, 100);
            WriteFeedback(packet, 205, 3 + count);
            for (var i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(packet[(12 + (4 * i))..], (uint)asked[i] << 16);
            }

            SendRtcp(packet, 12 + (4 * count));
        }

        if (_video.NeedsKeyFrame && now >= _nextKeyFrame)
        {
            _nextKeyFrame = now + KeyFrameInterval;
            WriteFeedback(packet, 206, 3);
            SendRtcp(packet, 12);
        }
    }

    // draft-alvestrand-rmcat-remb section 2.2; the mantissa has 18 bits.
    private int WriteReceiverBandwidth(Span<byte> packet, int bitsPerSecond)
    {
        var exponent = Math.Max(0, BitOperations.Log2((uint)bitsPerSecond) - 17);
        WriteFeedback(packet, 206, 6, format: 15);
        packet[8..12].Clear();
        "REMB"u8.CopyTo(packet[12..]);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], (1u << 24) | ((uint)exponent << 18) | ((uint)bitsPerSecond >> exponent));
        BinaryPrimitives.WriteUInt32BigEndian(packet[20..], _video.Ssrc);
        return 24;
    }

    private void WriteFeedback(Span<byte> packet, byte type, int words, byte format = 1)
    {
        packet[0] = (byte)(0x80 | format);
        packet[1] = type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(words - 1));
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], OwnSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], _video.Ssrc);
    }

    private void SendRtcp(Span<byte> packet, int length)
    {
        if (length > 0)
        {
            Send(packet[.._srtp!.Value.Outbound.ProtectRtcp(packet, length)]);
        }
    }

    private void SendCheck()
    {
        Span<byte> buffer = stackalloc byte[512];
        var writer = new StunWriter(buffer, StunType.BindingRequest, RandomNumberGenerator.GetBytes(12));
        writer.Add(StunAttribute.Username, Encoding.ASCII.GetBytes(_username));
        writer.Add(StunAttribute.IceControlling, new byte[8]);
        writer.Add(StunAttribute.Priority, [0x7E, 0, 0, 1]);
        writer.Add(StunAttribute.UseCandidate, []);
        Send(buffer[..writer.Finish(Encoding.ASCII.GetBytes(_answer.Password))]);
    }

    private void Send(ReadOnlySpan<byte> datagram)
    {
        try
        {
            Socket.Send(datagram);
        }
        catch (SocketException)
        {
            // The server is gone or its buffer full; UDP promises nothing.
        }
    }
}
