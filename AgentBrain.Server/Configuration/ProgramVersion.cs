using System.Reflection;

namespace AgentBrain.Server.Configuration;

/// <summary>The version of this program.</summary>
internal static class ProgramVersion
{
    /// <summary>Its text, without what the build adds.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
