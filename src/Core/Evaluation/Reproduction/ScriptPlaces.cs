using System.Globalization;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;
using static Verus.Artifact.Evaluation.Reproduction.ShellText;

namespace Verus.Artifact.Evaluation.Reproduction;

/// <summary>
/// The folders of a reproduction script, which are shell variables where an evaluation has paths of its machine.
/// Because its folders are variables, the code that makes the job of a sample also makes the commands of the script.
/// </summary>
internal sealed class ScriptPlaces : IAttemptPorts
{
    private const int FirstPort = 20801;
    private readonly Dictionary<string, string> variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedDictionary<string, int> ports = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, ToolDeclaration> tools;

    /// <summary>Assigns the names that the script will use.</summary>
    /// <param name="model">The declarations of the project.</param>
    /// <param name="tools">The tools of the script, each after the tools that it needs.</param>
    public ScriptPlaces(EvaluationModel model, IReadOnlyList<ToolDeclaration> tools)
    {
        this.tools = tools.ToDictionary(tool => tool.Name, StringComparer.OrdinalIgnoreCase);
        var root = Expression("$root");
        Context = new CellContext
        {
            Layout = new EvaluationLayout(root, Project),
            Services = model.Services,
            Sources = model.Pins.Repos.ToDictionary(repo => repo.Name,
                repo => new SourceBinding($"{root}/sources/{repo.Name}", ""), StringComparer.OrdinalIgnoreCase),
            Files = model.Pins.Files.ToDictionary(file => file.Name,
                file => new SourceBinding($"{root}/files/{file.Name}/{file.LocalName}", ""),
                StringComparer.OrdinalIgnoreCase),
            Processors = Expression("$processors"),
            Variable = name => IsName(name) ? Passed(name) : null,
        };
        var resolved = new Dictionary<string, ResolvedTool>(StringComparer.OrdinalIgnoreCase);
        foreach (var tool in tools)
            resolved[tool.Name] = Resolve(tool,
                [.. tool.Needs.Select(name => resolved.GetValueOrDefault(name)).OfType<ResolvedTool>()]);
        Context = Context with { Tools = resolved };
    }

    /// <summary>The folder of the project.</summary>
    public static string Project { get; } = Expression("$project");

    /// <summary>The context of the cells.</summary>
    public CellContext Context { get; }

    /// <summary>The ports that texts have named so far, each with its shell variable.</summary>
    public IEnumerable<(string Variable, int Port)> Ports =>
        ports.Select(port => (Variable("port", port.Key), port.Value));

    /// <summary>The shell variable for a name; names that differ only in special characters get different
    /// variables.</summary>
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

    /// <summary>The value of a variable of the reader's environment.</summary>
    public static string Passed(string name) => Expression("$" + name);

    /// <summary>The attempt at a sample with whose folders the texts of a cell are filled in.</summary>
    /// <param name="uses">The outputs of other experiments that the cell uses.</param>
    public Attempt AttemptWith(IReadOnlyList<OutputUse> uses) => new(Expression("$mark"))
    {
        Work = Expression("$work"),
        Output = Expression("$output"),
        Ports = this,
        Outputs = [.. uses.Select((use, index) =>
            new UsedOutput(use, "", string.Create(CultureInfo.InvariantCulture, $"{Expression("$uses")}/{index + 1}"),
                []))],
    };

    /// <summary>
    /// The folders that a tool puts on PATH, in order: the tool's own folders, then those of the tools that it needs.
    /// </summary>
    public IEnumerable<string> FoldersOf(string name) => tools.GetValueOrDefault(name) is not { } tool ? []
        : ToolPlaces.Folders(tool, FolderOf(name), Project, placeholder => ValueFor(tool, placeholder))
            .Concat(tool.Needs.SelectMany(FoldersOf)).Distinct(StringComparer.Ordinal);

    /// <summary>Fills in a text of a tool's build.</summary>
    public string ForBuild(Template text, ToolDeclaration tool) => text.Fill(placeholder => placeholder switch
    {
        { Text: "source" or "output" } => $"{Expression("$build")}/{placeholder.Text}",
        { Kind: "input", Whole: { } name } => Path.Combine(Project, tool.Build!.Inputs[name]),
        { Text: "processors" } => Context.Processors,
        _ => ValueFor(tool, placeholder),
    });

    /// <inheritdoc/>
    public string TextOf(string name)
    {
        ports.TryAdd(name, FirstPort + ports.Count);
        return Expression("$" + Variable("port", name));
    }

    /// <inheritdoc/>
    public int? NumberOf(string text)
    {
        foreach (var (variable, port) in Ports)
            if (text == Expression("$" + variable))
                return port;
        return ServiceDeclaration.PortOf(text);
    }

    /// <summary>A port in the form in which the script contains it.</summary>
    public string PortText(int number) =>
        Ports.FirstOrDefault(port => port.Port == number) is { Variable: { } variable } ? Expression("$" + variable)
        : number.ToString(CultureInfo.InvariantCulture);

    private static bool IsName(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private string FolderOf(string name) => Expression($"${{{Variable("tool", name)}%/*}}");

    private ResolvedTool Resolve(ToolDeclaration tool, IReadOnlyList<ResolvedTool> needs) =>
        new(tool.Name, Expression("$" + Variable("tool", tool.Name)), "", "", null)
        {
            Folder = FolderOf(tool.Name),
            Environment = ToolPlaces.Environment(tool, needs,
            tool.DotNetTool is null ? null : Expression("$(dirname \"$(readlink -f \"$(command -v dotnet)\")\")"),
            placeholder => ValueFor(tool, placeholder)),
            // The folders of PATH are put in order when the script runs, because only then is it known which of them
            // are system folders.
            PathEntries = [Expression("$" + Variable("path", tool.Name))],
        };

    private string ValueFor(ToolDeclaration tool, Placeholder placeholder) => placeholder switch
    {
        { Text: "folder" } => FolderOf(tool.Name),
        { Text: "project" } => Project,
        { Text: "home" } => Passed("HOME"),
        { Kind: "tool", Whole: { } name } => Expression("$" + Variable("tool", name)),
        { Kind: "source" } when Context.Sources.TryGetValue(placeholder.Name, out var source) =>
            placeholder.Below(source.Path),
        _ => throw DeclarationRules.UnknownPlaceholder.Error(tool.Item.Where, tool.Item.Type, tool.Name, "text",
            placeholder.Text, ""),
    };
}
