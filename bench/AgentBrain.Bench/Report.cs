using System.Globalization;
using System.Runtime.InteropServices;

namespace AgentBrain.Bench;

/// <summary>Writes figures beside their budgets.</summary>
/// <param name="output">Where to.</param>
internal sealed class Report(TextWriter output)
{
    /// <summary>What the figures were taken on.</summary>
    public void Machine() => output.WriteLine(
        $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, server GC {System.Runtime.GCSettings.IsServerGC}");

    /// <summary>A heading.</summary>
    public void Section(string title) => output.WriteLine($"\n{title}");

    /// <summary>One figure; a budget is the text after it.</summary>
    public void Figure(string name, double value, string unit, string? budget = null) => output.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"  {name,-44}{value,12:N2} {unit,-10}{(budget is null ? "" : $"budget {budget}")}"));

    /// <summary>The value below which a share of the sorted samples lies.</summary>
    public static double Percentile(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
}
