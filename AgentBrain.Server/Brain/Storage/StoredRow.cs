using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using AgentBrain.Server.Brains.Files;
using Microsoft.Data.Sqlite;

namespace AgentBrain.Server.Brains.Storage;

/// <summary>
/// One row of stored values. SQLite has no checksums: a damaged page that still has the form of a page is read as if it were sound, and what
/// comes out is anything. So a value that this program cannot have written is refused here as damage, before it is an exception far
/// from where it was read.
/// </summary>
/// <param name="reader">Stands on the row.</param>
internal readonly struct StoredRow(SqliteDataReader reader)
{
    /// <summary>A text.</summary>
    public string Text(int column) => OptionalText(column) ?? throw StorageFaults.Damaged();

    /// <summary>A text or null. Bytes that are no UTF-8 are read with replacement characters, which a text may also have by right.</summary>
    public string? OptionalText(int column) => reader.GetValue(column) switch
    {
        DBNull => null,
        string text when !text.Contains('\uFFFD') || Utf8.IsValid(reader.GetFieldValue<byte[]>(column)) => text,
        _ => throw StorageFaults.Damaged(),
    };

    /// <summary>A whole number of any size: the id of a row.</summary>
    public long Number(int column) => reader.GetValue(column) is long number ? number : throw StorageFaults.Damaged();

    /// <summary>A size in bytes.</summary>
    public long Size(int column) => Number(column) is >= 0 and var size ? size : throw StorageFaults.Damaged();

    /// <summary>A number of things, or the place of one among others.</summary>
    public int Count(int column) => Number(column) is >= 0 and <= int.MaxValue and var count ? (int)count : throw StorageFaults.Damaged();

    /// <inheritdoc cref="Count"/>
    public int? OptionalCount(int column) => reader.IsDBNull(column) ? null : Count(column);

    /// <summary>A real number, which is finite.</summary>
    public double Real(int column) =>
        reader.GetValue(column) is double number && double.IsFinite(number) ? number : throw StorageFaults.Damaged();

    /// <summary>Bytes.</summary>
    public byte[] Bytes(int column) => reader.GetValue(column) is byte[] bytes ? bytes : throw StorageFaults.Damaged();

    /// <summary>A time in the round-trip format.</summary>
    public DateTimeOffset Time(int column) =>
        DateTimeOffset.TryParseExact(Text(column), "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
            ? time
            : throw StorageFaults.Damaged();

    /// <inheritdoc cref="Time"/>
    public DateTimeOffset? OptionalTime(int column) => reader.IsDBNull(column) ? null : Time(column);

    /// <summary>One of the values of an enumeration, by its name.</summary>
    public T Name<T>(int column)
        where T : struct, Enum =>
        Enum.TryParse<T>(Text(column), out var value) && Enum.GetName(value) == Text(column) ? value : throw StorageFaults.Damaged();

    /// <summary>One of the values of an enumeration, by its number.</summary>
    public T Choice<T>(int column)
        where T : struct, Enum =>
        (T)Enum.ToObject(typeof(T), Count(column)) is var value && Enum.IsDefined(value) ? value : throw StorageFaults.Damaged();

    /// <summary>A root's label and the path below it, in their columns.</summary>
    public BrainPath Path(int root, int relative) =>
        Text(relative) is var path && (path.Length == 0 || RelativePath.IsCanonical(path, windowsRules: false))
            ? new BrainPath(Text(root), path)
            : throw StorageFaults.Damaged();

    /// <summary>What is stored as JSON.</summary>
    /// <param name="column">The column.</param>
    /// <param name="type">Its form.</param>
    /// <param name="isPossible">Refuses what has the form and yet cannot have been written.</param>
    public T Json<T>(int column, JsonTypeInfo<T> type, Func<T, bool> isPossible)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(Text(column), type) is { } value && isPossible(value) ? value : throw StorageFaults.Damaged();
        }
        catch (JsonException e)
        {
            throw StorageFaults.Damaged(e);
        }
    }

    /// <summary>The text of a JSON object with scalar values, or null.</summary>
    public string? OptionalScalars(int column)
    {
        if (OptionalText(column) is not { } text)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.EnumerateObject().All(IsScalar)
                ? text
                : throw StorageFaults.Damaged();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is how half a surrogate pair in a name is told.
            throw StorageFaults.Damaged(e);
        }
    }

    private static bool IsScalar(JsonProperty member) =>
        member.Name is not null && member.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);
}
