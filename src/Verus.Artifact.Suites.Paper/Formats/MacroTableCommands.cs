using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Verus.Artifact.Suites;

/// <summary>
/// <c>results-latex-commands.tex</c> of the macro statistics: the numbers of <c>results.json</c> as TeX commands, which
/// upstream's table includes. An unmeasured value is a dash, so that the table can be typeset without it.
/// </summary>
internal static class MacroTableCommands
{
    private const string Dash = "--";

    /// <summary>Returns the commands for the projects of <c>results.json</c>.</summary>
    /// <param name="projects">All projects that upstream's table names; a project without numbers is included.</param>
    /// <param name="threads">The number of threads of the runs that upstream calls parallel.</param>
    public static string Of(IReadOnlyList<JsonObject> projects, int threads)
    {
        var text = new StringBuilder();
        Put("evalVerusProjectCount", Whole(projects.Count));
        Put("evalParallelNumThreads", Whole(threads));
        foreach (var project in projects)
        {
            var name = Name((string)project["project-id"]!);
            PutProject("evalVerus" + name, project["verus"]!.AsObject());
            if (project["dafny-baseline"] is JsonObject baseline)
                PutProject($"eval{Name((string)baseline["dafny-name"]!)}{name}", baseline);
        }
        var (proof, code) = (Total(projects, "proof"), Total(projects, "exec"));
        Put("evalVerusTotalLinesTrusted", Thousands(Total(projects, "trusted")));
        Put("evalVerusTotalLinesProof", Thousands(proof));
        Put("evalVerusTotalLinesExec", Thousands(code));
        Put("evalVerusTotalLinesProofCodeRatio", code > 0 ? Fixed(proof / code, "F1") : Dash);
        return text.ToString();

        void Put(string command, string value) => text.Append(CultureInfo.InvariantCulture,
            $"\\newcommand{{\\{command}}}{{{value}}}\n");

        void PutProject(string prefix, JsonObject of)
        {
            if (of.ContainsKey("success"))
                Put(prefix + "Success", (bool?)of["success"] == true ? "true" : "false");
            Put(prefix + "SinglethreadWallTime", Fixed((double?)of["singlethread"]!["wall-time-s"], "F0"));
            Put(prefix + "ParallelWallTime", Fixed((double?)of["parallel"]!["wall-time-s"], "F0"));
            var lines = of["linecount"]!;
            Put(prefix + "LineCountTrusted", Whole((long?)lines["trusted"]));
            Put(prefix + "LineCountProof", Whole((long?)lines["proof"]));
            Put(prefix + "LineCountExec", Whole((long?)lines["exec"]));
            Put(prefix + "LineCountProofCodeRatio", Fixed((double?)lines["proof-exec-ratio"], "F1"));
            Put(prefix + "EncodingSizeMB", Whole((long?)of["encoding-size-mb"]));
        }
    }

    // The name of a TeX command has only letters: page-table becomes PageTable.
    private static string Name(string id) => string.Concat(id.Split('-').Select(word =>
        char.ToUpperInvariant(word[0]) + word[1..]));

    // A total that lacks a project would be wrong.
    private static double? Total(IReadOnlyList<JsonObject> projects, string key)
    {
        var lines = projects.Select(project => (long?)project["verus"]!["linecount"]![key]).ToList();
        return lines.Contains(null) ? null : lines.Sum();
    }

    private static string Whole(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? Dash;

    private static string Thousands(double? number) => number is null ? Dash : Fixed(number / 1000, "F1") + "K";

    private static string Fixed(double? number, string format) =>
        number?.ToString(format, CultureInfo.InvariantCulture) ?? Dash;
}
