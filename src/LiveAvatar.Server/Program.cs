using LiveAvatar.Server.CommandLine;
using LiveAvatar.Server.Hosting;

NativeMemory.KeepLittle();
return await ServerCommand.InvokeAsync(args).ConfigureAwait(false);
