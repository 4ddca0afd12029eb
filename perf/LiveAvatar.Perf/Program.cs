using System.CommandLine;
using LiveAvatar.Perf;
using LiveAvatar.Perf.Capacity;

return await new RootCommand("LiveAvatar's measurements") { CallCommand.Create(), ViewersCommand.Create(), CapacityCommand.Create(), SteerCommand.Create(), QualityCommand.Create(), StagesCommand.Create() }
    .Parse(args).InvokeAsync().ConfigureAwait(false);
