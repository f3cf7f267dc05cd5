using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>
/// One command with its parameter matrix (item <c>Experiment</c>). docs/experiments.md describes the metadata for
/// users.
/// </summary>
public sealed record ExperimentDeclaration : IDeclaration
{
    private const int ManyCells = 1_000_000;

    /// <inheritdoc/>
    public required string Name { get; init; }
    /// <inheritdoc/>
    public required DeclarationItem Item { get; init; }
    /// <summary>The suite that the experiment belongs to; samples of one suite are interleaved.</summary>
    public required string Suite { get; init; }
    /// <summary>The measured program and its arguments, with placeholders.</summary>
    public IReadOnlyList<Template> Command { get; init; } = [];
    /// <summary>Commands that run before each sample and are not measured, one per line.</summary>
    public IReadOnlyList<IReadOnlyList<Template>> Prepare { get; init; } = [];
    /// <summary>
    /// The axes that Prepare depends on: in each round, Prepare runs once for each combination of their values. If the
    /// list of axes for Prepare is empty, Prepare runs once per round; if the list is null, Prepare runs before each
    /// sample.
    /// </summary>
    public IReadOnlyList<string>? PreparePer { get; init; }

    /// <summary><see cref="PreparePer"/> as a text.</summary>
    internal string PreparePerText => PreparePer is { Count: > 0 } ? string.Join(';', PreparePer) : "Round";
    /// <summary>
    /// The command whose standard output becomes the file {generated}; the command runs once for all cells for which it
    /// is the same.
    /// </summary>
    public IReadOnlyList<Template> Generate { get; init; } = [];
    /// <summary>
    /// File name of {generated}; a declaration can choose the name because some tools depend on the extension. A name
    /// of {generated} that ends with a slash is that of a folder.
    /// </summary>
    public string GenerateAs { get; init; } = "generated";
    /// <summary>
    /// Whether the generator writes {generated} itself; otherwise its standard output becomes that file.
    /// </summary>
    public bool GeneratesByName =>
        Generate.Any(argument => argument.Placeholders.Any(placeholder => placeholder.Text == "generated"));
    /// <summary>The axes of the parameter matrix.</summary>
    public IReadOnlyList<Axis> Matrix { get; init; } = [];
    /// <summary>
    /// The combinations of the matrix to leave out: each line excludes those that satisfy all of its conditions. The
    /// metadata Except are not named Exclude, which is an attribute of MSBuild itself.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<Condition>> Except { get; init; } = [];
    /// <summary>
    /// The values that axes have in a smoke run instead of those of the matrix; empty when a smoke run takes the first
    /// and the last cell.
    /// </summary>
    public IReadOnlyList<Axis> Smoke { get; init; } = [];
    /// <summary>Whether the evaluation is a smoke run, which takes samples of only a few cells.</summary>
    public bool IsSmoke { get; init; }
    /// <summary>The maximum number of combinations that a matrix may have; a matrix with more is most likely a
    /// mistake.</summary>
    public int MostCells { get; init; } = ManyCells;
    /// <summary>Columns of the dataset that have one value for all cells, such as series = zstd.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();
    /// <summary>Files, folders and globs whose content is part of the cell's key; their paths may contain
    /// placeholders.</summary>
    public IReadOnlyList<Template> Inputs { get; init; } = [];
    /// <summary>
    /// Input files that may be missing: a cell whose file is missing is not available, which is neither success nor
    /// failure.
    /// </summary>
    public IReadOnlyList<Template> OptionalInputs { get; init; } = [];
    /// <summary>Names of repositories that the experiment uses in addition to those in placeholders.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];
    /// <summary>Names of tools that the experiment uses in addition to those in placeholders.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];
    /// <summary>Environment variables of the experiment's commands, in addition to those that the engine
    /// sets.</summary>
    public IReadOnlyDictionary<string, Template> Environment { get; init; } = new Dictionary<string, Template>();
    /// <summary>
    /// Names of environment variables that are passed on from the caller's environment; the values of these variables
    /// are part of the cell's key.
    /// </summary>
    public IReadOnlyList<string> PassEnvironment { get; init; } = [];
    /// <summary>
    /// Whether the commands have exactly the declared environment, without the variable that gives each sample an
    /// offset of its own; see <see cref="CellResolver.PaddingVariable"/>.
    /// </summary>
    public bool ExactEnvironment { get; init; }
    /// <summary>The working directory of the measured command, with placeholders.</summary>
    public Template WorkingDirectory { get; init; } = Template.Parse("{work}");
    /// <summary>Seconds after which the process tree of the measured command is killed; null when there is no time
    /// limit.</summary>
    public double? Timeout { get; init; }
    /// <summary>
    /// The time limit as written when it depends on axes, such as {limit}; null when the time limit is the same for all
    /// cells.
    /// </summary>
    public Template? TimeoutOf { get; init; }
    /// <summary>Seconds after which a preparation is killed; null when there is no time limit.</summary>
    public double? PrepareTimeout { get; init; }
    /// <summary>The number of samples of each cell; null when the property Samples decides.</summary>
    public int? Samples { get; init; }
    /// <summary>
    /// Numbers of samples that have a name, such as the number in a guide and the number in a paper; the property
    /// Samples can name one of them.
    /// </summary>
    public IReadOnlyDictionary<string, int> SampleSizes { get; init; } = new Dictionary<string, int>();
    /// <summary>The number of warm-up runs before each sample; warm-up runs are not measured.</summary>
    public int WarmUps { get; init; }
    /// <summary>What counts as success.</summary>
    public SuccessRule Success { get; init; } = new();
    /// <summary>The success rule when it depends on axes; null when the success rule is the same for all
    /// cells.</summary>
    internal SuccessOfAxes? SuccessOf { get; init; }
    /// <summary>The number of failed samples after which a cell is not sampled any more.</summary>
    public int MaxFailures { get; init; } = 1;
    /// <summary>Whether the experiment is timed; an experiment that is not may run beside other work.</summary>
    public bool Measured { get; init; } = true;
    /// <summary>Name of the kind of place where the experiment runs.</summary>
    public string Executor { get; init; } = IPlaceKind.Default;
    /// <summary>The place where the experiment runs, as parsed by the kind of the place.</summary>
    public Placement Place { get; init; } = new("");
    /// <summary>The number of CPUs that the command may use; null for all.</summary>
    public int? Cpus { get; init; }
    /// <summary>Memory limit of the measured command in bytes; null when there is none.</summary>
    public long? MemoryLimit { get; init; }
    /// <summary>The axis along which a series ends at its first time-out.</summary>
    public string? EndSeriesAt { get; init; }
    /// <summary>The reader that turns output into metrics; null when only patterns do so.</summary>
    public IOutputReader? Reader { get; init; }
    /// <summary>
    /// The identity of the reader, which differs for readers that read differently: its name, its version and its own
    /// metadata; null without a reader.
    /// </summary>
    public string? ReaderIdentity { get; init; }
    /// <summary>
    /// Metrics that regular expressions find in standard output: the name of each metric, and an expression with one
    /// group that matches a number.
    /// </summary>
    public IReadOnlyDictionary<string, string> MetricPatterns { get; init; } = new Dictionary<string, string>();
    /// <summary>Which match of each metric's pattern counts; the pattern of a metric without an entry must match
    /// exactly once.</summary>
    public IReadOnlyDictionary<string, MetricMatch> MetricMatches { get; init; } =
        new Dictionary<string, MetricMatch>();
    /// <summary>Metrics, from patterns or from the reader, that may be missing from a sample.</summary>
    public IReadOnlyList<string> OptionalMetrics { get; init; } = [];
    /// <summary>Globs of files below {work} that are kept with the sample and passed to the reader.</summary>
    public IReadOnlyList<Template> Collect { get; init; } = [];
    /// <summary>The expected duration of one sample in seconds, if the author declared it; used until samples have been
    /// measured.</summary>
    public double? EstimatedSeconds { get; init; }
    /// <summary>
    /// A description of how the experiment deviates from the paper, which is shown with every number that comes from
    /// the experiment.
    /// </summary>
    public IReadOnlyList<string> Deviations { get; init; } = [];
    /// <summary>Requirements on the machine, such as memory&gt;=6GiB, which are checked before anything
    /// starts.</summary>
    public IReadOnlyList<Condition> Requires { get; init; } = [];
    /// <summary>
    /// The settings to apply to the machine, in order; they are applied only with the user's permission (property
    /// TuneMachine).
    /// </summary>
    public IReadOnlyList<MachineSetting> Tune { get; init; } = [];

