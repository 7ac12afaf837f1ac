using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace AgentBrain.Server.AuthorizationServer.Storage;

/// <summary>Keeps a time as milliseconds since 1970.</summary>
internal sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
    static time => time.ToUnixTimeMilliseconds(),
    static milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
