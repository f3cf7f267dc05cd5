using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests;

/// <summary>
/// Readers of the files that have upstream's names, as upstream's own scripts read them: a field that these scripts
/// need is required, a number has the type that they give it, and nothing else is allowed.
/// </summary>
internal static class UpstreamForms
{
    private static readonly string[] Tools = ["Dafny", "Verus", "Prusti", "Fstarlowstar", "Creusot"];

    private static readonly JsonSerializerOptions Kebab = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads a file by the reader for its name, and returns the number of records in it.</summary>
    /// <param name="file">The name of the file, without its folder.</param>
    /// <param name="text">The content of the file.</param>
    /// <exception cref="FormatException">Upstream's scripts would reject the file, or no script reads such a
    /// file.</exception>
    public static int Read(string file, string text)
    {
        try
        {
            return file switch
            {
                "linked-list-repeat.csv" or "doubly-linked-list-repeat.csv" => Lines(text, Repeat),
                "linked-list-errors.csv" => Lines(text, Errors),
                "linked-list-oneshot.txt" or "doubly-linked-list-oneshot.txt" => Lines(text, Oneshot),
                "results.json" => JsonSerializer.Deserialize<List<Project>>(text, Kebab)!.Count,
                "results-latex-commands.tex" => Lines(text, Command),
                "process-benchmarks-output.txt" => Benchmarks(text),
                "raw-data.txt" => RawData(text),
                "data-verified.json" or "data-ironsync.json" => Runs(file, text),
                _ when Regex.IsMatch(file, "^results_[1-9][0-9]*\\.csv$") => Lines(text, Append),
                _ => throw new FormatException($"no script of upstream reads a file with the name '{file}'"),
            };
        }
        catch (Exception problem) when (problem is JsonException or OverflowException or KeyNotFoundException
            or InvalidOperationException)
        {
            throw new FormatException($"{file}: {problem.Message}", problem);
        }
    }

    private static int Lines(string text, Action<string> read)
    {
        var lines = text.Split('\n');
        Require(lines.Length > 1 && lines[^1].Length == 0, "the last line has no end", text);
        foreach (var line in lines[..^1])
            read(line);
        return lines.Length - 1;
    }

    // The scripts rename the columns by position, remove infinite times, and know the tools by name.
    private static void Repeat(string line)
    {
        var cells = Cells(line, ',', 3);
        Require(Whole(cells[0]) is >= 1 and <= 16 && Tools.Contains(cells[1]), "pushes,tool,seconds", line);
        Require(cells[2] == "inf" || Seconds(cells[2]) > 0, "seconds or inf", line);
    }

    private static void Errors(string line)
    {
        var cells = Cells(line, ',', 4);
        Require(cells[0] is "base" or "error" && cells[1] is "1" or "2" && Tools.Contains(cells[2])
            && Seconds(cells[3]) > 0, "base|error,case,tool,seconds", line);
    }

    private static void Oneshot(string line)
    {
        var match = Regex.Match(line, "^([A-Za-z]+): ([0-9]+\\.[0-9]{2}|inf) sec$");
        Require(match.Success && Tools.Contains(match.Groups[1].Value), "tool: seconds sec", line);
    }

    private static void Command(string line) =>
        Require(Regex.IsMatch(line, "^\\\\newcommand\\{\\\\eval[A-Za-z]+\\}\\{[^{}]+\\}$"), "a TeX command", line);

    // Each row is the log and a whole number of microseconds; the program prints a comma after them.
    private static void Append(string line)
    {
        var cells = Cells(line, ',', 3);
        Require(cells[0] is "pmdk" or "old" or "verif" && Whole(cells[1]) > 0 && cells[2].Length == 0,
            "log,microseconds,", line);
    }

    private static int Benchmarks(string text)
    {
        var parts = text.Split("\n\n");
        Require(parts.Length == 2, "a table and its TeX", text);
        var table = parts[0].Split('\n').SkipWhile(line => line.StartsWith("cores for ", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Require(table[0] is ["bench", "mi", "vmi"], "bench mi vmi", parts[0]);
        foreach (var row in table[1..])
            Require(row.Length == 3 && row[1..].All(cell => cell == "fail" || Seconds(cell) >= 0), "bench and times",
                string.Join(' ', row));
        Require(parts[1].StartsWith("\\begin{tabular}", StringComparison.Ordinal)
            && parts[1].EndsWith("\\end{tabular}\n", StringComparison.Ordinal), "a tabular", parts[1]);
        return table.Count - 1;
    }

    private static int RawData(string text)
    {
        var heads = Cells(text.Split('\n')[0], '\t', 7);
        int Column(string name) => Array.IndexOf(heads, name) is var at and >= 0 ? at
            : throw new FormatException($"raw-data.txt has no column '{name}'");
        var body = text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        return Lines(body, line =>
        {
            var cells = Cells(line, '\t', heads.Length);
            Require(cells[Column("Language")] is "dafny" or "verus" && cells[Column("Workload")] is "g" or "s"
                && Whole(cells[Column("Value size")]) is 128 or 256 or 512 && Whole(cells[Column("Seconds")]) > 0
                && Whole(cells[Column("Requests completed")]) > 0, "a run of IronKV", line);
        });
    }

    private static int Runs(string file, string text)
    {
        var runs = JsonSerializer.Deserialize<List<JsonElement>>(text)!;
        foreach (var run in runs)
        {
            foreach (var column in new[] { "n_threads", "reads_pct", "n_replicas", "run_seconds", "total_ops",
                "ops_per_s" })
                run.GetProperty(column).GetDouble();
            // The script sets the deviation of IronSync's runs itself.
            if (file == "data-verified.json")
                run.GetProperty("stdev").GetDouble();
            var policy = run.GetProperty("numa_policy");
            Require(file == "data-verified.json" ? policy.GetString() == "NUMAFill" : policy.GetInt32() == 0,
                "the policy fill", policy.GetRawText());
            var name = run.GetProperty("bench_name").GetString();
            Require(file == "data-verified.json" || name is "dafny_nr" or "rust_nr", "a name of a benchmark", name!);
        }
        return runs.Count;
    }

    private static string[] Cells(string line, char separator, int count)
    {
        var cells = line.Split(separator);
        Require(cells.Length == count, $"{count} columns", line);
        return cells;
    }

    private static long Whole(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static double Seconds(string text) =>
        double.Parse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture);

    private static void Require(bool holds, string expected, string found)
    {
        if (!holds)
            throw new FormatException($"expected {expected}, found '{found}'");
    }

    // What upstream's summary writes; a number that it always has is null here if it was not measured.
    private sealed record Project(string ProjectId, VerusPart Verus, BaselinePart? DafnyBaseline);

    private sealed record VerusPart(string ProjectId, bool? Success, VerusTimes Singlethread, VerusTimes Parallel,
        VerusLines Linecount, ulong? EncodingSizeMb);

    private sealed record BaselinePart(string ProjectId, string DafnyName, BaselineTimes Singlethread,
        BaselineTimes Parallel, BaselineLines Linecount, ulong? EncodingSizeMb);

    private sealed record VerusTimes(double? WallTimeVerusS, double? WallTimeS, double? EstimatedCpuTimeVerusS);

    private sealed record BaselineTimes(double? WallTimeS);

    private sealed record VerusLines(ulong? Trusted, ulong? Proof, ulong? Exec, ulong? BothProofExec,
        float? ProofExecRatio);

    private sealed record BaselineLines(ulong? Trusted, ulong? Proof, ulong? Exec, float? ProofExecRatio);
}
