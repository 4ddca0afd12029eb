using LiveAvatar.Server.CommandLine;

return await ServerCommand.InvokeAsync(args).ConfigureAwait(false);
