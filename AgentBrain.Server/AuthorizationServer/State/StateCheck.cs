using AgentBrain.Server.Configuration;

namespace AgentBrain.Server.AuthorizationServer.State;

/// <summary>Judges what is in the data directory before anything there is changed: a state that is lost, another server's, or too new stops the start.</summary>
internal static class StateCheck
{
    /// <summary>Judges it.</summary>
    /// <param name="stored">What there is; <c>null</c> for no database.</param>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="known">The migrations that this program knows.</param>
    /// <exception cref="ConfigurationException">The server must not start with it; one sentence says what to do.</exception>
    public static void Run(StoredState? stored, string dataDirectory, AuthorizationServerSettings settings, IEnumerable<string> known)
    {
        var newer = stored?.Migrations.Except(known, StringComparer.Ordinal).FirstOrDefault();
        if (newer is not null)
            throw new ConfigurationException($"{SettingNames.Data} is {dataDirectory}, whose {AuthorizationServerServices.DatabaseFile} was written by a newer version of this program ({newer}); use that version, or restore a backup of this one's.");

        if (stored is not { HasOwner: true })
        {
            CheckLost(stored, dataDirectory, settings);
            return;
        }

        if (stored.Issuer is { } issuer && issuer != settings.Issuer && settings.AcceptNewIssuer != settings.Issuer)
            throw new ConfigurationException($"{SettingNames.PublicUrl} is {settings.Issuer}, and what is in {dataDirectory} was issued for {issuer}: under another URL all tokens and consents end, and every client must be added anew; put {SettingNames.PublicUrl}={issuer} back, or say that this is meant with {SettingNames.AcceptNewIssuer}={settings.Issuer}");
    }

    private static void CheckLost(StoredState? stored, string dataDirectory, AuthorizationServerSettings settings)
    {
        var what = stored is null ? $"has no {AuthorizationServerServices.DatabaseFile}" : $"has an {AuthorizationServerServices.DatabaseFile} without an owner";
        if (OwnerMarker.Exists(dataDirectory))
            throw new ConfigurationException($"{SettingNames.Data} is {dataDirectory}, which had an owner and now {what}, so something was lost; restore a backup with: restore --in FILE --key-file KEY --replace, or delete {Path.Combine(dataDirectory, OwnerMarker.FileName)} to begin anew.");

        if (settings.ExpectState)
            throw new ConfigurationException($"{SettingNames.Data} is {dataDirectory}, which {what}, and {SettingNames.ExpectState} is true; name the directory that has the state or mount its volume, or remove {SettingNames.ExpectState} for a first run.");
    }
}
