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

    /// <summary>A table's head.</summary>
    public void Columns(string name, params string[] columns) => output.WriteLine($"  {name,-24}{string.Concat(columns.Select(column => $"{column,11}"))}");

    /// <summary>A table's row; what is not measured is <c>NaN</c>. A verdict is the text after it.</summary>
    public void Row(string name, IEnumerable<double> values, string? verdict = null) => output.WriteLine(
        $"  {name,-24}{string.Concat(values.Select(Cell))}{(verdict is null ? "" : $"  {verdict}")}");

    /// <summary>The value in the middle.</summary>
    public static double Median(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The value below which a share of the sorted samples lies.</summary>
    public static double Percentile(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];

    private static string Cell(double value) => double.IsNaN(value)
        ? $"{"",11}"
        : string.Create(CultureInfo.InvariantCulture, $"{value.ToString(value < 10 ? "N2" : value < 1000 ? "N1" : "N0", CultureInfo.InvariantCulture),11}");
}
