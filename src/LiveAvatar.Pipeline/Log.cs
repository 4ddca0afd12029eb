using LiveAvatar.Rtc;
using Microsoft.Extensions.Logging;

namespace LiveAvatar.Pipeline;

/// <summary>Log messages of the pipeline; ids 2000 to 2099, next free: 2006.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Session {Session} started, avatar {Avatar}")]
    public static partial void SessionStarted(ILogger logger, string session, string avatar);

    [LoggerMessage(2001, LogLevel.Information, "Session {Session} ended: {Reason}")]
    public static partial void SessionEnded(ILogger logger, string session, SessionEndReason reason);

    [LoggerMessage(2002, LogLevel.Error, "Session {Session} failed and is closed")]
    public static partial void SessionFailed(ILogger logger, Exception error, string session);

    [LoggerMessage(2003, LogLevel.Error, "Closing a session or viewer failed")]
    public static partial void CloseFailed(ILogger logger, Exception error);

    [LoggerMessage(2005, LogLevel.Error, "The recording of session {Session} has ended: the disk failed. The session goes on")]
    public static partial void RecordingFailed(ILogger logger, Exception error, string session);

    [LoggerMessage(2004, LogLevel.Error, "The pacing of session {Session} failed and the session is closed")]
    public static partial void PacingFailed(ILogger logger, Exception error, string session);
}
