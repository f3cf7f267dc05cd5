using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Figures;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation.Reproduction;

/// <summary>What placeholders become in the script: variables, so that nothing in it depends on the machine that wrote it.</summary>
internal sealed class ScriptPlaces(EvaluationModel model, string projectDirectory)
{
    private const int FirstPort = 20801;
    private readonly Dictionary<string, string> variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedDictionary<string, int> ports = new(StringComparer.Ordinal);

    /// <summary>Ports that texts named so far, with the variable of each.</summary>
    public IEnumerable<(string Variable, int Port)> Ports => ports.Select(port => (Variable("port", port.Key), port.Value));

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
    public string Source(string name) =>
        $"{Root}/sources/{model.Pins.Repos.FirstOrDefault(repo => repo.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Name ?? name}";

    /// <summary>Expands the texts of a cell's experiment.</summary>
    public string ForCell(string text, Cell cell) => Expand(text, name => cell.Values.TryGetValue(name, out var value) ? value.Value : Meaning(name) ?? name switch
    {
        _ when OutputUse.Parse(name) is { } use => Output(use, cell),
        "sample" => "1",
        "work" or "output" or "generated" => ShellText.Expression("$" + name),
        _ when name.StartsWith("copy:", StringComparison.Ordinal) => $"{ShellText.Expression("$work")}/copy/{name["copy:".Length..]}",
        _ => throw DeclarationRules.UnknownPlaceholder.Error(cell.Experiment.Item.Where, "Experiment", cell.Experiment.Name, name, ""),
    });

    /// <summary>Which experiments use what others leave; null: none does.</summary>
    public Steps? Steps { get; set; }

    private string Output(OutputUse use, Cell cell) => use.IsOfAll ? $"{ShellText.Expression("$work")}.outputs/{use.Experiment}"
        : $"{Root}/results/{SampleTaker.FolderName(Steps!.Meant(cell, use)[0].Name)}";

    /// <summary>Expands the environment and the folders of a tool.</summary>
    public string ForTool(string text, ToolDeclaration tool) => Expand(text, name => Meaning(name) ?? name switch
    {
        "folder" => FolderOfTool(tool.Name),
        "home" => ShellText.Expression("$HOME"),
        _ => throw DeclarationRules.UnknownPlaceholder.Error(tool.Item.Where, "Tool", tool.Name, name, ""),
    });

    /// <summary>Expands the steps of a build.</summary>
    public string ForBuild(string text, ToolDeclaration tool) => Expand(text, name => name switch
    {
        "source" or "output" => ShellText.Expression("$build") + "/" + name,
        _ when name.StartsWith("input:", StringComparison.Ordinal) && tool.Build!.Inputs.TryGetValue(name["input:".Length..], out var path) =>
            Path.IsPathRooted(path) ? path : $"{ShellText.Expression("$project")}/{path}",
        _ => Meaning(name) ?? throw DeclarationRules.UnknownPlaceholder.Error(tool.Item.Where, "Tool", tool.Name, name, ""),
    });

    /// <summary>A text of the command of a figure.</summary>
    public string ForFigure(string text, FigureDeclaration figure, string data) => Expand(text, name =>
        name == "out" ? $"{ShellText.Expression("$root")}/figures/{FigureDrawer.FileName(figure)}"
        : name.StartsWith("data:", StringComparison.Ordinal) ? DatasetFile.PathOf(data, name["data:".Length..], Origin.Measured)
        : name.StartsWith("recorded:", StringComparison.Ordinal) ? DatasetFile.PathOf(data, name["recorded:".Length..], Origin.Recorded)
        : Meaning(name) ?? "");

    // Files below the project's folder may also be named by their path, as those of a suite are.
    private string Expand(string text, Func<string, string> meaning) =>
        Placeholders.Expand(text, meaning).Replace(projectDirectory + "/", ShellText.Expression("$project") + "/", StringComparison.Ordinal);

    private static string Root => ShellText.Expression("$root");

    private string? Meaning(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var (kind, rest) = colon < 0 ? (name, "") : (name[..colon], name[(colon + 1)..]);
        return kind switch
        {
            "project" or "processors" => ShellText.Expression("$" + kind),
            "tool" => Tool(rest),
            "folder" when rest.Length > 0 => FolderOfTool(rest),
            "source" when rest.Length > 0 => Source(rest),
            "file" when model.Pins.Files.FirstOrDefault(file => file.Name.Equals(rest, StringComparison.OrdinalIgnoreCase)) is { } file => $"{Root}/files/{file.Name}/{file.LocalName}",
            "port" => ShellText.Expression("$" + PortOf(rest)),
            _ => null,
        };
    }

    private string PortOf(string name)
    {
        ports.TryAdd(name, FirstPort + ports.Count);
        return Variable("port", name);
    }
}
