using System.Buffers.Binary;

namespace LiveAvatar.Media.Rtp;

/// <summary>Cuts H.264 access units into RTP payloads, packetization-mode 1 (RFC 6184 section 5).</summary>
/// <remarks>
/// <code>
/// NAL unit header  |F|NRI| type  |
///
/// single           |F|NRI| 1..23 | unit ...                                    section 5.6
/// STAP-A           |F|NRI|  24   | size 16 | unit | size 16 | unit ...         section 5.7.1: SPS with its PPS
/// FU-A             |F|NRI|  28   | S|E|R| type  | part of a unit ...           section 5.8: units above the limit
/// </code>
/// Parameter sets that follow each other travel in one packet, so that a key frame never arrives without them. Access unit
/// delimiters and filler data are left out: RTP's marker bit says where a picture ends.
/// </remarks>
/// <param name="maxPayload">The most bytes a payload may have; above 2.</param>
public sealed class H264Packetizer(int maxPayload = RtpLimits.MaxPayload)
{
    /// <summary>Begins an access unit; take its payloads with <see cref="Fragments.TryNext"/> before its memory changes.</summary>
    /// <param name="accessUnit">One picture in the byte stream format of annex B.</param>
    public Fragments Start(ReadOnlySpan<byte> accessUnit) => new(accessUnit, maxPayload);

    /// <summary>The payloads of one access unit.</summary>
    public ref struct Fragments
    {
        private const int SpsType = 7;
        private const int PpsType = 8;
        private const int DelimiterType = 9;
        private const int FillerType = 12;
        private const int StapA = 24;
        private const int FuA = 28;

        private readonly int _maxPayload;
        private AnnexB _units;
        private ReadOnlySpan<byte> _next; // the unit to send next, or what FU-A has left of it; empty = done
        private byte _fragmentedHeader; // header of the unit being sent as FU-A; 0 = none
        private int _fragmentsLeft;

        internal Fragments(ReadOnlySpan<byte> accessUnit, int maxPayload)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(maxPayload, 3);
            _maxPayload = maxPayload;
            _units = new AnnexB(accessUnit);
            Advance();
        }

        /// <summary>Writes the next payload; false when the access unit is done. <paramref name="last"/> is the RTP marker.</summary>
        /// <exception cref="ArgumentException">The span is shorter than the payload.</exception>
        public bool TryNext(Span<byte> payload, out int length, out bool last)
        {
            length = 0;
            last = false;
            if (_next.IsEmpty)
            {
                return false;
            }

            length = _fragmentedHeader != 0 || _next.Length > _maxPayload ? WriteFragment(payload)
                : IsParameterSet(_next) ? WriteParameterSets(payload)
                : WriteSingle(payload, _next);
            last = _next.IsEmpty;
            return true;
        }

        private static int Type(ReadOnlySpan<byte> unit) => unit[0] & 0x1F;

        private static bool IsParameterSet(ReadOnlySpan<byte> unit) => !unit.IsEmpty && Type(unit) is SpsType or PpsType;

        private void Advance()
        {
            while (_units.TryRead(out _next))
            {
                if (Type(_next) is not (DelimiterType or FillerType))
                {
                    return;
                }
            }
        }

        private int WriteSingle(Span<byte> payload, ReadOnlySpan<byte> unit)
        {
            unit.CopyTo(payload);
            Advance();
            return unit.Length;
        }

        private int WriteParameterSets(Span<byte> payload)
        {
            var first = _next;
            Advance();
            if (!IsParameterSet(_next) || 1 + 2 + first.Length + 2 + _next.Length > _maxPayload)
            {
                first.CopyTo(payload);
                return first.Length;
            }

            payload[0] = (byte)((first[0] & 0xE0) | StapA);
            var length = 1;
            Append(payload, ref length, first);
            while (IsParameterSet(_next) && length + 2 + _next.Length <= _maxPayload)
            {
                // F is the or, NRI the maximum of the aggregated units (section 5.7).
                var importance = Math.Max(payload[0] & 0x60, _next[0] & 0x60);
                payload[0] = (byte)(((payload[0] | _next[0]) & 0x80) | importance | StapA);
                Append(payload, ref length, _next);
                Advance();
            }

            return length;
        }

        private static void Append(Span<byte> payload, ref int length, ReadOnlySpan<byte> unit)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload[length..], (ushort)unit.Length);
            unit.CopyTo(payload[(length + 2)..]);
            length += 2 + unit.Length;
        }

        private int WriteFragment(Span<byte> payload)
        {
            var start = _fragmentedHeader == 0;
            if (start)
            {
                // The unit's own header is not sent; FU indicator and FU header carry its bits.
                _fragmentedHeader = _next[0];
                _next = _next[1..];
                _fragmentsLeft = (_next.Length + _maxPayload - 3) / (_maxPayload - 2);
            }

            var size = (_next.Length + _fragmentsLeft - 1) / _fragmentsLeft;
            _fragmentsLeft--;
            var end = _fragmentsLeft == 0;
            payload[0] = (byte)((_fragmentedHeader & 0xE0) | FuA);
            payload[1] = (byte)((_fragmentedHeader & 0x1F) | (start ? 0x80 : 0) | (end ? 0x40 : 0));
            _next[..size].CopyTo(payload[2..]);
            _next = _next[size..];
            if (end)
            {
                _fragmentedHeader = 0;
                Advance();
            }

            return 2 + size;
        }
    }
}
