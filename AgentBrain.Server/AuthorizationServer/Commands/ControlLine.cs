using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentBrain.Server.AuthorizationServer.Commands;

/// <summary>One message on one line: its bytes, and a line feed behind them.</summary>
internal static class ControlLine
{
    /// <summary>Most bytes of a request.</summary>
    public const int MaxRequest = 64 * 1024;

    /// <summary>Most bytes of a reply; lists are cut long before.</summary>
    public const int MaxReply = 4 * 1024 * 1024;

    /// <summary>Reads a message.</summary>
    /// <returns><c>null</c> when the other side closed before a line was whole.</returns>
    /// <exception cref="InvalidDataException">It is too long, or not what it should be.</exception>
    public static async Task<T?> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type, int most, CancellationToken cancellationToken)
        where T : class
    {
        var line = new ArrayBuffer(most);
        while (true)
        {
            var count = await stream.ReadAsync(line.Free(), cancellationToken);
            if (count == 0)
                return null;

            if (line.Take(count) is { } whole)
                return Parse(whole.Span, type);
        }
    }

    /// <summary>Writes a message.</summary>
    public static async Task WriteAsync<T>(Stream stream, JsonTypeInfo<T> type, T message, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Bytes(type, message), cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>A message as it is sent. JSON as it is written here has no line feed within.</summary>
    public static byte[] Bytes<T>(JsonTypeInfo<T> type, T message) => [.. JsonSerializer.SerializeToUtf8Bytes(message, type), (byte)'\n'];

    private static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new InvalidDataException("The message is null.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("The message is not what it should be.", exception);
        }
    }

    /// <summary>Bytes that have come so far, growing up to a bound.</summary>
    /// <param name="most">The bound.</param>
    private sealed class ArrayBuffer(int most)
    {
        private byte[] _bytes = new byte[1024];
        private int _count;

        public Memory<byte> Free()
        {
            if (_count == _bytes.Length)
            {
                if (_count > most)
                    throw new InvalidDataException($"The message is longer than {most} bytes.");

                Array.Resize(ref _bytes, Math.Min(_bytes.Length * 4, most + 1));
            }

            return _bytes.AsMemory(_count);
        }

        /// <summary>Notes what was read; the line, once it is whole. Nothing may follow it.</summary>
        public ReadOnlyMemory<byte>? Take(int count)
        {
            var end = _bytes.AsSpan(_count, count).IndexOf((byte)'\n');
            if (end >= 0 && end + 1 < count)
                throw new InvalidDataException("There is more than one message.");

            _count += count;
            if (end < 0)
                return null;

            return _bytes.AsMemory(0, _count - 1);
        }
    }
}
