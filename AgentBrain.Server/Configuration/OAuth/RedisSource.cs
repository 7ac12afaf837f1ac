namespace AgentBrain.Server.Configuration.OAuth;

/// <summary>Finds the connection string of Redis, which may hold a password: in a variable, in a file, or as the host hands it over.</summary>
internal static class RedisSource
{
    /// <summary>Reads it; <c>null</c> when there is none.</summary>
    /// <exception cref="ConfigurationException">It is given twice, or in a file that cannot be used.</exception>
    public static string? Read(IConfiguration configuration)
    {
        var values = new SettingValues(configuration);
        var (text, file) = (values.Text(SettingNames.Redis), values.Text(SettingNames.RedisFile));
        if (text is not null && file is not null)
            throw new ConfigurationException($"{SettingNames.Redis} and {SettingNames.RedisFile} are both set; keep one of them.");

        if (file is null)
            return text ?? configuration.GetConnectionString(SettingNames.RedisConnectionName);

        return SecretFile.Read(SettingNames.RedisFile, file) is { Length: > 0 } read
            ? read
            : throw new ConfigurationException($"{SettingNames.RedisFile} names {file}, which is empty; it should hold the connection string.");
    }
}
