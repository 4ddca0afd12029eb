using System.Security.Cryptography;
using System.Text;
using LiveAvatar.Media.Rtcp;
using LiveAvatar.Media.Rtp;
using LiveAvatar.Media.Timing;
using LiveAvatar.Media.Video;
using LiveAvatar.Rtc.Congestion;
using LiveAvatar.Rtc.Sdp;

namespace LiveAvatar.Rtc.Session;

/// <summary>Cuts frames into packets, paces them out, and sends again what the peer has lost.</summary>
/// <remarks>
/// Called under the send lock. Lost packets go out as RTX (RFC 4588) where that is agreed. Where it is not, the very bytes
/// first sent are repeated: protecting a packet anew under its old sequence number, with a new transport-wide number in its
/// header, would use one AES-GCM nonce for two packets and give the authentication key away (RFC 7714 section 8.4).
/// </remarks>
internal sealed class VideoStream : IDisposable
{
    private const int MaxHistory = 512; // packets: 500 ms at 9 Mbit/s

    // The base layer takes 60 % of the encoder's rate: below three quarters it is sent alone, above nine tenths all is again.
    private const double BaseLayerBelow = 0.75;
    private const double AllLayersAbove = 0.9;

    /// <summary>Loss from which the last packet of a frame goes out twice.</summary>
    private const double RepeatAboveLoss = 0.01;

    private readonly SecureSender _sender;
    private readonly BandwidthEstimator _bandwidth;
    private readonly Pacer<OutgoingPacket> _pacer;
    private readonly SendHistory? _history;
    private readonly RtxWriter? _rtx;
    private readonly Vp8Packetizer? _vp8;
    private readonly H264Packetizer? _h264;
    private readonly Stack<OutgoingPacket> _spare = new();
    private readonly HeaderExtensionIds _extensions;
    private readonly byte[] _mid;
    private readonly int _payloadType;
    private int _encoderRate;
    private ushort _lastSequence;
    private bool _baseLayerOnly;
    private bool _repeatsLastPacket;
    private bool _keyFrameSent;
    private readonly RepairBudget _repairs = new();
    private ushort? _writtenOffBefore; // what was sent before this is not sent again: a key frame comes instead

    public VideoStream(NegotiatedSession session, PeerOptions options, uint ssrc, uint rtxSsrc, SecureSender sender, BandwidthEstimator bandwidth)
    {
        _sender = sender;
        _bandwidth = bandwidth;
        _extensions = session.VideoExtensions;
        _mid = Encoding.ASCII.GetBytes(session.VideoMid);
        _payloadType = session.VideoPayloadType;
        _encoderRate = options.VideoBitrate;
        _pacer = new Pacer<OutgoingPacket>(options.VideoBitrate);
        PlayoutDelay = options.PlayoutDelay;
        Counters = new StreamCounters(ssrc, RtpClock.Video);
        if (session.VideoCodec == VideoCodec.Vp8)
        {
            _vp8 = new Vp8Packetizer(temporalLayers: options.TemporalLayers, firstPictureId: RandomNumberGenerator.GetInt32(1 << 15));
        }
        else
        {
            _h264 = new H264Packetizer();
        }

        if (session.RtxPayloadType != 0)
        {
            _rtx = new RtxWriter(rtxSsrc, session.RtxPayloadType, (ushort)RandomNumberGenerator.GetInt32(1 << 15));
        }

        _history = session.Nack ? new SendHistory(maxPackets: MaxHistory, maxPayload: _rtx is null ? RtpLimits.MaxPacket : RtpLimits.MaxPayload) : null;
    }

    public StreamCounters Counters { get; }

    public PlayoutDelay PlayoutDelay { get; set; }

    public long NackedPackets { get; private set; }

    public long Retransmissions { get; private set; }

    /// <summary>Frames above the base layer left out because the path bears less than the encoder makes.</summary>
    public long LayerDrops { get; private set; }

    public long PacerDrops => _pacer.OverflowCount;

