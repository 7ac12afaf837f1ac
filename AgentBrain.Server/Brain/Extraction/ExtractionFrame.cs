using System.Buffers.Binary;

namespace AgentBrain.Server.Brains.Extraction;

/// <summary>What the parent asks or the child answers: a kind byte, the length as a little-endian 32-bit integer, the bytes.</summary>
/// <param name="Kind">An <see cref="ExtractionRequest"/> or an <see cref="ExtractionStatus"/>.</param>
/// <param name="Content">The bytes.</param>
internal readonly record struct ExtractionFrame(byte Kind, ReadOnlyMemory<byte> Content)
{
    private const int HeaderLength = 5;
    private const int Step = 1024 * 1024;

    /// <summary>Reads a frame, or null when the stream ends before it.</summary>
    /// <param name="stream">Where from.</param>
    /// <param name="maxLength">Most bytes of content.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidDataException">The frame is longer than <paramref name="maxLength"/>.</exception>
    /// <exception cref="EndOfStreamException">The stream ends within the frame.</exception>
    public static async Task<ExtractionFrame?> ReadAsync(Stream stream, long maxLength, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderLength];
        var read = await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellationToken);
        if (read == 0)
            return null;
        if (read < HeaderLength)
            throw new EndOfStreamException();

        var length = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(1));
        if (length > maxLength)
            throw new InvalidDataException($"A frame of {length} bytes is longer than {maxLength}.");

        // Memory is taken as bytes arrive, not as the other side claims.
        var content = new byte[(int)Math.Min(length, Step)];
        for (var offset = 0; offset < length;)
        {
            if (offset == content.Length)
                Array.Resize(ref content, (int)Math.Min(length, content.Length * 2L));
            await stream.ReadExactlyAsync(content.AsMemory(offset), cancellationToken);
            offset = content.Length;
        }

        return new ExtractionFrame(header[0], content);
    }

    /// <summary>Writes the frame and flushes.</summary>
    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderLength];
        header[0] = Kind;
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(1), (uint)Content.Length);
        await stream.WriteAsync(header, cancellationToken);
        await stream.WriteAsync(Content, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }
}

/// <summary>What the parent asks for.</summary>
internal enum ExtractionRequest : byte
{
    /// <summary>Parse HTML.</summary>
    Html = 1,

    /// <summary>Parse a PDF.</summary>
    Pdf = 2,

    /// <summary>Try what the child must not be able to do; answered with <see cref="ConfinementCheck"/>.</summary>
    SelfCheck = 3,
}

/// <summary>What the child answers.</summary>
internal enum ExtractionStatus : byte
{
    /// <summary>JSON of an <see cref="ExtractedDocument"/>, or what the request says.</summary>
    Ok = 0,

    /// <summary>UTF-8 text that says why the document cannot be parsed.</summary>
    Failed = 1,

    /// <summary>UTF-8 text that says which limit the document exceeds. The child ends after it when memory ran out.</summary>
    TooBig = 2,

    /// <summary>The child is ready: UTF-8 text that says why it is not confined, empty when it is.</summary>
    Ready = 3,
}
