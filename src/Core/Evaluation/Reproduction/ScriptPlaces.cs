using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Figures;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation.Reproduction;

/// <summary>
/// What placeholders become in the script: variables, so that nothing in it depends on the machine that wrote it.
/// </summary>
internal sealed class ScriptPlaces(EvaluationModel model, string projectDirectory)
{
    private const int FirstPort = 20801;
    private readonly Dictionary<string, string> variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedDictionary<string, int> ports = new(StringComparer.Ordinal);

    /// <summary>Ports that texts named so far, with the variable of each.</summary>
    public IEnumerable<(string Variable, int Port)> Ports =>
        ports.Select(port => (Variable("port", port.Key), port.Value));

    /// <summary>The variable of a name; names that differ only in special characters have different ones.</summary>
    public string Variable(string kind, string name)
    {
        if (variables.TryGetValue($"{kind}:{name}", out var known))
            return known;
        var plain = kind + "_" + string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        var variable = plain;
        for (var i = 2; variables.ContainsValue(variable); i++)
            variable = $"{plain}_{i}";
        return variables[$"{kind}:{name}"] = variable;
    }

    /// <summary>The executable of a tool.</summary>
    public string Tool(string name) => ShellText.Expression("$" + Variable("tool", name));

    /// <summary>The folder of a tool's executable.</summary>
    public string FolderOfTool(string name) => ShellText.Expression($"${{{Variable("tool", name)}%/*}}");

    /// <summary>The checkout of a repository.</summary>
    public string Source(string name)
    {
        var pin = model.Pins.Repos.FirstOrDefault(repo => repo.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return $"{Root}/sources/{pin?.Name ?? name}";
    }

    /// <summary>Expands the texts of a cell's experiment.</summary>
    public string ForCell(Template text, Cell cell) =>
        Expand(text, one => cell.Values.TryGetValue(one.Text, out var value)
        ? (value.IsFile ? ForCell(value.Path, cell) : value.Value) : Meaning(one) ?? one switch
        {
            _ when OutputUse.Of(one) is { } use => one.Below(Output(use, cell)),
            { Text: "sample" } => "1",
            { Text: "work" or "output" or "generated" } => ShellText.Expression("$" + one.Text),
            { Kind: "copy" } => $"{ShellText.Expression("$work")}/copy/{one.Whole}",
            _ => throw CellPlaceholders.OfCommands.Unknown(cell.Experiment.Item, "text", one),
        });

    /// <summary>Which experiments use what others leave; null: none does.</summary>
    public Steps? Steps { get; set; }

    private string Output(OutputUse use, Cell cell) =>
        use.IsOfAll ? $"{ShellText.Expression("$work")}.outputs/{use.Experiment}"
        : $"{Root}/results/{SampleTaker.FolderName(Steps!.Meant(cell, use)[0].Name)}";

    /// <summary>Expands the environment and the folders of a tool.</summary>
    public string ForTool(Template text, ToolDeclaration tool) => Expand(text, one => Meaning(one) ?? one.Text switch
    {
        "folder" => FolderOfTool(tool.Name),
        "home" => ShellText.Expression("$HOME"),
        _ => throw CellPlaceholders.OfCommands.Unknown(tool.Item, "Environment", one),
    });

    /// <summary>Expands the steps of a build.</summary>
    public string ForBuild(Template text, ToolDeclaration tool) => Expand(text, one => one switch
    {
        { Text: "source" or "output" } => ShellText.Expression("$build") + "/" + one.Text,
        { Kind: "input", Whole: { } name } when tool.Build!.Inputs.TryGetValue(name, out var path) =>
            Path.IsPathRooted(path) ? path : $"{ShellText.Expression("$project")}/{path}",
        _ => Meaning(one) ?? throw CellPlaceholders.OfCommands.Unknown(tool.Item, "Build", one),
    });

    /// <summary>A text of the command of a figure.</summary>
    public string ForFigure(Template text, FigureDeclaration figure, string data) => Expand(text, one => one switch
    {
        { Text: "out" } => $"{ShellText.Expression("$root")}/figures/{FigureDrawer.FileName(figure)}",
        { Kind: "data", Whole: { } name } => DatasetFile.PathOf(data, name, Origin.Measured),
        { Kind: "recorded", Whole: { } name } => DatasetFile.PathOf(data, name, Origin.Recorded),
        _ => Meaning(one) ?? "",
    });

    // Files below the project's folder may also be named by their path, as those of a suite are.
    private string Expand(Template text, Func<Placeholder, string> meaning) =>
        text.Fill(meaning).Replace(projectDirectory + "/", ShellText.Expression("$project") + "/",
            StringComparison.Ordinal);

    private static string Root => ShellText.Expression("$root");

    private string? Meaning(Placeholder one) => one switch
    {
        { Text: "project" or "processors" } => ShellText.Expression("$" + one.Text),
        { Kind: "tool", Whole: { } name } => Tool(name),
        { Kind: "folder", Name.Length: > 0 } => one.Below(FolderOfTool(one.Name)),
        { Kind: "source", Name.Length: > 0 } => one.Below(Source(one.Name)),
        { Kind: "file", Whole: { } name }
            when model.Pins.Files.Any(file => file.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) => File(name),
        { Kind: "port", Whole: { } name } => ShellText.Expression("$" + PortOf(name)),
        _ => null,
    };

    /// <summary>The path of a download.</summary>
    public string File(string name)
    {
        var file = model.Pins.Files.First(file => file.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return $"{Root}/files/{file.Name}/{file.LocalName}";
    }

    private string PortOf(string name)
    {
        ports.TryAdd(name, FirstPort + ports.Count);
        return Variable("port", name);
    }
}
