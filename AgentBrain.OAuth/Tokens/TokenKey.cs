using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace AgentBrain.OAuth.Tokens;

/// <summary>
/// What a token's result is remembered under: the resource that it came to and the token's SHA-256. Never the token itself,
/// and never without the resource, so that what one brain learned says nothing at another.
/// </summary>
/// <param name="Resource">The resource's URI.</param>
/// <param name="A">The digest's first quarter.</param>
/// <param name="B">Its second.</param>
/// <param name="C">Its third.</param>
/// <param name="D">Its last.</param>
internal readonly record struct TokenKey(string Resource, ulong A, ulong B, ulong C, ulong D)
{
    private const int OnStack = 2_048;

    /// <summary>Makes the key.</summary>
    public static TokenKey Of(string resource, string token)
    {
        var size = Encoding.UTF8.GetByteCount(token);
        var rented = size <= OnStack ? null : ArrayPool<byte>.Shared.Rent(size);
        var bytes = rented is null ? stackalloc byte[OnStack] : rented.AsSpan();
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(token, bytes)], digest);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);

        var parts = MemoryMarshal.Cast<byte, ulong>(digest);
        return new TokenKey(resource, parts[0], parts[1], parts[2], parts[3]);
    }

    /// <summary>The digest is as good as random; the resource needs no part in it.</summary>
    public override int GetHashCode() => A.GetHashCode();
}
