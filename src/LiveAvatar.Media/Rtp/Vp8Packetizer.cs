using System.Buffers.Binary;

namespace LiveAvatar.Media.Rtp;

/// <summary>Cuts VP8 frames into RTP payloads with a payload descriptor each (RFC 7741 section 4.2).</summary>
/// <remarks>
/// <code>
///  0 1 2 3 4 5 6 7
/// +-+-+-+-+-+-----+
/// |X|R|N|S|R| PID |  X = 1; N: not a reference; S: starts the frame; PID = 0 (partitions are not told apart)
/// +-+-+-+-+-+-----+
/// |I|L|T|K|  RSV  |  I = 1; L = T = layers on; K = 0
/// +-+-+-+-+-------+
/// |1| PictureID   |  always 15 bits, so that its length never changes in a stream
/// +-+-------------+
/// |   PictureID   |
/// +---------------+
/// |   TL0PICIDX   |  if L: counts base-layer frames, modulo 256
/// +---+-+---------+
/// |TID|Y| KEYIDX  |  if T: temporal layer; Y: needs nothing but the base layer
/// +---+-+---------+
/// </code>
/// One instance per stream: it numbers the pictures. Fragments of a frame differ by at most one byte in size, so that the
/// last one is not a straggler that costs a packet of its own.
/// </remarks>
/// <param name="maxPayload">The most bytes a payload may have, descriptor included; above 7.</param>
/// <param name="temporalLayers">Whether TL0PICIDX and TID are written.</param>
/// <param name="firstPictureId">0..32767; a random start makes a restarted stream recognisable.</param>
public sealed class Vp8Packetizer(int maxPayload = RtpLimits.MaxPayload, bool temporalLayers = false, int firstPictureId = 0)
{
    private int _pictureId = (firstPictureId - 1) & 0x7FFF;
    private byte _baseLayerIndex = 0xFF;

    /// <summary>Number of the picture started last, 0..32767.</summary>
    public int PictureId => _pictureId;

    /// <summary>Begins the next frame; take its payloads with <see cref="Fragments.TryNext"/> before the frame's memory changes.</summary>
    /// <param name="frame">One encoded frame; empty gives no payload and uses no picture number.</param>
    /// <param name="temporalLayer">0..3; frames above 0 are taken to be referenced by no frame of the base layer.</param>
    /// <param name="layerSync">Whether a frame above the base layer refers to base-layer frames only.</param>
    /// <param name="nonReference">Whether no later frame refers to this one.</param>
    public Fragments Start(ReadOnlySpan<byte> frame, int temporalLayer = 0, bool layerSync = false, bool nonReference = false)
    {
        if (frame.IsEmpty)
        {
            return default;
        }

        _pictureId = (_pictureId + 1) & 0x7FFF;
        if (temporalLayer == 0)
        {
            _baseLayerIndex++;
        }

        var layerByte = (byte)((temporalLayer << 6) | (layerSync ? 0x20 : 0));
        return new Fragments(frame, maxPayload, temporalLayers, _pictureId, _baseLayerIndex, layerByte, nonReference);
    }

    /// <summary>The payloads of one frame.</summary>
    public ref struct Fragments
    {
        private readonly ReadOnlySpan<byte> _frame;
        private readonly int _count;
        private readonly bool _layers;
        private readonly ushort _pictureId;
        private readonly byte _baseLayerIndex;
        private readonly byte _layerByte;
        private readonly bool _nonReference;
        private int _index;
        private int _offset;

        internal Fragments(
            ReadOnlySpan<byte> frame, int maxPayload, bool layers, int pictureId, byte baseLayerIndex, byte layerByte, bool nonReference)
        {
            _frame = frame;
            _layers = layers;
            _pictureId = (ushort)(0x8000 | pictureId);
            _baseLayerIndex = baseLayerIndex;
            _layerByte = layerByte;
            _nonReference = nonReference;
            var room = maxPayload - DescriptorLength;
            ArgumentOutOfRangeException.ThrowIfLessThan(room, 1, nameof(maxPayload));
            _count = (frame.Length + room - 1) / room;
        }

        /// <summary>Payloads in all.</summary>
        public readonly int Count => _count;

        private readonly int DescriptorLength => _layers ? 6 : 4;

        /// <summary>Writes the next payload; false when the frame is done. <paramref name="last"/> is the RTP marker.</summary>
        /// <exception cref="ArgumentException">The span is shorter than the payload.</exception>
        public bool TryNext(Span<byte> payload, out int length, out bool last)
        {
            length = 0;
            last = false;
            if (_index >= _count)
            {
                return false;
            }

            // The first (length mod count) fragments take one byte more.
            var size = (_frame.Length / _count) + (_index < _frame.Length % _count ? 1 : 0);
            payload[0] = (byte)(0x80 | (_nonReference ? 0x20 : 0) | (_index == 0 ? 0x10 : 0));
            payload[1] = (byte)(_layers ? 0xE0 : 0x80);
            BinaryPrimitives.WriteUInt16BigEndian(payload[2..], _pictureId);
            if (_layers)
            {
                payload[4] = _baseLayerIndex;
                payload[5] = _layerByte;
            }

            _frame.Slice(_offset, size).CopyTo(payload[DescriptorLength..]);
            length = DescriptorLength + size;
            _offset += size;
            _index++;
            last = _index == _count;
            return true;
        }
    }
}
