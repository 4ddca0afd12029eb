namespace LiveAvatar.Pipeline.Ledger;

/// <summary>The parts of a frame's way through the server, in the order they happen.</summary>
public enum PipelineStage
{
    /// <summary>Waiting: the packet that completed the frame's sound lay in the socket until the receive thread had unprotected it.</summary>
    Receive,

    /// <summary>Work: jitter buffer, Opus decoder, resampler, chunker.</summary>
    Decode,

    /// <summary>Waiting for an inference worker.</summary>
    InferenceWait,

    /// <summary>Work: speech and context encoders.</summary>
    Listen,

    /// <summary>Work: frame decoder.</summary>
    Draw,

    /// <summary>Waiting for the send loop.</summary>
    EncodeWait,

    /// <summary>Work: video encoders, one per codec somebody watches in.</summary>
    Encode,

    /// <summary>Work: packetise, protect and hand to the socket, for all peers.</summary>
    Send,

    /// <summary>From the arrival of the last sound in the kernel to the last byte handed to the socket: what the server adds.</summary>
    Total,
}
