using AgentBrain.Server.Brains.Extraction;
using AgentBrain.Server.Hosting;

// The child process that parses documents: nothing of the server is set up in it.
if (args is [ExtractionProgram.Argument])
{
    return await ExtractionCommand.RunAsync();
}

ProcessHardening.Apply();
return await new CommandLine(BrainServices.Add, Console.Out, Console.Error).RunAsync(args);
