using System.CommandLine;
using LiveAvatar.Perf;
using LiveAvatar.Perf.Call;
using LiveAvatar.Perf.Capacity;
using LiveAvatar.Perf.Network;

return await new RootCommand("LiveAvatar's measurements") { CallCommand.Create(), ViewersCommand.Create(), CapacityCommand.Create(), NetworkCommand.Create(), SteerCommand.Create(), QualityCommand.Create() }
    .Parse(args).InvokeAsync().ConfigureAwait(false);
