using System.Globalization;

namespace Verus.Artifact.Tests.Readers;

/// <summary>Real outputs for tests, and checks of what every reader must do with damaged outputs.</summary>
internal static class Sample
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Samples", name);

    public static string Text(string name) => File.ReadAllText(PathOf(name));

    public static SampleOutput Output(string standardOutput, string standardError = "") =>
        new(standardOutput, standardError);

    public static IReadOnlyList<Reading> Read(this IOutputReader reader, string text) =>
        Outlined(reader, reader.Read(Output(text)));

    /// <summary>Returns the readings, after checking that they have no column or metric that the reader does not
    /// announce.</summary>
    public static IReadOnlyList<Reading> Outlined(IOutputReader reader, IReadOnlyList<Reading> readings)
    {
        var outline = reader.Outline.ShouldNotBeNull(reader.Name);
        readings.SelectMany(reading => reading.Columns.Keys).Distinct().ShouldBeSubsetOf(outline.Columns, reader.Name);
        readings.SelectMany(reading => reading.Metrics.Keys).Distinct().ShouldBeSubsetOf(outline.Metrics.Keys,
            reader.Name);
        return readings;
    }

    /// <summary>The readings as text, with one line for each row in the order of the reader: columns, a bar,
    /// metrics.</summary>
    public static string Show(IEnumerable<Reading> readings) => string.Join('\n', readings.Select(Show));

    public static string Show(Reading reading) =>
        string.Join(' ', reading.Columns.Select(column => $"{column.Key}={column.Value}")) + " | "
        + string.Join(' ',
            reading.Metrics.Select(metric => $"{metric.Key}={metric.Value.ToString(CultureInfo.InvariantCulture)}"));

    /// <summary>
    /// Truncates a text after each line, and a short text after each character: the reader must return the same
    /// readings, or a clear error.
    /// </summary>
    public static void CutAnywhere(IOutputReader reader, string text, Func<string, SampleOutput>? output = null)
    {
        output ??= cut => Output(cut);
        var whole = Outcome(reader, output(text));
        var complaints = 0;
        for (var length = 0; length < text.Length; length++)
        {
            if (text.Length > 6000 && length > 0 && text[length - 1] != '\n')
                continue;
            var cut = Outcome(reader, output(text[..length]));
            if (cut.Message is { } message)
            {
                message.Length.ShouldBeInRange(10, 400, message);
                complaints++;
            }
            else
                cut.Rows.ShouldBe(whole.Rows, $"{reader.Name} cut after {length} of {text.Length} characters");
        }
        complaints.ShouldBeGreaterThan(0);
    }

    /// <summary>Checks that a text with other line ends, colours or a byte order mark leads to the same
    /// readings.</summary>
    public static void DressedUp(IOutputReader reader, string text)
    {
        var plain = Show(reader.Read(text));
        Show(reader.Read(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n",
            StringComparison.Ordinal))).ShouldBe(plain, "CRLF");
        Show(reader.Read("\uFEFF" + text)).ShouldBe(plain, "byte order mark");
        Show(reader.Read("\u001B[1;32m" + text.Replace("\n", "\u001B[0m\n\u001B[1;32m", StringComparison.Ordinal)
            + "\u001B[0m")).ShouldBe(plain, "colours");
        Show(reader.Read("Compiling something v1.0\nGrüße, 日本語\n" + text + "\nrc=0\n")).ShouldBe(plain,
            "other lines around it");
    }

    public static readonly IReadOnlyList<string> Garbage =
    [
        "", "\n\n\n", "\0\0\0\0", "Segmentation fault (core dumped)\n", "no such file or directory\n", "{}", "[]",
        "{\"a\":", "null", "42",
        "\u001B[31m\u001B[0m", new string('{', 100_000), new string('9', 100_000), "1,2,3,4,5,6,7\n",
        "Es wurden 14 Beweise geprüft, 0 Fehler\n",
        string.Concat(Enumerable.Range(0, 5000).Select(i => (char)(i * 7919 % 0xD800))),
    ];

    private static (string? Rows, string? Message) Outcome(IOutputReader reader, SampleOutput output)
    {
        try
        {
            return (Show(Outlined(reader, reader.Read(output))), null);
        }
        catch (FormatException problem)
        {
            return (null, problem.Message);
        }
    }
}
