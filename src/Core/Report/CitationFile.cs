using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Verus.Artifact.Report;

/// <summary>Whom to cite for an archive, and under which licence it may be used.</summary>
/// <param name="Title">The title of the archive.</param>
/// <param name="Authors">The authors, each as <c>Family, Given</c>, or a name without a comma for an
/// organization.</param>
/// <param name="License">The identifier of the licence in SPDX's list, such as <c>CC-BY-4.0</c>; empty when it is not
/// declared.</param>
/// <param name="Released">The day of the newest sample in the archive; null when there is none.</param>
public sealed record Citation(string Title, IReadOnlyList<string> Authors, string License, DateOnly? Released);

/// <summary>Writes metadata that repositories of research data read.</summary>
internal static class CitationFile
{
    // A JSON string is a YAML string, too, and needs no further rules of quoting.
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>The content of <c>CITATION.cff</c>, in version 1.2.0 of the Citation File Format.</summary>
    public static string Cff(Citation citation)
    {
        var text = new StringBuilder(
            "cff-version: 1.2.0\nmessage: If you use these results, please cite them as below.\n");
        text.Append("type: dataset\ntitle: ").Append(Quoted(citation.Title)).Append("\nauthors:\n");
        foreach (var (family, given) in Names(citation))
            if (given.Length == 0)
                text.Append("  - name: ").Append(Quoted(family)).Append('\n');
            else
                text.Append("  - family-names: ").Append(Quoted(family)).Append("\n    given-names: ")
                    .Append(Quoted(given)).Append('\n');
        if (citation.License.Length > 0)
            text.Append("license: ").Append(Quoted(citation.License)).Append('\n');
        if (citation.Released is { } day)
            text.Append(CultureInfo.InvariantCulture, $"date-released: {day:yyyy-MM-dd}\n");
        return text.ToString();
    }

    /// <summary>The content of <c>.zenodo.json</c>, the metadata of a deposit in Zenodo.</summary>
    public static string Zenodo(Citation citation, string description)
    {
        var metadata = new JsonObject
        {
            ["title"] = citation.Title,
            ["upload_type"] = "dataset",
            ["description"] = description,
            ["creators"] = new JsonArray([.. Names(citation).Select(name => new JsonObject
            {
                ["name"] = name.Given.Length == 0 ? name.Family : $"{name.Family}, {name.Given}",
            })]),
            ["keywords"] = new JsonArray("artifact evaluation", "reproducibility"),
        };
        if (citation.License.Length > 0)
            metadata["license"] = citation.License;
        return metadata.ToJsonString(Readable) + "\n";
    }

    // Both formats demand an author.
    private static IEnumerable<(string Family, string Given)> Names(Citation citation) => citation.Authors.Count == 0
        ? [($"The authors of {citation.Title}", "")]
        : citation.Authors.Select(author =>
            author.Split(',', 2, StringSplitOptions.TrimEntries) is [var family, var given]
            ? (family, given) : (author.Trim(), ""));

    private static string Quoted(string text) => JsonSerializer.Serialize(text, Readable);
}
