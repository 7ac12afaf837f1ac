using AgentBrain.Server.Brains.Files;

namespace AgentBrain.Server.Brains.Indexing;

/// <summary>The sentences for a folder or file that was named and cannot be indexed.</summary>
internal static class FolderRefusals
{
    /// <summary>The refusal for a path that could not be opened.</summary>
    public static BrainException For(BrainPath path, SkipReason reason) => reason switch
    {
        SkipReason.Symlink => new BrainException(
            BrainFault.InvalidArgument,
            "path_is_symlink",
            $"'{path}' is a symbolic link or leads through one, and links are not followed: give the path that it points to, below a root of this brain."),
        SkipReason.ServerOwned => new BrainException(
            BrainFault.InvalidArgument,
            "path_is_server_owned",
            $"'{path}' belongs to the server itself (its data or a secret) and is never indexed."),
        SkipReason.Excluded or SkipReason.Gitignored => new BrainException(
            BrainFault.InvalidArgument,
            "path_is_excluded",
            $"'{path}' is left out by a .gitignore or a built-in exclude (version control, dependencies, build output): index a folder that is not, or change the .gitignore."),
        SkipReason.SecretName => new BrainException(
            BrainFault.InvalidArgument,
            "path_is_secret",
            $"'{path}' has the name of a key or credential and is never indexed."),
        _ => new BrainException(
            BrainFault.InvalidArgument,
            "path_not_readable",
            $"'{path}' is not there or the server may not read it: check the spelling and that the account of the server has permission to read and list it."),
    };
}
