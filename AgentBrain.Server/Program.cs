using AgentBrain.Server.Brains.Extraction;

// So far the program is only the child process that parses documents.
return args is [ExtractionProgram.Argument] ? await ExtractionCommand.RunAsync() : 2;
