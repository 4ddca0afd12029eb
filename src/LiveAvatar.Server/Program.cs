using LiveAvatar.Server.CommandLine;
using LiveAvatar.Server.Hosting;

NativeMemory.ShareArenas();
return await ServerCommand.InvokeAsync(args).ConfigureAwait(false);