    /// <summary>The advice for a user whose machine does not meet the requirements.</summary>
    public string? Remedy { get; init; }

    /// <summary>Reads an item <c>Experiment</c>.</summary>
    /// <param name="item">The item.</param>
    /// <param name="diagnostics">Collector to which the problems that were found are added.</param>
    /// <param name="extensions">The readers and executors that the item may refer to; null for those that ship with the
    /// SDK.</param>
    /// <param name="layout">The location of the project; null when it is not known, and then no file is looked
    /// at.</param>
    /// <param name="trace">Record to which the files that the experiment's ReaderCommand and axes name are
    /// added.</param>
    /// <param name="pins">The locations of the files of pins; null when they are not known, and then axis values that
    /// are read from files stay unknown.</param>
    public static ExperimentDeclaration Parse(DeclarationItem item, ICollection<Diagnostic> diagnostics,
        ExtensionSet? extensions = null,
        EvaluationLayout? layout = null, InputTrace? trace = null, NamedFiles? pins = null)
    {
        var reader = new MetadataReader(item, diagnostics);
        var patterns = ReadMetricPatterns(reader);
        extensions ??= ExtensionSet.BuiltIn;
        var (executor, place) = ReadPlace(reader, extensions.Executors);
        var matrix = ReadMatrix(reader, "Matrix", pins, trace);
        var output = DeclaredReader.Parse(reader, extensions.Readers,
            CellPlaceholders.OfReaders.With(matrix.SelectMany(axis => new[] { axis.Name, $"args:{axis.Name}" })),
            layout,
            trace);
        var success = ReadSuccess(reader);
        // A text in braces is most likely meant as an axis; a text that names no axis is reported as an invalid number.
        var timeout = reader.Text("Timeout") is { } seconds && seconds.Contains('{', StringComparison.Ordinal)
            ? AxisMetadata.Read(seconds, matrix) : null;
        var declaration = new ExperimentDeclaration
        {
            Name = item.Name,
            Item = item,
            Suite = reader.Text("Suite") ?? item.Name,
            Command = Template.All(reader.Command("Command", reader.Required("Command"))),
            Prepare = ReadLines(reader, "Prepare"),
            PreparePer = reader.Text("PreparePer") is { } per
                ? per.Equals("Round", StringComparison.OrdinalIgnoreCase) ? [] : reader.List("PreparePer") : null,
            Generate = Template.All(reader.Command("Generate")),
            GenerateAs = reader.Text("GenerateAs") ?? "generated",
            Matrix = matrix,
            Smoke = ReadMatrix(reader, "SmokeAxes", null, null),
            Except = reader.ConditionLines("Except", "list=double; n>=4"),
            MostCells = reader.WholeNumber("MostCells", least: 1) ?? ManyCells,
            Columns = reader.Pairs("ConstantColumns"),
            Inputs = Template.All(reader.List("Inputs")),
            OptionalInputs = Template.All(reader.List("OptionalInputs")),
            Sources = reader.List("Sources"),
            Tools = reader.List("Tools"),
            Environment = reader.Templates("Environment"),
            PassEnvironment = reader.List("PassEnvironment"),
            ExactEnvironment = reader.Flag("ExactEnvironment"),
            WorkingDirectory = Template.Parse(reader.Text("WorkingDirectory") ?? "{work}"),
            Timeout = timeout is null ? reader.Seconds("Timeout") : null,
            TimeoutOf = timeout,
            PrepareTimeout = reader.Seconds("PrepareTimeout"),
            Samples = reader.WholeNumber("Samples", least: 1),
            SampleSizes = ReadSampleSizes(reader),
            WarmUps = reader.WholeNumber("WarmUps") ?? 0,
            Success = success,
            SuccessOf = SuccessOfAxes.Read(success, reader.List("SuccessExitCodes"), matrix),
            MaxFailures = reader.WholeNumber("MaxFailures", least: 1) ?? 1,
            Measured = reader.Flag("Measured", otherwise: true),
            Executor = executor,
            Place = place ?? new Placement(""),
            Cpus = reader.WholeNumber("Cpus", least: 1),
            MemoryLimit = reader.Size("MemoryLimit"),
            EndSeriesAt = reader.Text("EndSeriesAt"),
            Reader = output?.Reader,
            ReaderIdentity = output?.Identity,
            MetricPatterns = patterns,
            MetricMatches = Readers.MetricPatterns.Parse(reader, patterns, reader.Pairs("MetricMatches")),
            OptionalMetrics = reader.List("OptionalMetrics"),
            Collect = Template.All(reader.List("Collect")),
            EstimatedSeconds = reader.Seconds("EstimatedSeconds", mayBeNone: true),
            Deviations = reader.List("Deviations"),
            Remedy = reader.Text("Remedy"),
            Requires = reader.Conditions("Requires", "cores>=8; memory>=6GiB; os=linux"),
            Tune = ReadTune(reader),
        };
        declaration.CheckAxes(reader);
        declaration.CheckRows(reader);
        AxisMetadata.Check(declaration, reader);
        AxisMetadata.CheckCodes(declaration, reader);
        // The metadata that an unknown executor reads are unknown as well, so no metadata of the item is reported as
        // unused.
        if (place is not null)
            reader.Finish();
        return declaration;
    }

