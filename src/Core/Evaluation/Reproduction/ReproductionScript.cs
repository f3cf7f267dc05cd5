using System.Globalization;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Figures;
using Verus.Artifact.Pins;
using Verus.Artifact.Tools;
using static Verus.Artifact.Evaluation.Reproduction.ShellText;

namespace Verus.Artifact.Evaluation.Reproduction;

/// <summary>
/// The plain commands of experiments as one POSIX shell script, for a reader who trusts no build system: sources at
/// their commits, tools, and for each cell its generated input, preparations, services, command, and what counts as
/// success. It has no path of this machine and no value of its environment.
/// </summary>
public sealed class ReproductionScript
{
    private readonly StringBuilder text = new();
    private readonly EvaluationModel model;
    private readonly ScriptPlaces places;
    private readonly IReadOnlyDictionary<string, ToolDeclaration> tools;
    private readonly IReadOnlyDictionary<string, ResolvedTool> found;
    private readonly Func<ToolDeclaration, VersionRule?> ruleOf;

    private ReproductionScript(EvaluationModel model, IReadOnlyDictionary<string, ToolDeclaration> tools,
        IReadOnlyDictionary<string, ResolvedTool> found, Func<ToolDeclaration, VersionRule?> ruleOf,
        string projectDirectory) =>
        (this.model, this.tools, this.found, this.ruleOf, places) = (model, tools, found, ruleOf,
            new ScriptPlaces(model, projectDirectory));

    /// <summary>Writes the script.</summary>
    /// <param name="title">What it reproduces, in a few words.</param>
    /// <param name="scripts">Absolute path of the script's folder.</param>
    /// <param name="projectDirectory">Absolute path of the project's folder.</param>
    /// <param name="model">What is declared.</param>
    /// <param name="experiments">The experiments.</param>
    /// <param name="repos">The repositories that they and the builds of their tools need.</param>
    /// <param name="files">The downloads that they need.</param>
    /// <param name="needed">Their tools, each after those it needs, those of builds included.</param>
    /// <param name="found">What was found of the tools on this machine, for the versions in comments.</param>
    /// <param name="ruleOf">The version rule of a tool; null: any will do.</param>
    /// <param name="figures">The figures of the request; those that commands draw are written.</param>
    /// <param name="data">Absolute path of the evaluation's folder of data, which these commands read.</param>
    public static string Render(string title, string scripts, string projectDirectory, EvaluationModel model,
        IReadOnlyList<ExperimentDeclaration> experiments, IReadOnlyList<ExternalRepo> repos,
        IReadOnlyList<ExternalFile> files, IReadOnlyList<ToolDeclaration> needed, IEnumerable<ResolvedTool> found,
        Func<ToolDeclaration, VersionRule?> ruleOf,
        IReadOnlyList<FigureDeclaration>? figures = null, string data = "")
    {
        var script = new ReproductionScript(model,
            needed.ToDictionary(tool => tool.Name, StringComparer.OrdinalIgnoreCase),
            found.ToDictionary(tool => tool.Name, StringComparer.OrdinalIgnoreCase), ruleOf, projectDirectory);
        script.places.Steps = new Steps(experiments, model.Services);
        // Ports are known only when all commands were written.
        script.Body(experiments, repos, files, needed);
        script.FigureLines(figures ?? [], data);
        var body = script.text.ToString();
        script.text.Clear();
        script.Head(title, Path.GetRelativePath(scripts, projectDirectory));
        return script.text + body
            + "\necho \"$cells cells, $bad of them bad; results are in $root/results\"\n[ \"$bad\" = 0 ]\n";
    }

    private void Head(string title, string toProject)
    {
        Line("#!/bin/sh");
        Line(
            Comment(
                $"The plain commands of {title}, written by Verus.Artifact.Sdk {SdkVersion.Text}, which is not needed "
                    + "to run them."));
        Line("#");
        Line("#   sh SCRIPT [FOLDER]    sources, tools, work and results go to FOLDER, by default ./reproduction");
        Line("#");
        Line(
            "# Each cell runs once, and nothing is timed. The files of the project are those of the folder that this "
                + "script was written in; set PROJECT for others.");
        Line($"script=$(cd \"$(dirname \"$0\")\" && pwd)");
        Line($"project=${{PROJECT:-$(cd \"$script\" && cd {Word(toProject)} && pwd)}}");
        Line("mkdir -p \"${1:-reproduction}\" && root=$(cd \"${1:-reproduction}\" && pwd) || exit 1");
        foreach (var (variable, port) in places.Ports)
            Line($"{variable}={port.ToString(CultureInfo.InvariantCulture)} # take another one where it is in use");
        using var head = new StreamReader(
            typeof(ReproductionScript).Assembly.GetManifestResourceStream("reproduction-head.sh")!);
        text.Append(head.ReadToEnd());
    }

