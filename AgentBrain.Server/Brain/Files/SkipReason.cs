namespace AgentBrain.Server.Brains.Files;

/// <summary>Why a file or directory was not indexed. Each is counted by name in the job's result.</summary>
internal enum SkipReason
{
    /// <summary>A <c>.gitignore</c> of the folder or of a directory above it, up to the root, excludes it.</summary>
    Gitignored,

    /// <summary>A built-in exclude (<c>.git</c>, <c>node_modules</c>, build output, …) or the caller's exclude pattern.</summary>
    Excluded,

    /// <summary>The caller gave include patterns and none matches.</summary>
    NotIncluded,

    /// <summary>No known document or code type.</summary>
    UnknownType,

    /// <summary>Code, and the job was asked for documents only.</summary>
    CodeNotRequested,

    /// <summary>Larger than the limit.</summary>
    TooLarge,

    /// <summary>Zero bytes, or nothing but white space.</summary>
    Empty,

    /// <summary>The content is not text.</summary>
    Binary,

    /// <summary>The name is that of a key, credential or environment file.</summary>
    SecretName,

    /// <summary>The content holds a private key or a well-known kind of credential.</summary>
    SecretContent,

    /// <summary>A symbolic link, or a path that goes through one.</summary>
    Symlink,

    /// <summary>A file with a second hard link, which may be a file from outside the roots.</summary>
    HardLink,

    /// <summary>A pipe, socket or device.</summary>
    NotRegular,

    /// <summary>On another file system than its root, or otherwise not beneath it.</summary>
    OutsideRoot,

    /// <summary>The server's own data directory or one of its secret files.</summary>
    ServerOwned,

    /// <summary>The operating system refused to open or read it.</summary>
    Unreadable,

    /// <summary>It vanished or was replaced while it was being read.</summary>
    Changed,

    /// <summary>Another indexed folder further inside owns it.</summary>
    OtherFolder,

    /// <summary>The folder's file limit was reached.</summary>
    TooManyFiles,

    /// <summary>The document could not be parsed.</summary>
    ExtractionFailed,

    /// <summary>Parsing took longer than allowed.</summary>
    ExtractionTimeout,

    /// <summary>The process that parses documents could not be started; what the index holds of the file stays.</summary>
    ExtractionUnavailable,

    /// <summary>Parsing took more memory, or gave more text, than allowed.</summary>
    ExtractionTooBig,
}
