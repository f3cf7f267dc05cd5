using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Verus.Artifact.Common;
using Verus.Artifact.Data;

namespace Verus.Artifact.Claims;

/// <summary>Writes the files of the claims stage.</summary>
public static class VerdictFile
{
    // In the JSON file, comparison signs are not escaped, since the file is not part of an HTML page.
    private static readonly VerdictJson Readable = new(
        new JsonSerializerOptions(
            VerdictJson.Default.Options)
        { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Writes <c>NAME.json</c> and <c>NAME.txt</c>, and returns their paths.</summary>
    public static IReadOnlyList<string> Write(IReadOnlyList<ClaimVerdict> verdicts, string folder, string name)
    {
        var json = Path.Combine(folder, name + ".json");
        var text = Path.Combine(folder, name + ".txt");
        AtomicFile.Write(json, JsonSerializer.Serialize(verdicts.ToArray(), Readable.ClaimVerdictArray) + "\n");
        AtomicFile.Write(text, Text(verdicts));
        return [json, text];
    }

    /// <summary>The verdicts as text for people, one predicate per line.</summary>
    public static string Text(IReadOnlyList<ClaimVerdict> verdicts)
    {
        var text = new StringBuilder();
        foreach (var claim in verdicts)
        {
            text.Append("Claim ").Append(claim.Name).Append(": ").Append(Words(claim.Outcome, claim.Origin))
                .Append("\n  ").Append(claim.Title).Append('\n');
            var width = claim.Predicates.Select(predicate => predicate.Name.Length).DefaultIfEmpty().Max();
            foreach (var predicate in claim.Predicates)
            {
                text.Append("  ").Append(predicate.Name.PadRight(width + 2))
                    .Append(Words(predicate.Outcome, predicate.Origin)).Append(": ").Append(predicate.Statement);
                if (predicate.Value is { } value)
                    text.Append("; is ").Append(Show(value));
                if (predicate.Margin is { } margin)
                    text.Append(CultureInfo.InvariantCulture, $"; margin {margin:0.00}")
                        .Append(predicate.MarginInterval is [var low, var high]
                            ? string.Create(CultureInfo.InvariantCulture, $" [{low:0.00}, {high:0.00}]") : "");
                if (predicate.Strength != PredicateStrength.Must)
                    text.Append(" [").Append(predicate.Strength == PredicateStrength.Paper
                        ? "paper's own strength" : "for information").Append(']');
                text.Append('\n');
                foreach (var note in predicate.Notes)
                    text.Append("        ").Append(note).Append('\n');
            }
        }
        return text.ToString();
    }

    /// <summary>An outcome in one or two words; the words for a failed claim stand out.</summary>
    public static string Words(VerdictOutcome outcome) => outcome switch
    {
        VerdictOutcome.Supported => "supported",
        VerdictOutcome.NotSupported => "NOT SUPPORTED",
        VerdictOutcome.Inconclusive => "inconclusive",
        _ => "not measured",
    };

    /// <summary>An outcome in words, which always mark recorded numbers as such.</summary>
    public static string Words(VerdictOutcome outcome, Origin origin) =>
        Words(outcome) + (origin == Origin.Recorded ? " (by RECORDED numbers, not measured here)" : "");

    /// <summary>A number with its confidence interval, as text.</summary>
    public static string Show(Estimate value) => EstimateText.Of(value) is { Low: { } low, High: { } high } all
        ? $"{all.Value} [{low}, {high}]" : EstimateText.Of(value).Value;
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClaimVerdict[]))]
internal sealed partial class VerdictJson : JsonSerializerContext;