    /// <summary>Whether anything waits for <see cref="Pump"/>.</summary>
    public bool HasQueued => _pacer.Count > 0;

    /// <summary>Takes note of the encoder's rate.</summary>
    public void SetBitrate(int bitsPerSecond)
    {
        _pacer.SetRate(bitsPerSecond);
        _encoderRate = bitsPerSecond;
    }

    /// <summary>Takes the share of packets, 0 to 1, that the peer last reported as lost.</summary>
    public void OnReportedLoss(double loss) => _repeatsLastPacket = loss > RepeatAboveLoss;

    /// <summary>Puts one encoded frame in line and sends what may leave now.</summary>
    /// <remarks>Nothing can be decoded before the first key frame, so nothing is sent before it.</remarks>
    public void SendFrame(
        ReadOnlySpan<byte> frame, long timestamp, bool keyFrame, int temporalLayer, ulong captureNtp, long? captureClockOffset, TimeSpan now)
    {
        if ((!keyFrame && !_keyFrameSent) || (temporalLayer > 0 && LeavesOutUpperLayer()))
        {
            return;
        }

        _keyFrameSent = true;
        var values = new HeaderExtensionValues
        {
            Mid = _mid,
            PlayoutDelay = PlayoutDelay,
            AbsCaptureTimeNtp = captureNtp == 0 ? null : captureNtp,
            CaptureClockOffset = captureNtp == 0 ? null : captureClockOffset,
        };
        var urgency = keyFrame ? PacketUrgency.Key : PacketUrgency.Delta;
        var header = new RtpHeader(_payloadType, Marker: false, 0, Counters.ToWire(timestamp), Counters.Ssrc);
        var packet = Begin(header, values);
        if (_vp8 is not null)
        {
            // No frame refers to one above the base layer (the encoder's two-layer pattern).
            var fragments = _vp8.Start(frame, temporalLayer, layerSync: temporalLayer > 0, nonReference: temporalLayer > 0);
            while (fragments.TryNext(packet.Room, out var length, out var last))
            {
                Complete(packet, length, last, urgency, now);
                packet = Begin(header, values);
            }
        }
        else
        {
            var fragments = _h264!.Start(frame);
            while (fragments.TryNext(packet.Room, out var length, out var last))
            {
                Complete(packet, length, last, urgency, now);
                packet = Begin(header, values);
            }
        }

        _spare.Push(packet);

        Pump(now);
        if (_repeatsLastPacket && _bandwidth.HasRoom && _rtx is not null)
        {
            RepeatLastPacket(now);
        }
    }

    /// <summary>Sends what may leave now; returns when to call again, or null when nothing waits.</summary>
    public TimeSpan? Pump(TimeSpan now)
    {
        while (_pacer.TryDequeue(now, out var packet))
        {
            if (packet.IsOriginal && _rtx is not null)
            {
                _history?.Add(packet.Header, packet.Payload, now);
            }

            var payloadLength = packet.Length - packet.HeaderLength;
            var sent = _sender.Send(packet, now);
            if (packet.IsOriginal && sent > 0)
            {
                Counters.OnSent(payloadLength);
                if (_rtx is null)
                {
                    _history?.Add(packet.Header, packet.Bytes.AsSpan(0, sent), now);
                }
            }

            _spare.Push(packet);
        }

        return _pacer.NextDeadline(now);
    }

    /// <summary>Sends again what a NACK lists, as far as it is still kept.</summary>
    /// <returns>False when a key frame is to be made instead: the list costs more than one, or has what is no longer kept.</returns>
    public bool Resend(NackedSequences sequences, TimeSpan roundTrip, TimeSpan now)
    {
        foreach (var sequence in sequences)
        {
            NackedPackets++;
            if (_history is null || IsWrittenOff(sequence) || (short)(sequence - _lastSequence) > 0)
            {
                continue;
            }

            var lost = _history.UnknownCount;
            var kept = _history.TryGet(sequence, now, roundTrip, out var sent);
            if (_history.UnknownCount > lost || (kept && !_repairs.TryTake(sent.Payload.Length, _bandwidth.Target, now)))
            {
                _writtenOffBefore = (ushort)(_lastSequence + 1);
                Pump(now);
                return false;
            }

            if (kept)
            {
                Resend(sent, now);
            }
        }

        Pump(now);
        return true;
    }

