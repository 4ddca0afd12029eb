using System.CommandLine;
using LiveAvatar.Perf;
using LiveAvatar.Perf.Call;
using LiveAvatar.Perf.Capacity;
using LiveAvatar.Perf.Network;
using LiveAvatar.Perf.Soak;

return await new RootCommand("LiveAvatar's measurements")
{
    CallCommand.Create(),
    StagesCommand.Create(),
    CapacityCommand.Create(),
    NetworkCommand.Create(),
    SoakCommand.Create(),
    ViewersCommand.Create(),
    SteerCommand.Create(),
    QualityCommand.Create(),
    CompareCommand.Create(),
    ReportCommand.Create(),
}.Parse(args).InvokeAsync().ConfigureAwait(false);