    private static Dictionary<string, int> ReadSampleSizes(MetadataReader reader)
    {
        const string Expected =
            "pairs NAME=N such as 'Guide=4; Paper=20', each N at least 1, and no NAME a number or 'auto'";
        var sizes = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, text) in reader.Pairs("SampleSizes", Expected))
            if (Amount.ParseWhole(text) is { } number and >= 1 && Amount.ParseNumber(name) is null
                && !name.Equals("auto", StringComparison.OrdinalIgnoreCase) && sizes.TryAdd(name, number))
                continue;
            else
                reader.Bad("SampleSizes", $"{name}={text}", Expected);
        return sizes;
    }

    private static IReadOnlyList<IReadOnlyList<Template>> ReadLines(MetadataReader reader, string name) =>
        [.. reader.Lines(name).Select(line => Template.All(reader.Command(name, line)))];

    /// <summary>Whether the values of some axis are not known yet because a pin has not been downloaded.</summary>
    public bool IsOpen => Matrix.Any(axis => axis.IsOpen);

    private static IReadOnlyList<Axis> ReadMatrix(MetadataReader reader, string name, NamedFiles? pins,
        InputTrace? trace)
    {
        var text = reader.Text(name) ?? "";
        if (Cells.Matrix.Parse(text, System.Environment.ProcessorCount, new AxisFiles(pins, trace), out var problem)
            is { } axes)
            return axes;
        if (problem is AxisProblem axis)
            reader.Report(axis.Rule, [reader.ItemName, .. axis.Arguments]);
        else
            reader.Bad(name, text, $"axes such as 'list=single,double; n=1..16' ({problem!.Message})");
        return [];
    }

    // A kind of place whose code throws an exception is reported, and is treated as one that reads no metadata.
    private static (string Executor, Placement? Place) ReadPlace(MetadataReader reader, Catalogue<IPlaceKind> kinds)
    {
        var name = reader.Text("Executor") ?? IPlaceKind.Default;
        if (kinds.Find(name) is { } kind)
            return (kind.Name, reader.Configure<Placement?>(kind.Name, kind.Configure, null, out _));
        reader.Report(ExperimentRules.UnknownExecutor, reader.ItemName, name, Suggestion.For(name, kinds.Names));
        return (name, null);
    }

    private static IReadOnlyList<MachineSetting> ReadTune(MetadataReader reader)
    {
        var settings = new List<MachineSetting>();
        foreach (var (name, value) in reader.Pairs("Tune"))
        {
            if (MachineSetting.Parse(name, value, out var expected) is { } setting)
                settings.Add(setting);
            else
                reader.Bad("Tune", $"{name}={value}", expected.Length > 0 ? expected
                    : $"pairs of {string.Join(", ", MachineSetting.Names)}."
                        + Suggestion.For(name, MachineSetting.Names).TrimEnd('.'));
        }
        return [.. settings.OrderBy(setting => setting.Knob).ThenBy(setting => setting.PageBytes)];
    }

    private static SuccessRule ReadSuccess(MetadataReader reader)
    {
        var codes = reader.List("SuccessExitCodes");
        List<int> numbers = [.. codes.Select(AxisMetadata.Code).OfType<int>()];
        // A text in braces is most likely meant as an axis; a text that names no axis is reported as an invalid exit
        // code.
        if (numbers.Count < codes.Count && !codes.Any(code => code.Contains('{', StringComparison.Ordinal)))
            reader.Bad("SuccessExitCodes", string.Join(';', codes), "exit codes such as 0;4");
        return new SuccessRule
        {
            ExitCodes = numbers.Count == 0 ? [0] : numbers,
            Text = reader.Text("SuccessText"),
            Pattern = CheckedPattern(reader, "SuccessPattern", reader.Text("SuccessPattern")),
            FailurePattern = CheckedPattern(reader, "FailurePattern", reader.Text("FailurePattern")),
        };
    }

    // MetricPatterns has one metric per line because regular expressions often contain semicolons and equals signs.
    private static IReadOnlyDictionary<string, string> ReadMetricPatterns(MetadataReader reader)
    {
        var patterns = reader.PairLines("MetricPatterns");
        foreach (var pattern in patterns.Values)
            CheckedPattern(reader, "MetricPatterns", pattern);
        return patterns;
    }

    private static string? CheckedPattern(MetadataReader reader, string name, string? pattern)
    {
        if (pattern is null || UserPattern.Parse(pattern, multiline: true, out var problem) is not null)
            return pattern;
        reader.Bad(name, pattern, $"a regular expression ({problem})");
        return null;
    }

    // Reports patterns that yield rows although the reader already yields rows or columns of the same kind.
    private void CheckRows(MetadataReader reader)
    {
        IReadOnlyList<string>? metrics = Reader is null ? [.. MetricPatterns.Keys]
            : Reader.Outline is { } outline ? [.. MetricPatterns.Keys, .. outline.Metrics.Keys] : null;
        foreach (var name in OptionalMetrics.Where(name => metrics?.Contains(name) == false))
            reader.Report(ReadingRules.UnknownOptional, Name, name, Suggestion.For(name, metrics!));
        if (!MetricMatches.Values.Contains(MetricMatch.Each))
            return;
        const string column = Readers.MetricPatterns.MatchColumn;
        if (Reader is { } other)
            reader.Report(ReadingRules.RowsOfTwoKinds, Name, $"the Reader '{other.Name}' makes the rows of a sample");
        if (Columns.ContainsKey(column) || Matrix.Any(axis => axis.Name == column))
            reader.Report(ReadingRules.RowsOfTwoKinds, Name, $"there is a column '{column}' already");
    }

    private void CheckAxes(MetadataReader reader)
    {
        if (GenerateAs.TrimEnd('/') is var made
            && (made.Length == 0 || made is "." or ".." || made.Contains('/', StringComparison.Ordinal)))
            reader.Bad("GenerateAs", GenerateAs, "the name of a file, or of a folder with a slash at its end");
        else if (made != GenerateAs && !GeneratesByName)
            reader.Bad("GenerateAs", GenerateAs,
                "the name of a file: a folder is filled by a Generate that names it as {generated}");
        var unknown = Except.SelectMany(conditions => conditions.Select(condition => condition.Name))
            .Concat(Smoke.Select(axis => axis.Name)).Append(EndSeriesAt).OfType<string>().Concat(PreparePer ?? [])
            .Where(name => Matrix.All(axis => axis.Name != name)).Distinct().ToList();
        foreach (var name in unknown)
            reader.Report(ExperimentRules.UnknownAxis, Name, name,
                Suggestion.For(name, Matrix.Select(axis => axis.Name)));
        if (PreparePer is not null)
            CheckGroups(reader);
        foreach (var axis in Matrix.Where(axis => CellPlaceholders.OfCommands.Bare.Contains(axis.Name)))
            reader.Report(ExperimentRules.ReservedAxis, Name, axis.Name);
        foreach (var (axis, value) in Smoke.SelectMany(axis => axis.Values.Select(value => (axis, value)))
            .Where(pair => IsNoFile(pair.axis.Name, pair.value)))
            reader.Bad("SmokeAxes", value.Label, $"values that the axis '{axis.Name}' has");
        var known = CheckComputed(reader) & (unknown.Count == 0 && HaveValues(reader));
        if (Experiments.Cells.Matrix.Size(Matrix) is var size && size > MostCells)
            reader.Report(ExperimentRules.TooManyCells, Name, size, MostCells);
        else if (known && Except.Count > 0 && !Cell.Of(this).Any())
            reader.Report(ExperimentRules.EmptyMatrix, Name);
        else if (known && Smoke.Count > 0 && !Cell.Of(this with { IsSmoke = true }).Any())
            reader.Report(DeclarationRules.EmptySmokeRun, Name);
        if (Tune.Count > 0 && Place.Machine != PlaceMachine.This)
            reader.Bad("Tune", MachineSetting.Text(Tune),
                $"nothing where the Executor is {Executor}: only this machine can be set");
        foreach (var pattern in Collect.Where(pattern => !IsInWork(pattern)))
            reader.Report(ReadingRules.CollectOutside, Name, pattern);
        foreach (var name in Columns.Keys.Where(column => Matrix.Any(axis => axis.Name == column)))
            reader.Bad("ConstantColumns", name, "a name that is no axis of the Matrix");
        foreach (var column in Columns.Where(column => (column.Key + column.Value).Any(char.IsControl)))
            reader.Bad("ConstantColumns", column.Key, "a column without control characters in its name and value");
    }

    // A computed axis follows from the others, also in a smoke run, so its values cannot be chosen for a smoke run, and
    // it cannot be the axis along which a series goes.
    private bool CheckComputed(MetadataReader reader)
    {
        foreach (var name in Smoke.Where(axis => axis.Formula is not null || IsComputed(axis.Name))
            .Select(axis => axis.Name))
            reader.Bad("SmokeAxes", name, "values of axes that are not computed: those that are follow from them");
        if (EndSeriesAt is { } end && IsComputed(end))
            reader.Bad("EndSeriesAt", end, "an axis that is not computed: each value of the others has a single one");
        var problem = Smoke.Count > 0 ? ComputedAxes.Check(Experiments.Cells.Matrix.Narrowed(Matrix, Smoke)) : null;
        if (problem is not null)
            reader.Report(problem.Rule, [Name, .. problem.Arguments]);
        return problem is null;
    }

    private bool IsComputed(string name) =>
        Matrix.FirstOrDefault(axis => axis.Name == name) is { Formula: not null };

    private void CheckGroups(MetadataReader reader)
    {
        var text = reader.Text("PreparePer")!;
        if (EndSeriesAt is { } end && PreparePer!.Contains(end))
            reader.Bad("PreparePer", text,
                $"axes without '{end}', at which series end (EndSeriesAt), so that it goes up within a group");
        if (Place.Machine != PlaceMachine.This || Executor != IPlaceKind.Default)
            reader.Bad("PreparePer", text,
                $"nothing where the Executor is {Executor}: the folder of a group is on this machine");
        foreach (var axis in Prepare.SelectMany(command => command).SelectMany(argument => argument.Placeholders)
            .Select(placeholder => placeholder.Kind == "args" ? placeholder.Whole! : placeholder.Text).Distinct()
            .Where(name => Matrix.Any(axis => axis.Name == name) && !PreparePer!.Contains(name)))
            reader.Report(StepRules.GroupDiffers, Name, axis);
    }

    private bool IsNoFile(string name, AxisValue value) =>
        Matrix.FirstOrDefault(axis => axis.Name == name) is { IsOpen: false, Files.Count: > 0 } axis
        && !axis.Values.Any(known => known.Label == value.Value || known.Value == value.Value);

    // An axis that depends on the machine has other values on another machine.
    private bool HaveValues(MetadataReader reader)
    {
        var all = true;
        foreach (var (name, value) in Except.SelectMany(conditions => conditions).SelectMany(ValuesOf).Distinct())
        {
            if (Matrix.FirstOrDefault(axis => axis.Name == name) is not { IsOfMachine: false, IsOpen: false } axis
                || axis.Values.Any(known => known.Value == value || known.Label == value))
                continue;
            all = false;
            reader.Report(ExperimentRules.UnknownValue, Name, value, name,
                Suggestion.For(value, axis.Values.SelectMany(known => new[] { known.Value, known.Label }).Distinct()));
        }
        return all;
    }

    // In a condition with an inequality, the bound need not be a value of the axis.
    private static IEnumerable<(string Name, string Value)> ValuesOf(Condition condition) =>
        condition.IsOfTexts ? condition.Values.Select(value => (condition.Name, value)) : [];

    // Whether a path lies in the work folder, as far as this is known before the values of axes are filled in.
    private bool IsInWork(Template pattern)
    {
        const string work = "/work";
        if (pattern.First is { } first && first is not { Text: "work" } and not { Kind: "copy", Whole: not null }
            && Matrix.All(axis => axis.Name != first.Text))
            return false;
        var path = pattern.Fill(placeholder => placeholder switch
        {
            { Text: "work" } => work,
            { Kind: "copy", Whole: not null } => placeholder.Below($"{work}/copy/{placeholder.Name}"),
            _ => placeholder.ToString(),
        });
        return (Path.GetFullPath(path, work) + "/").StartsWith(work + "/", StringComparison.Ordinal);
    }
}
