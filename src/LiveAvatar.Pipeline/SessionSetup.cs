namespace LiveAvatar.Pipeline;

/// <summary>What a session is made with.</summary>
/// <param name="Kind">Where its voice comes from and what is made of it.</param>
/// <param name="AutomaticEmotion">How much of the emotion heard in the voice the face shows, 0 to 1.</param>
/// <param name="IdleTimeout">It ends when nobody has used it for this time; null never.</param>
internal readonly record struct SessionSetup(SessionKind Kind, float AutomaticEmotion, TimeSpan? IdleTimeout);
