using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests.Data;

/// <summary>Makes declarations and observations for tests.</summary>
internal static class DataFixture
{
    public static DatasetDeclaration Dataset(params (string Name, string Value)[] metadata) =>
        Parse("Dataset", (item, found) => DatasetDeclaration.Parse(item, found), [("Experiments", "E"), .. metadata]);

    public static RecordedDataDeclaration Recorded(params (string Name, string Value)[] more) =>
        Parse("RecordedData", RecordedDataDeclaration.Parse,
            [("File", "r.csv"), ("KeyColumns", "series"), ("Value", "time"), ("Provenance", "them"), .. more]);

    /// <summary>Parses an item named D that is declared in line 7; later values replace earlier ones.</summary>
    public static T Parse<T>(string type, Func<DeclarationItem, ICollection<Diagnostic>, T> parse,
        (string Name, string Value)[] metadata)
    {
        var found = new List<Diagnostic>();
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in metadata)
            values[name] = value;
        var parsed = parse(new DeclarationItem(type, "D", values, () => new SourceLocation("test.proj", 7)), found);
        return found.Count == 0 ? parsed : throw new DiagnosticException(found);
    }

    private static int samples;

    public static Observation Good(string cell, string columns, double value, string metric = "wall") =>
        Base(cell, columns) with
        {
            Metrics = new Dictionary<string, double> { [metric] = value },
        };

    public static Observation Failed(string cell, string columns, string why) =>
        Base(cell, columns) with { Failure = why };

    private static Observation Base(string cell, string columns)
    {
        var number = Interlocked.Increment(ref samples);
        return new()
        {
            Experiment = "E",
            Cell = cell,
            Columns = columns.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
                .ToDictionary(pair => pair[0], pair => pair[1]),
            Sample = $"s{number}",
            StartedUtc = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(number).ToString("O"),
            MachineId = "m",
        };
    }
}