    // By the shorter way around the circle of numbers; the history is far shorter than half of it.
    private bool IsWrittenOff(ushort sequence)
    {
        if (_writtenOffBefore is not { } first)
        {
            return false;
        }

        if ((short)(_lastSequence - first) > MaxHistory)
        {
            _writtenOffBefore = null; // nothing of it is kept any more
            return false;
        }

        return (short)(sequence - first) < 0;
    }

    /// <summary>
    /// Sends the last packet once more, as RTX. Its loss is the one a gap cannot show before the next frame, 40 ms later.
    /// </summary>
    /// <remarks>
    /// Not on a narrow path: what it loses has no room in its queue, and where a frame is one packet, this sends each twice.
    /// </remarks>
    private void RepeatLastPacket(TimeSpan now)
    {
        if (_history is not null && _history.TryGet(_lastSequence, now, TimeSpan.Zero, out var sent))
        {
            Resend(sent, now);
            Pump(now);
        }
    }

    /// <summary>Gives the history's memory back.</summary>
    public void Dispose() => _history?.Dispose();

    private bool LeavesOutUpperLayer()
    {
        _baseLayerOnly = _bandwidth.Target < (_baseLayerOnly ? AllLayersAbove : BaseLayerBelow) * _encoderRate;
        LayerDrops += _baseLayerOnly ? 1 : 0;
        return _baseLayerOnly;
    }

    private void Resend(in SentPacket sent, TimeSpan now)
    {
        var packet = Take(isOriginal: false);
        if (_rtx is null)
        {
            sent.Payload.CopyTo(packet.Bytes);
            packet.Length = sent.Payload.Length;
            packet.HeaderLength = 0;
            packet.IsProtected = true;
        }
        else
        {
            // Of the extensions only those that describe this very packet; what the frame says came with its other packets.
            var values = new HeaderExtensionValues { Mid = _mid, PlayoutDelay = PlayoutDelay };
            packet.Length = _rtx.Write(packet.Bytes, sent, _extensions, values, out var stamps);
            packet.Stamps = stamps;
        }

        if (Enqueue(packet, PacketUrgency.Resend, now))
        {
            Retransmissions++;
        }
    }

    /// <summary>Writes a packet's header, so that its payload can be cut straight into its place.</summary>
    private OutgoingPacket Begin(in RtpHeader header, in HeaderExtensionValues values)
    {
        var packet = Take(isOriginal: true);
        packet.HeaderLength = RtpPacketWriter.WriteHeader(packet.Bytes, header, _extensions, values, out var stamps);
        packet.Header = header;
        packet.Stamps = stamps;
        return packet;
    }

    private void Complete(OutgoingPacket packet, int payloadLength, bool last, PacketUrgency urgency, TimeSpan now)
    {
        _lastSequence = Counters.TakeSequence();
        packet.Number(_lastSequence, last);
        packet.Length = packet.HeaderLength + payloadLength;
        Enqueue(packet, urgency, now);
    }

    private bool Enqueue(OutgoingPacket packet, PacketUrgency urgency, TimeSpan now)
    {
        if (_pacer.Enqueue(packet, packet.Length, urgency, now))
        {
            return true;
        }

        _spare.Push(packet);
        return false;
    }

    private OutgoingPacket Take(bool isOriginal)
    {
        var packet = _spare.TryPop(out var spare) ? spare : new OutgoingPacket();
        packet.IsOriginal = isOriginal;
        packet.IsProtected = false;
        packet.Stamps = default;
        return packet;
    }
}
