using System.Buffers.Binary;

namespace LiveAvatar.Media.Rtp;

/// <summary>Writes RTP headers with RFC 8285 header extensions; <see cref="RtpPacketView"/> draws the layout.</summary>
public static class RtpPacketWriter
{
    /// <summary>No header written with values this type accepts in the one-byte form is longer: 12 + 4 + 17 + 4 + 3 + 4 + 17, padded to 32 bits.</summary>
    public const int MaxHeaderLength = 64;

    /// <summary>Writes the header at the start of <paramref name="buffer"/> and returns its length; the payload follows it.</summary>
    /// <exception cref="ArgumentException">The buffer is shorter than the header.</exception>
    public static int WriteHeader(Span<byte> buffer, in RtpHeader header, in HeaderExtensionIds ids, in HeaderExtensionValues values) =>
        WriteHeader(buffer, header, ids, values, out _);

    /// <summary>As above, and tells where the fields lie that are stamped just before SRTP.</summary>
    /// <exception cref="ArgumentException">The buffer is shorter than the header.</exception>
    public static int WriteHeader(
        Span<byte> buffer, in RtpHeader header, in HeaderExtensionIds ids, in HeaderExtensionValues values, out RtpStampOffsets offsets)
    {
        if (buffer.Length < RtpPacketView.FixedHeaderLength)
        {
            throw new ArgumentException("The buffer is shorter than an RTP header.", nameof(buffer));
        }

        buffer[0] = 0x80; // version 2, no padding, no CSRC
        buffer[1] = (byte)((header.PayloadType & 0x7F) | (header.Marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], header.SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], header.Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], header.Ssrc);

        var elements = new ElementWriter(buffer, ids.NeedsTwoByteForm);
        if (ids.Mid != 0 && !values.Mid.IsEmpty)
        {
            values.Mid.Span.CopyTo(elements.Add(ids.Mid, values.Mid.Length));
        }

        var transportSequence = 0;
        if (ids.TransportSequence != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(elements.Add(ids.TransportSequence, 2), values.TransportSequence);
            transportSequence = elements.Length - 2;
        }

        var absSendTime = 0;
        if (ids.AbsSendTime != 0)
        {
            HeaderExtensionFormat.WriteAbsSendTime(elements.Add(ids.AbsSendTime, 3), values.AbsSendTimeNtp);
            absSendTime = elements.Length - 3;
        }

        if (ids.PlayoutDelay != 0 && values.PlayoutDelay is { } delay)
        {
            HeaderExtensionFormat.WritePlayoutDelay(elements.Add(ids.PlayoutDelay, 3), delay);
        }

        if (ids.AbsCaptureTime != 0 && values.AbsCaptureTimeNtp is { } captured)
        {
            var element = elements.Add(ids.AbsCaptureTime, values.CaptureClockOffset is null ? 8 : 16);
            BinaryPrimitives.WriteUInt64BigEndian(element, captured);
            if (values.CaptureClockOffset is { } offset)
            {
                BinaryPrimitives.WriteInt64BigEndian(element[8..], offset);
            }
        }

        offsets = new RtpStampOffsets(transportSequence, absSendTime);
        return elements.Finish();
    }

    /// <summary>Appends extension elements behind the fixed header and closes the block with its length.</summary>
    private ref struct ElementWriter(Span<byte> packet, bool twoByteForm)
    {
        private const int ElementsStart = RtpPacketView.FixedHeaderLength + 4;

        private readonly Span<byte> _packet = packet;

        /// <summary>Bytes of header so far.</summary>
        public int Length { get; private set; } = ElementsStart;

        /// <summary>Room for one element's bytes.</summary>
        public Span<byte> Add(int id, int length)
        {
            var prefix = twoByteForm ? 2 : 1;
            if (_packet.Length < Length + prefix + length)
            {
                throw new ArgumentException("The buffer is shorter than the RTP header with its extensions.");
            }

            if (twoByteForm)
            {
                _packet[Length] = (byte)id;
                _packet[Length + 1] = (byte)length;
            }
            else
            {
                // The length is stored less one; a longer element cannot be said in this form.
                ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 16);
                _packet[Length] = (byte)((id << 4) | (length - 1));
            }

            var element = _packet.Slice(Length + prefix, length);
            Length += prefix + length;
            return element;
        }

        /// <summary>Pads to 32 bits, sets X, profile and length; returns the whole header's length.</summary>
        public int Finish()
        {
            if (Length == ElementsStart)
            {
                return RtpPacketView.FixedHeaderLength;
            }

            var padded = (Length + 3) & ~3;
            if (_packet.Length < padded)
            {
                throw new ArgumentException("The buffer is shorter than the RTP header with its extensions.");
            }

            _packet[Length..padded].Clear();
            _packet[0] |= 0x10;
            BinaryPrimitives.WriteUInt16BigEndian(_packet[RtpPacketView.FixedHeaderLength..], (ushort)(twoByteForm ? 0x1000 : 0xBEDE));
            BinaryPrimitives.WriteUInt16BigEndian(
                _packet[(RtpPacketView.FixedHeaderLength + 2)..], (ushort)((padded - ElementsStart) / 4));
            return padded;
        }
    }
}
