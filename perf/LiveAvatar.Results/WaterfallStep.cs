namespace LiveAvatar.Results;

/// <summary>What happens in a step of a frame's way.</summary>
public enum StepKind
{
    /// <summary>Sound that has to be spoken or heard first.</summary>
    Sound,

    /// <summary>Waiting for a thread or a queue.</summary>
    Wait,

    /// <summary>Work of the processor.</summary>
    Work,

    /// <summary>On the wire, or inside the browser.</summary>
    Outside,
}

/// <summary>One step of a frame's way from the microphone to the screen; the steps follow one another.</summary>
/// <param name="Title">What happens.</param>
/// <param name="Kind">Whether it works or waits.</param>
/// <param name="P50">Median, ms.</param>
/// <param name="P95">95th percentile, ms.</param>
public sealed record WaterfallStep(string Title, StepKind Kind, double P50, double P95);