    private void Body(IReadOnlyList<ExperimentDeclaration> experiments, IReadOnlyList<ExternalRepo> repos,
        IReadOnlyList<ExternalFile> files, IReadOnlyList<ToolDeclaration> needed)
    {
        if (repos.Count + files.Count > 0)
            Heading("Sources");
        foreach (var repo in repos)
            Line($"checkout {Words([repo.Name, repo.Url, repo.Commit, repo.Submodules ? "submodules" : "no"])}");
        foreach (var file in files)
            Line(file.Sha256 is { } hash
                ? $"download {Words([file.Name, file.LocalName, file.Url, hash])}"
                : Comment($"download {file.Name}: no hash is pinned yet, {file.Url}"));
        if (needed.Count > 0)
            Heading("Tools");
        foreach (var tool in needed)
            ToolLines(tool);
        foreach (var experiment in places.Steps!.InOrder.SelectMany(step => step))
            ExperimentLines(experiment);
    }

    // Their data come from the evaluation: a script that runs each cell once has no samples to summarise.
    private void FigureLines(IReadOnlyList<FigureDeclaration> figures, string data)
    {
        var drawn = figures.Where(figure => figure.Kind is CommandFigure).ToList();
        if (drawn.Count == 0)
            return;
        Heading("Figures of the authors' own programs, from the data that the evaluation left");
        Line("mkdir -p \"$root/figures\" \"$root/figures.work\" || exit 1");
        foreach (var figure in drawn)
        {
            var words = ((CommandFigure)figure.Kind).Command
                .Select(argument => places.ForFigure(argument, figure, data));
            Line(
                "(cd \"$root/figures.work\" && env SOURCE_DATE_EPOCH=0 MPLBACKEND=Agg "
                    + $"{Words(words)}) || echo {Word($"{Plain(figure.Name)}: not drawn")}");
        }
    }

