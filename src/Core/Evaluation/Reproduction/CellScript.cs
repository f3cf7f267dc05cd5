using System.Globalization;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Protocol;
using static Verus.Artifact.Evaluation.Reproduction.ShellText;

namespace Verus.Artifact.Evaluation.Reproduction;

/// <summary>
/// Writes cells into the reproduction script: for each cell, the job that an evaluation gives to its runner, with
/// variables in place of folders, and the conditions under which a sample is good. The shell functions that a
/// reproduction script calls are in reproduction-head.sh.
/// </summary>
/// <param name="places">The places of the script.</param>
/// <param name="steps">The steps, which say which experiments use the outputs of others.</param>
/// <param name="files">The object that removes the paths of this machine from texts.</param>
/// <param name="offsets">The offset of a sample of each cell that has one, by the name of the cell.</param>
/// <param name="text">The text of the script so far.</param>
internal sealed class CellScript(ScriptPlaces places, Steps steps, ScriptFiles files,
    IReadOnlyDictionary<string, int> offsets, StringBuilder text)
{
    // The number of seconds that stands for no time limit: longer than anybody waits, yet a number that 'timeout'
    // accepts.
    private const double Endless = 1e8;
    private readonly CellResolver resolver = new(places.Context, new ContentHashes());

    /// <summary>Writes a cell.</summary>
    public void Write(Cell cell)
    {
        var (experiment, uses) = (cell.Own, steps.UsesOf(cell.Experiment));
        var attempt = AttemptOf(experiment, uses);
        Line("");
        if (experiment.Generate.Count > 0)
            Input(cell, attempt);
        // The name of the cell's series in the script, if the experiment declares when a series ends.
        var series = experiment.EndSeriesAt is null ? "" : " " + SampleTaker.FolderName(SeriesEnd.SeriesName(cell));
        Line(
            $"if cell {Words([Plain(cell.Name), SampleTaker.FolderName(cell.Name)])}{series}{Conditions(cell, uses)}"
                + "; then");
        var resolved = new ResolvedCell(cell)
        {
            Generated = experiment.Generate.Count > 0 ? Expression("$generated") : null,
        };
        var job = resolver.Job(resolved, "", attempt, []);
        Pad(cell);
        Surround(job.Command);
        foreach (var source in resolver.Copies(experiment))
            Line($"  copy {files.Words([source, places.Context.Sources[source].Path])}");
        // A cell that runs alone forms a group of its own.
        if (attempt.Group is not null)
            Line("  mkdir -p \"$mark.group\"");
        var shared = attempt.Group is null ? null : resolver.GroupJob(resolved, "", attempt);
        foreach (var prepared in shared?.Prepare ?? job.Prepare)
            Line($"  prepare {Seconds(job.PrepareTimeoutSeconds)} {Command(prepared.Arguments)} {Streams(prepared)}");
        var stop = Services([.. shared?.Services ?? [], .. job.Services], job.Command);
        var measured = $"measure {Seconds(job.TimeoutSeconds)} {Command(job.Command.Arguments)} {Streams(job.Command)}";
        Line(job.WarmUps == 0 ? $"  {measured}" : $"  for run in $(seq {job.WarmUps + 1}); do {measured}; done");
        text.Append(stop);
        foreach (var pattern in experiment.Collect)
            Line($"  collect {Word(Collected(pattern, cell, attempt))}");
        Line($"  judge {Rule(experiment.Success)}");
        foreach (var (metric, pattern) in experiment.MetricPatterns)
            if (Matches(experiment, metric) is { } matches)
                Line($"  metric {Words([metric, pattern, matches])}");
        if (resolver.Own(cell).Reader is CommandReader reader)
            Line($"  reader {Seconds(reader.Seconds)} {EnvironmentOf(reader.Place)}"
                + Command(reader.CommandFor(attempt.Output)));
        Line("  end_cell");
        Line("fi");
    }

    private Attempt AttemptOf(ExperimentDeclaration experiment, IReadOnlyList<OutputUse> uses) =>
        places.AttemptWith(uses) with
        {
            Padding = Expression("$padding"),
            Group = experiment.PreparePer is null
                ? null : new PreparedGroup(Expression("$mark") + ".group", "", null),
        };

    private void Pad(Cell cell)
    {
        if (!cell.Experiment.ExactEnvironment)
            Line($"  pad {Number(offsets.GetValueOrDefault(cell.Name))}");
    }

    // As in an evaluation, all cells whose generator gets the same arguments share one input.
    private void Input(Cell cell, Attempt attempt)
    {
        var experiment = cell.Experiment;
        var (command, _) = resolver.Generator(cell, attempt with
        {
            Directory = Expression("$work"),
            Padding = null,
        });
        var made = (attempt with { Directory = Expression("$work") }).Generated(experiment);
        var words = Words([CellResolver.GeneratorText(cell)[..16], experiment.GenerateAs.TrimEnd('/'),
            Plain(cell.Name)]);
        Line($"if input {words}; then");
        Surround(command);
        if (experiment.GeneratesByName)
            Line($"  mkdir -p {files.Word(experiment.GenerateAs.EndsWith('/') ? made : Path.GetDirectoryName(made)!)}");
        Line($"  limited {Seconds(cell.Own.Timeout)} {Command(command.Arguments)} {Streams(command)}");
        Line($"  keep_input {files.Word(experiment.GeneratesByName ? made : command.StandardOutput)}");
        Line("fi");
    }

    private string Conditions(Cell cell, IReadOnlyList<OutputUse> uses)
    {
        var conditions = new StringBuilder();
        foreach (var (_, path) in resolver.OptionalFiles(cell))
            conditions.Append($" && available {files.Word(path)}");
        foreach (var (use, number) in uses.Select((use, index) => (use, index + 1)))
        {
            var from = steps.Meant(cell, use);
            if (!use.IsOfAll)
                conditions.Append(CultureInfo.InvariantCulture,
                    $" && take {number} "
                        + $"{Word(from.Count == 0 ? use.Experiment : SampleTaker.FolderName(from[0].Name))}");
            else
            {
                var lines = StepOutputs.Index([.. from.Select(one => (one, ""))]).TrimEnd('\n').Split('\n');
                conditions.Append(CultureInfo.InvariantCulture, $" && take_all {number} {Word(lines[0])}")
                    .Append(string.Concat(from.Zip(lines.Skip(1))
                        .Select(one => " " + Words([SampleTaker.FolderName(one.First.Name), one.Second]))));
            }
        }
        return conditions.ToString();
    }

    // All commands of a cell run in one folder with one environment.
    private void Surround(CommandSpec command) =>
        Line(
            $"  surround() {{ cd {files.Word(command.WorkingDirectory)} || exit 126; exec env -i "
                + $"{Variables(command.Environment)} \"$@\" < /dev/null; }}");

    // Starts the services of a cell, and returns the line that stops them.
    private string Services(IReadOnlyList<ServiceSpec> services, CommandSpec command)
    {
        foreach (var service in services)
            Service(service, command);
        return services.Count > 0 ? "  stop_services\n" : "";
    }

    private void Service(ServiceSpec service, CommandSpec command)
    {
        var ready = service.ReadyText ?? "";
        var port = service.ReadyPort is { } number ? places.PortText(number) : "";
        var own = service.Command.Environment
            .Where(pair => command.Environment.GetValueOrDefault(pair.Key) != pair.Value).ToDictionary();
        Line(
            $"  service {Words([service.Name, Number(Math.Ceiling(service.ReadyTimeoutSeconds)), ready, port])}"
            + $" {(own.Count > 0 ? $"env {Variables(own)} " : "")}{Command(service.Command.Arguments)}");
    }

    // Of several assignments of a variable, the last one is effective. The variables in PassEnvironment get the values
    // of the reader's environment; a variable that is not set stays unset.
    private string Variables(IReadOnlyDictionary<string, string> environment) =>
        string.Join(' ', environment.Select(pair =>
        pair.Value == ScriptPlaces.Passed(pair.Key)
            ? $"${{{pair.Key}+\"{pair.Key}=${pair.Key}\"}}" : files.Word($"{pair.Key}={pair.Value}")));

    // The command starts with 'nice', since 'env' would mistake a program whose path has an equals sign for a variable,
    // whereas 'nice' treats its first word as a program.
    private string Command(IReadOnlyList<string> arguments) =>
        (IsExpression(files.Portable(arguments[0])) || arguments[0].Contains('=', StringComparison.Ordinal)
            ? "nice -n 0 " : "") + files.Words(arguments);

    private string Streams(CommandSpec command) =>
        $"> {files.Word(command.StandardOutput)} 2> {files.Word(command.StandardError)}";

    // The folders and variables of the tools that a reader's command names.
    private string EnvironmentOf(ReaderPlace place) => place is { Environment.Count: 0, Path: SearchPath.System } ? ""
        : $"env {Variables(new Dictionary<string, string>(place.Environment) { ["PATH"] = place.Path })} ";

    // A regular expression that matches paths below the folder of the sample.
    private string Collected(Template pattern, Cell cell, Attempt attempt)
    {
        var path = Path.GetRelativePath(attempt.Work,
            Path.Combine(attempt.Work, pattern.Fill(resolver.ValuesOf(cell, attempt, null))));
        return path == "." ? ".*" : Map(path, PathPattern.Expression) + "(/.*)?";
    }

    private static string Rule(SuccessRule rule) =>
        Words([string.Join(' ', rule.ExitCodes), rule.Text ?? "", rule.Pattern ?? "", rule.FailurePattern ?? ""]);

    // How often a metric must occur in the output; null when the metric is optional.
    private static string? Matches(ExperimentDeclaration experiment, string metric) =>
        experiment.MetricMatches.GetValueOrDefault(metric) is var wanted && wanted == MetricMatch.Count ? null
            : (experiment.OptionalMetrics.Contains(metric), wanted) switch
            {
                (true, MetricMatch.Only) => "0 1",
                (true, _) => null,
                (_, MetricMatch.Only) => "1 1",
                _ => "1 -",
            };

    private static string Seconds(double? seconds) => Number(seconds is { } limit && limit < Endless ? limit : 0);

    private static string Number(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);

    private void Line(string line) => text.Append(line).Append('\n');
}
