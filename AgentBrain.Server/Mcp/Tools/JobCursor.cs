using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using AgentBrain.Server.Mcp.Tools.Contracts;

namespace AgentBrain.Server.Mcp.Tools;

/// <summary>The place in the list of jobs after which the next page begins. New jobs do not move it.</summary>
internal static class JobCursor
{
    private const byte Version = 1;
    private const int Length = 1 + sizeof(long);

    /// <summary>The cursor after the job with this sequence.</summary>
    public static string After(long sequence)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], sequence);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor; the beginning for null.</summary>
    /// <exception cref="ToolRefusedException">It is none that this server wrote.</exception>
    public static long Read(string? cursor)
    {
        if (cursor is null)
        {
            return long.MaxValue;
        }

        Span<byte> bytes = stackalloc byte[Length];
        if (cursor.Length == Base64Url.GetEncodedLength(Length)
            && Ascii.IsValid(cursor)
            && Base64Url.IsValid(cursor)
            && Base64Url.TryDecodeFromChars(cursor, bytes, out var written)
            && written == Length
            && bytes[0] == Version
            && BinaryPrimitives.ReadInt64BigEndian(bytes[1..]) is > 0 and var sequence)
        {
            return sequence;
        }

        throw ToolRefusedException.Argument("bad_cursor", "cursor", $"cursor must be the next_cursor of an earlier answer of list_jobs; {Given.Text(cursor)} is none. Leave it out to begin with the newest job.");
    }
}
