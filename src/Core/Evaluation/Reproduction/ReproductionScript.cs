using System.Globalization;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Figures;
using Verus.Artifact.Pins;
using Verus.Artifact.Tools;
using static Verus.Artifact.Evaluation.Reproduction.ShellText;

namespace Verus.Artifact.Evaluation.Reproduction;

/// <summary>The part of an evaluation for which a reproduction script is written.</summary>
/// <param name="Title">A few words on what the script reproduces.</param>
/// <param name="Layout">The locations of the project and the evaluation.</param>
/// <param name="Model">The declarations.</param>
/// <param name="Experiments">The experiments.</param>
/// <param name="Repos">The repositories that the experiments and the builds of their tools need.</param>
/// <param name="Files">The downloads that the experiments and the builds of their tools need.</param>
/// <param name="Tools">The tools of the experiments, including those for builds, each after the tools that it
/// needs.</param>
/// <param name="Found">The tools that were found on this machine, whose versions are written in comments.</param>
/// <param name="RuleOf">Returns the version rule of a tool; null when any version is accepted.</param>
/// <param name="Figures">The figures of the request, of which the script contains those that commands draw.</param>
public sealed record ReproductionRequest(
    string Title, EvaluationLayout Layout, EvaluationModel Model, IReadOnlyList<ExperimentDeclaration> Experiments,
    IReadOnlyList<ExternalRepo> Repos,
    IReadOnlyList<ExternalFile> Files, IReadOnlyList<ToolDeclaration> Tools, IReadOnlyList<ResolvedTool> Found,
    Func<ToolDeclaration, VersionRule?> RuleOf,
    IReadOnlyList<FigureDeclaration> Figures)
{
    /// <summary>The offset of a sample of each cell that has one, by the name of the cell.</summary>
    public IReadOnlyDictionary<string, int> Offsets { get; init; } = new Dictionary<string, int>();
}

/// <summary>A reproduction script and the files that accompany it.</summary>
/// <param name="Text">The script.</param>
/// <param name="Files">The files, each with its absolute path on this machine and its path below <c>NAME.files</c>
/// beside the script <c>NAME.sh</c>.</param>
public sealed record WrittenScript(string Text, IReadOnlyDictionary<string, string> Files);

/// <summary>
/// Writes the plain commands of experiments as one POSIX shell script, for a reader who trusts no build system: the
/// sources at their commits, the tools, and each cell as the evaluation runs it, with the conditions for a good sample.
/// The reproduction script contains no path of this machine and no value from its environment.
/// </summary>
public sealed class ReproductionScript
{
    private readonly StringBuilder text = new();
    private readonly ReproductionRequest request;
    private readonly ScriptPlaces places;
    private readonly ScriptFiles files;
    private readonly Steps steps;

    private ReproductionScript(ReproductionRequest request)
    {
        this.request = request;
        places = new ScriptPlaces(request.Model, request.Tools);
        files = new ScriptFiles(request.Layout.ProjectDirectory, request.Layout.Root);
        steps = new Steps(request.Experiments, request.Model.Services);
    }

    /// <summary>Writes a script.</summary>
    public static WrittenScript Render(ReproductionRequest request)
    {
        var script = new ReproductionScript(request);
        // The beginning of the script is written last, since its ports and files are known only once all commands have
        // been written.
        script.Body();
        script.FigureLines();
        var body = script.text.ToString();
        script.text.Clear();
        script.Head();
        return new WrittenScript(script.text + body
            + "\necho \"$cells cell$([ $cells = 1 ] || echo s), $bad of them failed$([ $left = 0 ] || echo \", $left "
            + "not run\"); results are in "
            + "$root/results\"\n[ \"$bad\" = 0 ]\n", script.files.Copies);
    }

    private void Head()
    {
        Line("#!/bin/sh");
        Line(
            Comment(
                $"The plain commands of {request.Title}, written by Verus.Artifact.Sdk {SdkVersion.Text}, which is not "
                    + "needed to run them."));
        Line("#");
        Line("#   sh SCRIPT [FOLDER]    sources, tools, work and results go to FOLDER, by default ./reproduction");
        Line("#");
        Line(
            "# Each cell runs once, and nothing is timed. Set PROJECT to the folder of the project if it is not where "
                + "this script was written.");
        Line("# Its environment is padded as that of its first sample was; OFFSET=N pads all of them by N bytes.");
        Line("# A program that a signal ended counts as one with the exit code that a shell gives it.");
        Line("script=$(cd \"$(dirname \"$0\")\" && pwd)");
        Line("evaluation=$(dirname \"$script\")");
        var toProject = Path.GetRelativePath(request.Layout.Scripts, request.Layout.ProjectDirectory);
        // If the evaluation is not in a folder of the project, the path from one to the other depends on this machine.
        Line(toProject.Split('/').All(part => part == "..")
            ? $"project=${{PROJECT:-$(cd \"$script\" && cd {Word(toProject)} && pwd)}}"
            : "project=${PROJECT:?is the folder of the project}");
        Line("files=${0%.sh}.files && case $files in /*) ;; *) files=$(pwd)/$files ;; esac");
        Line("mkdir -p \"${1:-reproduction}\" && root=$(cd \"${1:-reproduction}\" && pwd) || exit 1");
        Line($"system={SearchPath.System}");
        foreach (var (variable, port) in places.Ports)
            Line($"{variable}={port.ToString(CultureInfo.InvariantCulture)} # use another one if it is in use");
        foreach (var (variable, name) in files.Others)
            Line(
                $"{variable}=${{{variable}:-$root/given/{Word(name)}}} # {Plain(name)}, which is no part of the "
                    + $"project; put it there, or set {variable}");
        using var head = new StreamReader(
            typeof(ReproductionScript).Assembly.GetManifestResourceStream("reproduction-head.sh")!);
        text.Append(head.ReadToEnd());
    }

