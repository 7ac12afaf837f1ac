using System.Text;
using System.Xml;
using System.Xml.Linq;
using AgentBrain.Server.AuthorizationServer.Storage;
using AgentBrain.Server.Configuration;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AgentBrain.Server.AuthorizationServer.Keys;

/// <summary>
/// Keeps the platform's keys of cookies and forms among the server's secrets, sealed whole as those are: by itself the platform would
/// write them into the home of the user, in the clear.
/// </summary>
internal sealed class CookieKeys(AuthorityStore store, IDbContextFactory<AuthorityContext> contexts, ISealer sealer, TimeProvider time) : IXmlRepository
{
    private const string Prefix = "data-protection/";

    /// <inheritdoc/>
    /// <exception cref="ConfigurationException">One cannot be read with the key-encryption key that there is.</exception>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var context = contexts.CreateDbContext();
        return [.. context.Secrets.AsNoTracking().Where(static secret => secret.Name.StartsWith(Prefix)).OrderBy(static secret => secret.Name).AsEnumerable().Select(Read)];
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        var name = Prefix + friendlyName;
        var value = sealer.Seal(ServerSecrets.Purpose(name), Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)));

        // The platform has no other way to ask than one that waits. It does so at the start, and then in the background.
        store.WriteAsync(context =>
        {
            context.Add(new ServerSecret { Name = name, Value = value, IsSealed = sealer.IsSealing, CreatedAt = time.GetUtcNow() });
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();
    }

    private XElement Read(ServerSecret secret)
    {
        try
        {
            return XElement.Parse(Encoding.UTF8.GetString(sealer.Open(ServerSecrets.Purpose(secret.Name), secret.Value, secret.IsSealed)));
        }
        catch (XmlException exception)
        {
            throw new ConfigurationException($"A key of cookies in {SettingNames.Data} is damaged; restore a backup.", exception);
        }
    }
}
