namespace LiveAvatar.Inference;

/// <summary>Work of one session for <see cref="InferenceWorkers"/>: takes whatever its session has waiting and does it.</summary>
public interface IInferenceWork
{
    /// <summary>Does the work that is waiting. Runs on one worker at a time; may find nothing to do.</summary>
    public void Run();
}
