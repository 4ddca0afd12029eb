using System.Buffers.Binary;

namespace LiveAvatar.Media.Rtp;

/// <summary>Where in a written packet the fields lie that are only known at the moment of sending; 0 = not in the packet.</summary>
/// <param name="TransportSequence">Offset of the 2 bytes of the transport-wide sequence number.</param>
/// <param name="AbsSendTime">Offset of the 3 bytes of the absolute send time.</param>
public readonly record struct RtpStampOffsets(int TransportSequence, int AbsSendTime)
{
    /// <summary>Sets the transport-wide sequence number, if the packet has one.</summary>
    public void StampTransportSequence(Span<byte> packet, ushort sequence)
    {
        if (TransportSequence != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[TransportSequence..], sequence);
        }
    }

    /// <summary>Sets the absolute send time, if the packet has one.</summary>
    public void StampAbsSendTime(Span<byte> packet, ulong ntp)
    {
        if (AbsSendTime != 0)
        {
            HeaderExtensionFormat.WriteAbsSendTime(packet[AbsSendTime..], ntp);
        }
    }
}