    private void ToolLines(ToolDeclaration tool)
    {
        var (rule, variable) = (ruleOf(tool), places.Variable("tool", tool.Name));
        Line(
            Comment(
                $"{tool.Name}: {rule?.Text ?? "any version"}"
                    + $"{(found.GetValueOrDefault(tool.Name) is { } here ? $"; it was {here.Version} where this was "
                        + "written" : "")}"));
        if (tool.Path is { } path)
            Line($"{variable}={(Path.IsPathRooted(path) ? Word(path) : $"\"$project\"/{Word(path)}")}");
        else if (tool.DotNetTool is { } package && rule?.Exact is { } version)
        {
            var folder = Expression("$root") + "/tools/" + tool.Name;
            Line($"{variable}={Word($"{folder}/{tool.Command}")}");
            Line(
                $"[ -x \"${variable}\" ] || dotnet tool install --tool-path "
                    + $"{Words([folder, package, "--version", version])} || exit 1");
        }
        else if (tool.Archive is { } archive && tool.VersionOverride is null)
        {
            var folder = Expression("$root") + "/tools/" + tool.Name;
            Line($"{variable}={Word($"{folder}/{archive.Executable}")}");
            Line($"[ -x \"${variable}\" ] || unpack {Words([places.File(archive.File), folder])}");
        }
        else if (tool.IsOfImage)
            Line(
                $"{variable}=$(command -v "
                    + $"{Word(tool.Command)}) || stop "
                    + $"{Word($"{tool.Name} is a program of the image '{tool.Image}': run this script there")}");
        else if (tool.Build is not null && tool.VersionOverride is null)
            BuildLines(tool, tool.Build, variable);
        else
            Line(
                $"{variable}=$(command -v "
                    + $"{Word(tool.Command)}) || stop {Word($"{tool.Name} is not on PATH. {tool.Remedy}".Trim())}");
    }

    private void BuildLines(ToolDeclaration tool, BuildRecipe recipe, string variable)
    {
        if (tool.Image is { } image)
            Line(Comment($"The evaluation builds it in the image '{image}': run this script there."));
        Line($"build={Word(Expression("$root") + "/tools/" + tool.Name)}");
        Line($"{variable}={Word(AsFile(places.ForBuild(recipe.Executable, tool)))}");
        Line($"if [ ! -x \"${variable}\" ]; then");
        Line("  rm -rf \"$build\" && mkdir -p \"$build/output\" || exit 1");
        Line($"  cp -R {Word(places.Source(recipe.Source))} \"$build/source\" || exit 1");
        Line("  (");
        var variables = Words([.. Pairs(recipe.Environment, value => places.ForBuild(value, tool)),
            PathPair(recipe.Needs)]);
        Line("    export LC_ALL=C.UTF-8 " + variables);
        Line("    cd \"$build/source\" &&");
        foreach (var step in recipe.Steps)
            Line($"      {Words(step.Select(argument => places.ForBuild(argument, tool)))} &&");
        Line("      true");
        Line($"  ) || stop {Word($"{tool.Name} could not be built")}");
        Line("fi");
    }

    // Relative paths are those of the working copy.
    private static string AsFile(string path) => path.StartsWith('/') || IsExpression(path)
        ? path : $"{Expression("$build")}/source/{path}";

    private string PathPair(IEnumerable<string> needs) =>
        "PATH=" + string.Join(':',
            needs.SelectMany(FoldersOf).Distinct(StringComparer.Ordinal).Append(Expression("$PATH")));

    private void ExperimentLines(ExperimentDeclaration experiment)
    {
        var cells = places.Steps!.CellsOf(experiment);
        var used = References.Tools(model, experiment).Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase).ToList();
        Heading($"{experiment.Name}: {cells.Count} cells");
        Line(
            Comment(
                $"Success: {experiment.Success}. Patterns are .NET regular expressions over all of the output; here "
                    + "'grep -P' looks at each line."));
        foreach (var note in Notes(experiment))
            Line(Comment(note));
        var folders = used.SelectMany(FoldersOf).Distinct(StringComparer.Ordinal).Append(SearchPath.System);
        Line("path=" + Word(string.Join(':', folders)));
        var copies = References.Placeholder(model, experiment, "copy").ToList();
        var environment = used.SelectMany(EnvironmentOf).Distinct(StringComparer.Ordinal).ToList();
        foreach (var cell in cells)
            CellLines(cell, copies, environment);
    }

    private void CellLines(Cell cell, IReadOnlyList<string> copies, IReadOnlyList<string> environment)
    {
        var experiment = cell.Own;
        // A later one wins. Values of PassEnvironment are those that the reader's environment has; a variable that is
        // not set stays so.
        var variables = Spaced(environment)
            + string.Concat(experiment.PassEnvironment.Where(IsName).Select(name => $" ${{{name}+\"{name}=${name}\"}}"))
            + Spaced(Pairs(experiment.Environment, value => places.ForCell(value, cell)));
        var directory = Word(places.ForCell(experiment.WorkingDirectory, cell));
        var services = ServicesOf(experiment).ToList();
        Line("");
        Line($"cell {Words([Plain(cell.Name), SampleTaker.FolderName(cell.Name)])}");
        foreach (var copy in copies.Select(copy => $"\"$work/copy\"/{Word(copy)}").Zip(copies))
            Line(
                "mkdir -p \"$work/copy\" && cp -R "
                    + $"{Word(places.Source(copy.Second))} {copy.First} && find {copy.First} -name .git -prune -exec "
                    + "rm -rf {} +");
        foreach (var use in places.Steps!.UsesOf(experiment).Where(use => use.IsOfAll))
            OutputLines(use, cell);
        if (experiment.Generate.Count > 0)
        {
            Line(
                $"(cd {directory} && clean{variables} {Command(experiment.Generate, cell)}) > \"$output/generated\" || "
                    + "stop \"$name: its input cannot be generated\"");
            Line(
                "mkdir \"$generated\" && "
                    + $"generated=$generated/{Word(experiment.GenerateAs)} && mv \"$output/generated\" \"$generated\"");
        }
        foreach (var (command, index) in experiment.Prepare.Select((command, index) => (command, index + 1)))
            Line(
                $"(cd {directory} && clean{variables}{Limit(experiment.PrepareTimeout)} {Command(command, cell)}"
                    + $") > \"$output/prepare-{index}.stdout.txt\" 2> \"$output/prepare-{index}.stderr.txt\" || echo "
                    + $"\"$name: preparation {index} failed\"");
        foreach (var service in services)
            ServiceLines(service, cell, directory, variables);
        Line(
            $"(cd {directory} && clean{variables}{Limit(experiment.Timeout)} {Command(experiment.Command, cell)}"
                + ") > \"$output/stdout.txt\" 2> \"$output/stderr.txt\"");
        Line("code=$?");
        foreach (var variable in services.Select(service => places.Variable("service", service.Name)))
            Line($"kill \"${variable}\" 2>/dev/null; wait \"${variable}\" 2>/dev/null");
        var success = experiment.Success;
        Line("check \"$code\" " + Words([string.Join(' ', success.ExitCodes), success.Text ?? "",
            success.Pattern ?? "", success.FailurePattern ?? ""]));
    }

    private void OutputLines(OutputUse use, Cell cell)
    {
        var (from, folder) = (places.Steps!.Meant(cell, use).Select(one => (one, "")).ToList(),
            Word($"{Expression("$work")}.outputs/{use.Experiment}"));
        Line(
            $"rm -rf {folder} && mkdir -p {folder} && printf '%s' "
                + $"{Word(StepOutputs.Index(from))} > {folder}/cells.csv");
        foreach (var (one, _) in from)
            Line($"cp -R {Word($"{Expression("$root")}/results/{SampleTaker.FolderName(one.Name)}")} {folder}/");
    }

    private void ServiceLines(ServiceDeclaration service, Cell cell, string directory, string variables)
    {
        var (variable, log) = (places.Variable("service", service.Name),
            Word($"{Expression("$output")}/service-{service.Name}.txt"));
        var own = Spaced(Pairs(service.Environment, value => places.ForCell(value, cell)));
        var seconds = Number(Math.Ceiling(service.ReadyTimeout));
        // The process itself, with no shell around it, so that it can be stopped.
        Line(
            $"(cd {directory} && exec env -i PATH=\"$path\" HOME=\"$work\" TMPDIR=\"$work\" LANG=C.UTF-8 "
                + $"TZ=UTC{variables}{own} {Command(service.Command, cell)}) > {log} 2>&1 &");
        Line($"{variable}=$!");
        if (service.ReadyText is { } ready)
            Line($"ready {log} {Word(ready)} {seconds} \"${variable}\"");
        if (service.ReadyPort is { } port)
            Line($"listens {Word(places.ForCell(port, cell))} {seconds} \"${variable}\"");
    }

    // 'env' would take a program whose path has an equals sign for a variable, but 'nice' takes the first word for a
    // program.
    private string Command(IReadOnlyList<Template> command, Cell cell)
    {
        var words = command.SelectMany(argument => CellResolver.Splat(argument, cell))
            .Select(argument => places.ForCell(argument, cell)).ToList();
        return (words is [var program, ..] && (IsExpression(program) || program.Contains('=', StringComparison.Ordinal))
            ? "nice -n 0 " : "") + Words(words);
    }

    private IEnumerable<ServiceDeclaration> ServicesOf(ExperimentDeclaration experiment) =>
        model.Services.Where(service => service.IsOf(experiment));

    private static IEnumerable<string> Notes(ExperimentDeclaration experiment)
    {
        if (experiment.Place.Words is { } words)
            yield return "The evaluation runs these with the executor "
                + $"{experiment.Executor}{(words.Length > 0 ? " " + words : "")}: run them there.";
        if (experiment.Tune.Count > 0)
            yield return "The evaluation sets the machine, where it is allowed to: "
                + $"{MachineSetting.Text(experiment.Tune)}.";
        foreach (var deviation in experiment.Deviations)
            yield return $"Not as in the paper: {deviation}";
        if (experiment.WarmUps > 0)
            yield return $"The evaluation runs each {experiment.WarmUps} times before it measures.";
        if (experiment.Cpus is { } cpus)
            yield return $"The evaluation pins each to {cpus} CPUs (taskset does).";
        if (experiment.MemoryLimit is { } memory)
            yield return $"The evaluation limits each to {memory} bytes of memory (a control group does).";
        if (experiment.Reader is { } reader)
            yield return "The evaluation reads its numbers from the output with the reader "
                + $"'{reader}' (docs/readers.md).";
        foreach (var (name, pattern) in experiment.MetricPatterns)
            yield return $"The evaluation reads '{name}' from standard output by the pattern {pattern}";
    }

    // The folders that a tool puts on PATH: what it declares, its own, and those of what it needs.
    private IEnumerable<string> FoldersOf(string name) => tools.GetValueOrDefault(name) is not { } tool ? []
        : tool.PathEntries.Select(entry => places.ForTool(entry, tool)).Append(places.FolderOfTool(tool.Name))
            .Concat(tool.Needs.SelectMany(FoldersOf));

    private IEnumerable<string> EnvironmentOf(string name)
    {
        if (tools.GetValueOrDefault(name) is not { } tool)
            return [];
        var root = tool.DotNetTool is null
            ? Array.Empty<string>()
            : [$"DOTNET_ROOT={Expression("$(dirname \"$(readlink -f \"$(command -v dotnet)\")\")")}"];
        return [.. tool.Needs.SelectMany(EnvironmentOf), .. root,
            .. Pairs(tool.Environment, value => places.ForTool(value, tool))];
    }

    private static IEnumerable<string> Pairs(IReadOnlyDictionary<string, Template> pairs,
        Func<Template, string> expand) => pairs.Select(pair => $"{pair.Key}={expand(pair.Value)}");

    private static string Spaced(IEnumerable<string> words) => string.Concat(words.Select(word => " " + Word(word)));

    private static string Limit(double? seconds) => seconds is { } limit ? $" timeout {Number(limit)}" : "";

    private static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool IsName(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private void Heading(string title) => text.Append('\n').Append(Comment($"---- {title}")).Append('\n');

    private void Line(string line) => text.Append(line).Append('\n');
}
