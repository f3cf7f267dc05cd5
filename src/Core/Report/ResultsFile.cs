using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Verus.Artifact.Claims;
using Verus.Artifact.Data;

namespace Verus.Artifact.Report;

/// <summary>Writes the results of a report for programs.</summary>
internal static partial class ResultsFile
{
    private static readonly JsonSerializerOptions Readable = new(ResultsJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// The content of <c>results.json</c>. Texts are cleaned as on the page, so that the file reveals no more than the
    /// page does.
    /// </summary>
    /// <param name="model">The report.</param>
    /// <param name="folder">The folder of the file, to which paths in the file are relative.</param>
    public static string Render(ReportModel model, string folder)
    {
        var words = new ReportText(model.Folders);
        var json = JsonSerializer.SerializeToNode(Of(model, folder), ResultsJson.Default.ResultsDocument)!;
        return Cleaned(json, words)!.ToJsonString(Readable) + "\n";
    }

    /// <summary>The results of a report.</summary>
    public static ResultsDocument Of(ReportModel model, string folder) => new()
    {
        Title = model.Title,
        Project = model.Project,
        Request = model.Request,
        Sdk = model.SdkVersion,
        Smoke = model.Figures.Any(figure => figure.IsSmoke),
        Claims = [.. model.Verdicts.Select(claim => Claim(model, claim))],
        Figures = [.. model.Figures.Select(figure => Figure(figure, folder))],
        Missing = [.. model.Missing.Select(figure => new ResultMissing(figure.Name, figure.Title, figure.Reasons))],
        Datasets = [.. model.Datasets.Select(Dataset)],
        Experiments = [.. model.Resources.Select(one => new ResultExperiment(one.Experiment, one.Suite, one.Samples,
            one.Failed, one.Seconds, one.PeakMemoryBytes == 0 ? null : one.PeakMemoryBytes, one.LogBytes,
            one.Command))],
        Machines = [.. model.Machines.Select(machine => new ResultMachine(machine.Id, Facts(machine)))],
        Runs = [.. model.Runs.Select(run => new ResultRun(run.StartedUtc, run.MachineId, run.Seed, run.Samples,
            run.Seconds))],
        Tools = [.. model.Tools.Select(tool => new ResultTool(tool.Name, tool.Version, tool.Identity,
            tool.Deviation))],
        Pins = [.. model.Pins.Select(pin => new ResultPin(pin.Kind, pin.Name, pin.Pin, pin.From, Swhid(pin), pin.Used,
            pin.Deviation))],
        Notes = model.Notes,
    };

    /// <summary>
    /// The identifier of a pinned commit in Software Heritage, which is the hash of the commit itself (SWHID
    /// specification 1.2, section 5); null for what is no commit.
    /// </summary>
    public static string? Swhid(ReportPin pin) => pin.Kind == "repository" && Commit().IsMatch(pin.Pin)
        ? "swh:1:rev:" + pin.Pin : null;

    private static ResultClaim Claim(ReportModel model, ClaimVerdict claim) => new(claim.Name, claim.Title,
        claim.Outcome, claim.Origin, claim.Figures, model.ClaimExperiments.GetValueOrDefault(claim.Name) ?? [],
        claim.IsDeclaredBefore, [.. claim.Predicates.Select(one => Predicate(model, one))]);

    private static ResultPredicate Predicate(ReportModel model, PredicateVerdict one)
    {
        var bounds = model.Bounds.GetValueOrDefault(one.Name);
        return new(one.Name, one.Statement, one.Strength, one.Outcome, one.Origin, bounds?.Dataset ?? "",
            Finite(bounds?.AtLeast), Finite(bounds?.AtMost), Finite(one.Value?.Value), Finite(one.Value?.Low),
            Finite(one.Value?.High), Finite(one.Margin), one.Notes);
    }

    private static ResultFigure Figure(ReportFigure figure, string folder) => new(figure.Drawn.Name, figure.Aliases,
        figure.Drawn.Title, figure.Drawn.Origin,
        figure.Drawn.Files.ToDictionary(file => file.Key, file => Path.GetRelativePath(folder, file.Value)),
        [.. figure.DataFiles.Select(file => Path.GetRelativePath(folder, file))],
        [.. figure.Measured.Concat(figure.Recorded).Select(dataset => dataset.Name).Distinct()], figure.Experiments,
        figure.Failures.Count, figure.Drawn.Notes, figure.RerunCommand);

    private static ResultDataset Dataset(Dataset dataset) => new(dataset.Name, dataset.Origin, dataset.Quantity,
        dataset.Unit, dataset.Statistic, dataset.Columns, dataset.Provenance.Length == 0 ? null : dataset.Provenance,
        dataset.Notes, [.. dataset.Points.Select(point => new ResultPoint(point.Keys, Finite(point.Estimate?.Value),
            Finite(point.Estimate?.Low), Finite(point.Estimate?.High), point.Unit, point.Samples, point.Rounds,
            point.Failures, Finite(point.Above), point.IsDerived, point.IsAbsent, point.Note))]);

    private static Dictionary<string, string> Facts(ReportMachine machine) =>
        machine.Rows.GroupBy(row => row.Name).ToDictionary(group => group.Key,
            group => string.Join("; ", group.Select(row => row.Value)));

    // JSON has no infinite numbers; an interval that is open at one end has no number there.
    private static double? Finite(double? number) => number is { } value && double.IsFinite(value) ? value : null;

    private static JsonNode? Cleaned(JsonNode? node, ReportText words) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(field =>
            KeyValuePair.Create(words.Line(field.Key), Cleaned(field.Value, words)))),
        JsonArray items => new JsonArray([.. items.Select(item => Cleaned(item, words))]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(words.Line(text)),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex(@"\A[0-9a-f]{40}\z")]
    private static partial Regex Commit();
}
