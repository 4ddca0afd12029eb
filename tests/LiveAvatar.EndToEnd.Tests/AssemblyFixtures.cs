using LiveAvatar.EndToEnd.Tests;

[assembly: AssemblyFixture(typeof(Stage))]

// Calls are measured: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