    private void Body()
    {
        if (request.Repos.Count + request.Files.Count > 0)
            Heading("Sources");
        foreach (var repo in request.Repos)
            Line($"checkout {files.Words([repo.Name, repo.Url, repo.Commit, repo.Submodules ? "submodules" : "no",
                .. repo.SparsePaths?.Patterns.Select(SparsePaths.ForGit) ?? []])}");
        foreach (var file in request.Files)
            Line(file.Sha256 is { } hash
                ? $"download {files.Words([file.Name, file.LocalName, file.Url, hash])}"
                : Comment($"download {file.Name}: no hash is pinned yet, {file.Url}"));
        if (request.Tools.Count > 0)
            Heading("Tools");
        foreach (var tool in request.Tools)
            ToolLines(tool);
        var cells = new CellScript(places, steps, files, request.Offsets, text);
        foreach (var experiment in steps.InOrder.SelectMany(step => step))
        {
            Heading($"{experiment.Name}: {Amount.Count(steps.CellsOf(experiment).Count, "cell")}");
            Line(
                Comment(
                    $"Success: {experiment.Success}. Patterns are .NET regular expressions; here 'grep -P' looks for "
                        + "them."));
            foreach (var note in Notes(experiment))
                Line(Comment(files.Shown(note)));
            foreach (var input in experiment.Inputs.Select(input => input.Constant).OfType<string>())
                files.Take(input);
            foreach (var cell in steps.CellsOf(experiment))
                cells.Write(cell);
        }
    }

    // The data of figures come from the evaluation, since a script that runs each cell once has no samples to
    // summarise.
    private void FigureLines()
    {
        var drawn = request.Figures.Where(figure => figure.Kind is CommandFigure).ToList();
        if (drawn.Count == 0)
            return;
        Heading("Figures of the authors' own programs, from the data that the evaluation left");
        var work = Expression("$root") + "/figures.work";
        Line($"mkdir -p \"$root/figures\" {Word(work)} || exit 1");
        foreach (var figure in drawn)
        {
            var kind = (CommandFigure)figure.Kind;
            var command = kind.Command.Select(argument => argument.Fill(placeholder => ValueFor(figure, placeholder)));
            var environment = FigureCommand.EnvironmentOf(work, Expression("$PATH"), kind,
                [.. kind.Tools.Select(name => places.Context.Tools.GetValueOrDefault(name)).OfType<ResolvedTool>()],
                places.Context.Variable);
            Line(
                $"(cd {Word(work)} && exec env -i "
                    + $"{string.Join(' ', environment.Select(pair => files.Word($"{pair.Key}={pair.Value}")))}"
                + $" timeout -s KILL {kind.Timeout.ToString(CultureInfo.InvariantCulture)} {files.Words(command)})"
                + $" || echo {Word($"{Plain(figure.Name)}: not drawn")}");
        }
    }

    private string ValueFor(FigureDeclaration figure, Placeholder placeholder) => placeholder switch
    {
        { Text: "project" } => ScriptPlaces.Project,
        { Kind: "data", Whole: { } name } => DatasetFile.PathOf(request.Layout.Data, name, Origin.Measured),
        { Kind: "recorded", Whole: { } name } => DatasetFile.PathOf(request.Layout.Data, name, Origin.Recorded),
        { Kind: "formats" } => placeholder.Below(FormatFiles.PathOf(request.Layout.Data, "")),
        { Text: not "out" } => places.Context.ValueOf(placeholder) ?? placeholder.ToString(),
        _ => $"{Expression("$root")}/figures/{FigureDrawer.FileName(figure)}",
    };

    private void ToolLines(ToolDeclaration tool)
    {
        var (rule, variable) = (request.RuleOf(tool), places.Variable("tool", tool.Name));
        var here = request.Found
            .FirstOrDefault(found => found.Name.Equals(tool.Name, StringComparison.OrdinalIgnoreCase));
        Line(
            Comment(
                $"{tool.Name}: {rule?.Text ?? "any version"}"
                    + $"{(here is null ? "" : $"; it was {here.Version} where this was written")}"));
        if (tool.Path is { } path && !files.IsOfMachine(path))
            Line($"{variable}={files.Word(Path.IsPathRooted(path) ? path : $"{ScriptPlaces.Project}/{path}")}");
        else if (tool is { Path: null, DotNetTool: { } package } && rule?.Exact is { } version)
        {
            var folder = Expression("$root") + "/tools/" + tool.Name;
            Line($"{variable}={Word($"{folder}/{tool.Command}")}");
            Line(
                $"[ -x \"${variable}\" ] || dotnet tool install --tool-path "
                    + $"{Words([folder, package, "--version", version])} || exit 1");
        }
        else if (tool is { Path: null, Archive: { } archive, VersionOverride: null })
        {
            var folder = Expression("$root") + "/tools/" + tool.Name;
            Line($"{variable}={Word($"{folder}/{archive.Executable}")}");
            Line($"[ -x \"${variable}\" ] || unpack {Words([places.Context.Files[archive.File].Path, folder])}");
        }
        else if (tool.IsOfImage)
            Line(
                $"{variable}=$(command -v {Word(tool.Command)}) || stop "
                    + $"{Word($"{tool.Name} is a program of the image '{tool.Image}': run this script there")}");
        else if (tool is { Path: null, Build: { } recipe, VersionOverride: null })
            BuildLines(tool, recipe, variable);
        else
        {
            var name = tool.Path is null ? tool.Command : Path.GetFileName(tool.Path);
            Line(
                $"{variable}=$(command -v "
                    + $"{Word(name)}) || stop {files.Word($"{tool.Name} is not on PATH. {tool.Remedy}".Trim())}");
        }
        Line($"{places.Variable("path", tool.Name)}=$(folders {files.Words(places.FoldersOf(tool.Name))})");
    }

    private void BuildLines(ToolDeclaration tool, BuildRecipe recipe, string variable)
    {
        if (tool.Image is { } image)
            Line(Comment($"The evaluation builds it in the image '{image}': run this script there."));
        Line($"build={Word(Expression("$root") + "/tools/" + tool.Name)}");
        Line($"{variable}={files.Word(AsFile(places.ForBuild(recipe.Executable, tool)))}");
        Line($"if [ ! -x \"${variable}\" ]; then");
        Line("  rm -rf \"$build\" && mkdir -p \"$build/output\" || exit 1");
        Line($"  cp -R {Word(places.Context.Sources[recipe.Source].Path)} \"$build/source\" || exit 1");
        Line("  (");
        var path = string.Join(':',
            recipe.Needs.SelectMany(places.FoldersOf).Distinct(StringComparer.Ordinal).Append(Expression("$PATH")));
        var variables = recipe.Environment.Select(pair => $"{pair.Key}={places.ForBuild(pair.Value, tool)}");
        Line($"    export LC_ALL=C.UTF-8 {files.Words([.. variables, $"PATH={path}"])}");
        Line("    cd \"$build/source\" &&");
        foreach (var step in recipe.Steps)
            Line($"      {files.Words(step.Select(argument => places.ForBuild(argument, tool)))} &&");
        Line("      true");
        Line($"  ) || stop {Word($"{tool.Name} could not be built")}");
        Line("fi");
    }

    // In the steps of a build, relative paths are relative to the working copy.
    private static string AsFile(string path) => path.StartsWith('/') ? path : $"{Expression("$build")}/source/{path}";

    private static IEnumerable<string> Notes(ExperimentDeclaration experiment)
    {
        if (experiment.Place.Words is { } words)
            yield return "The evaluation runs these with the executor "
                + $"{experiment.Executor}{(words.Length > 0 ? " " + words : "")}: run them there.";
        if (experiment.Tune.Count > 0)
            yield return "If allowed, the evaluation changes these machine settings: "
                + $"{MachineSetting.Text(experiment.Tune)}.";
        foreach (var deviation in experiment.Deviations)
            yield return $"Not as in the paper: {deviation}";
        if (experiment.Cpus is { } cpus)
            yield return $"The evaluation pins each to {cpus} CPUs (taskset does).";
        if (experiment.MemoryLimit is { } memory)
            yield return $"The evaluation limits each to {memory} bytes of memory (a control group does).";
        if (experiment.Reader is { } reader)
            yield return "The evaluation reads its numbers from the output with the reader "
                + $"'{reader}' (docs/readers.md)"
                + (PlanText.CommandOf(reader) is { } command ? $", after the command {command}." : ".");
        foreach (var (name, pattern) in experiment.MetricPatterns)
            yield return $"The evaluation reads '{name}' from standard output by the pattern {pattern}";
    }

    private void Heading(string title) => text.Append('\n').Append(Comment($"---- {title}")).Append('\n');

    private void Line(string line) => text.Append(line).Append('\n');
}
