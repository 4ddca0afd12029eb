namespace LiveAvatar.Codecs;

/// <summary>What the encoder optimises for.</summary>
public enum OpusApplication
{
    /// <summary>Speech: SILK and hybrid modes, in-band FEC possible, 6.5 ms look-ahead.</summary>
    Voip = 2048,

    /// <summary>Any sound, CELT only: 2.5 ms look-ahead, no FEC.</summary>
    LowDelay = 2051,
}
