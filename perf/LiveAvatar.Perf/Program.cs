using System.CommandLine;
using LiveAvatar.Perf;

return await new RootCommand("LiveAvatar's measurements") { CallCommand.Create(), ViewersCommand.Create(), SteerCommand.Create(), QualityCommand.Create(), CompareCommand.Create(), ReportCommand.Create() }
    .Parse(args).InvokeAsync().ConfigureAwait(false);
