using System.Globalization;
using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Data;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Readers;
using Verus.Artifact.Figures;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Evaluation;

/// <summary>
/// Goes through the pipeline from datasets to claims before anything is measured, with one made-up good sample for each
/// cell and with the actual recorded numbers. The rehearsal finds, by the same code, every problem that would otherwise
/// stop a dataset, a figure or a claim after the last sample. Where only the output of a program can show whether a
/// declaration is right, as with a reader without a <see cref="ReaderOutline"/>, nothing is reported.
/// </summary>
/// <param name="model">The declarations; dangling references in them have been reported already.</param>
/// <param name="layout">The location of the project; null when it is not known, and then no file is read.</param>
/// <param name="files">The locations of the files of pins; null when they are not known.</param>
/// <param name="broken">Items that could not be read; everything that depends on these items is skipped.</param>
/// <param name="found">List to which the problems that were found are added.</param>
internal sealed class Rehearsal(EvaluationModel model, EvaluationLayout? layout, NamedFiles? files,
    IReadOnlySet<DeclarationItem> broken, ICollection<Diagnostic> found)
{
    // The maximum number of cells of a matrix that are all rehearsed; in a larger matrix, the values that a declaration
    // names and the ends of each axis represent all values.
    private const int MostCells = 2_000;

    private readonly Dictionary<string, MadeUpData?> measured = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, MadeUpData?> recorded = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> begun = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Samples?> samples = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lazy<HashSet<string>> named = new(() => NamedValues(model));
    private int made;

    /// <summary>The folders in which the programs of figures are looked up.</summary>
    public required IReadOnlyList<string> SearchPath { get; init; }

    /// <summary>Reports all declarations that do not fit together.</summary>
    public void Run()
    {
        foreach (var declaration in model.Recorded.DistinctBy(dataset => dataset.Name,
            StringComparer.OrdinalIgnoreCase))
            recorded[declaration.Name] = broken.Contains(declaration.Item) ? null : Read(declaration);
        foreach (var declaration in model.Datasets.DistinctBy(dataset => dataset.Name,
            StringComparer.OrdinalIgnoreCase))
            Measure(declaration);
        foreach (var declaration in model.Datasets
            .Where(dataset => dataset.From is not null && !broken.Contains(dataset.Item)))
            Record(declaration);
        foreach (var figure in model.Figures.Where(figure => !broken.Contains(figure.Item)))
            Check(figure);
        foreach (var predicate in model.Predicates.Where(predicate => !broken.Contains(predicate.Item)))
            Check(predicate);
    }

    private MadeUpData? Measure(DatasetDeclaration declaration)
    {
        if (measured.TryGetValue(declaration.Name, out var known))
            return known;
        var made = broken.Contains(declaration.Item) ? null
            : declaration.Source is { } source ? From(declaration, Measure(source))
            : declaration.From is null ? Build(declaration) : null;
        if (made is not null && declaration.From is null)
            CheckDerived(declaration, made);
        if (declaration is { From: null } or { Source: not null })
            measured[declaration.Name] = made;
        return made;
    }

    // The recorded form of a dataset that is derived from another dataset, unless the recorded form is declared
    // separately.
    private void Record(DatasetDeclaration declaration)
    {
        // A dataset in a cycle, which has been reported already, has no recorded form.
        if (begun.Add(declaration.Name) && !recorded.ContainsKey(declaration.Name) && declaration.From is { } from
            && Recorded(from) is { } source)
            recorded[declaration.Name] = From(declaration, source);
    }

    private MadeUpData? Recorded(string name)
    {
        if (!recorded.ContainsKey(name) && model.Datasets.FirstOrDefault(dataset =>
                string.Equals(dataset.Name, name, StringComparison.OrdinalIgnoreCase)) is { From: not null } other)
            Record(other);
        return recorded.GetValueOrDefault(name);
    }

    private MadeUpData? From(DatasetDeclaration declaration, MadeUpData? source)
    {
        if (source is null)
            return null;
        var columns = MadeUpData.OfColumns(declaration.Name, declaration.Columns.Count > 0 ? declaration.Columns
            : [.. source.Dataset.Columns.Select(column => DatasetFrom.NameOf(declaration, column))],
            source.Dataset.Origin);
        Dataset? points = null;
        if (source.HasColumnsOnly || !Tried(() => points = DatasetFrom.Renamed(declaration, source.Dataset)))
            return columns;
        source = source with
        {
            Dataset = points!,
            Open = source.Open.Select(column => DatasetFrom.NameOf(declaration, column))
                .ToHashSet(StringComparer.Ordinal),
        };
        CheckValues(declaration.Item,
            declaration.Where.Where(condition => source.Dataset.Columns.Contains(condition.Name))
                .Select(condition => ("Where", condition)),
            source.AllOpen ? null : source.Open.ToHashSet(StringComparer.Ordinal), column => ValuesOf([source], column),
            source.IsPart);
        CheckDerived(declaration, source);
        Dataset? dataset = null;
        return Tried(() => dataset = DatasetFrom.OfRenamed(declaration, source.Dataset))
            ? source with { Dataset = dataset! } : columns;
    }

    private MadeUpData? Read(RecordedDataDeclaration declaration)
    {
        IReadOnlyList<NamedFile>? here = null;
        // A file of a checkout that is missing is not an error, since it may appear when the source is fetched.
        var isComplete = files is not null && declaration.Reader is not CommandReader { Place.IsComplete: false }
            && declaration.Files.All(name => files.PathOf(name) is { } path && (Path.Exists(path)
                || !path.StartsWith(layout!.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                || path.AsSpan().ContainsAny('*', '?')));
        if (isComplete && !Tried(() => here = RecordedDataReader.FilesOf(declaration, files!, null)))
            return MadeUpData.OfColumns(declaration.Name, declaration.Columns, Origin.Recorded);
        if (here is null)
            return new MadeUpData(RecordedDataReader.DatasetOf(declaration, []), AllOpen: true);
        Dataset? dataset = null;
        if (!Tried(() => dataset = RecordedDataReader.Read(declaration, here)))
            return MadeUpData.OfColumns(declaration.Name, declaration.Columns, Origin.Recorded);
        if (dataset!.Points.Count == 0)
            found.Add(DataRules.NoRows.At(declaration.Item.Where, declaration.Name,
                declaration.Files.Count > 0 ? declaration.File : declaration.Converter!,
                declaration.Where.Count > 0
                    ? "no row that its Where selects" : "no row below the names of the columns"));
        return new MadeUpData(dataset, AllOpen: false);
    }

    private MadeUpData? Build(DatasetDeclaration declaration)
    {
        var experiments = model.ExperimentsOf(declaration).ToList();
        var all = experiments.ConvertAll(SamplesOf);
        if (experiments.Count == 0 || all.Contains(null))
            return null;
        List<Observation> observations = [.. all.SelectMany(one => one!.Observations)];
        var open = all.SelectMany(one => one!.Open).ToHashSet(StringComparer.Ordinal);
        var columns = observations.SelectMany(observation => observation.Columns.Keys)
            .ToHashSet(StringComparer.Ordinal);
        var metrics = observations.SelectMany(observation => observation.Metrics.Keys)
            .ToHashSet(StringComparer.Ordinal);
        var problems = UnknownNames(declaration, columns, metrics).ToList();
        if (problems.Count > 0)
        {
            Add(problems);
            return MadeUpData.OfColumns(declaration.Name,
                declaration.Columns.Count > 0 ? declaration.Columns : [.. columns],
                Origin.Measured);
        }
        CheckPer(declaration, observations, open);
        CheckPenalties(declaration, experiments);
        CheckValues(declaration.Item, declaration.Where.Select(condition => ("Where", condition)), open,
            column => observations.Select(observation => observation.Columns.GetValueOrDefault(column, "")),
            all.Exists(one => one!.IsPart));
        IReadOnlyList<HandEntry> entries = [];
        if (layout is not null && !Tried(() => entries = HandEntry.Read(declaration, layout)))
            return null;
        Dataset? dataset = null;
        var alternatives = experiments.Count > 1 || experiments[0].OptionalInputs.Count > 0;
        // If a dataset selects several experiments, it is not known yet which of them will have samples, so points that
        // coincide are not reported.
        if (!Tried(() => dataset = DatasetBuilder.Build(declaration with { Derived = [] }, observations, entries),
            problem => !(alternatives && problem.Rule == DataRules.PointsFallTogether)))
            return null;
        if (dataset!.Points.Count == 0 && declaration.Columns.Count == 0)
            dataset = dataset with { Columns = [.. columns] };
        (dataset, var complete) = WithDerived(declaration, dataset);
        if (open.Count == 0)
            foreach (var format in declaration.Formats)
                Tried(() => FormatFiles.Make(declaration, format, observations));
        return new MadeUpData(dataset, AllOpen: !complete) { Open = open, IsPart = all.Exists(one => one!.IsPart) };
    }

    // A formula that selects a value which no point has yields no derived point. A missing point is no error for
    // recorded numbers, since they may lack points that are measured.
    private void CheckDerived(DatasetDeclaration declaration, MadeUpData points)
    {
        if (points.Dataset.Origin != Origin.Measured)
            return;
        var keys = declaration.Derived.SelectMany(derived => derived.Keys).ToList();
        CheckValues(declaration.Item, declaration.Derived
            .SelectMany(derived => derived.Formula.Selections).SelectMany(selection => selection.Conditions)
            .Where(condition => points.Dataset.Columns.Contains(condition.Name))
            .Select(condition => ("Derived", condition)), points.AllOpen ? null : OpenOf([points]),
            column => ValuesOf([points], column).Concat(keys.Where(key => key.Key == column).Select(key => key.Value)),
            points.IsPart);
    }

    private static IEnumerable<Diagnostic> UnknownNames(DatasetDeclaration declaration, HashSet<string> columns,
        HashSet<string> metrics)
    {
        var named = declaration.Where.Select(condition => condition.Name).Concat(declaration.Columns)
            .Concat(new[] { declaration.Per, declaration.Note }.OfType<string>()).Distinct();
        foreach (var column in named.Where(column =>
            !columns.Contains(column) && !(declaration.Rows.Count > 0 && column == declaration.RowColumn)))
            yield return DataRules.UnknownColumn.At(declaration.Item.Where, declaration.Name, column,
                Suggestion.For(column, columns));
        // If the observations lack the row column of the dataset, only the metrics in Rows are read from them.
        var wanted = declaration.Rows.Count > 0 && !columns.Contains(declaration.RowColumn) ? [] : declaration.Metrics;
        foreach (var metric in wanted.Concat(declaration.Rows.Select(row => row.Metric)).Distinct()
            .Where(metric => !metrics.Contains(metric)))
            yield return DataRules.UnknownMetric.At(declaration.Item.Where, declaration.Name, metric,
                Suggestion.For(metric, metrics));
    }

    private void CheckPenalties(DatasetDeclaration declaration, List<ExperimentDeclaration> experiments)
    {
        if (declaration.Penalties.Count > 0
            && experiments.Find(experiment => experiment.Timeout is null && experiment.TimeoutOf is null)
                is { } endless)
            found.Add(DataRules.NoLimit.At(declaration.Item.Where, declaration.Name, endless.Name));
    }

    // The dataset with its derived points, and whether all of them could be made.
    private (Dataset Dataset, bool IsComplete) WithDerived(DatasetDeclaration declaration, Dataset dataset)
    {
        var complete = true;
        foreach (var derived in declaration.Derived)
            complete &= Tried(() => dataset = derived.AddTo(dataset, declaration))
                && (layout is not null || declaration.ByHand is null);
        return (dataset, complete);
    }

    private void CheckPer(DatasetDeclaration declaration, List<Observation> observations, HashSet<string> open)
    {
        if (declaration.Per is not { } per || open.Contains(per))
            return;
        var values = observations.Where(observation =>
            declaration.Where.All(condition =>
                condition.Holds(observation.Columns.GetValueOrDefault(condition.Name, ""))))
            .Select(observation => observation.Columns.GetValueOrDefault(per, ""));
        if (values.FirstOrDefault(value => Amount.ParseNumber(value) is null or 0) is { } value)
            found.Add(DeclarationRules.BadMetadata.At(declaration.Item.Where, "Dataset", declaration.Name, "Per", per,
                $"a column of numbers other than 0, and it has the value '{value}'"));
    }

    private void Check(FigureDeclaration figure)
    {
        if (layout is not null && figure.Kind is CommandFigure command)
            Add(command.Missing(layout, files).Select(lack => DeclarationRules.BadMetadata.At(
                figure.Item.Where, "Figure", figure.Name, "Command", lack.Argument, lack.Expected)));
        if (figure.Kind is CommandFigure drawn && drawn.MissingProgram(SearchPath) is { } program)
            found.Add(FigureRules.NoProgram.At(figure.Item.Where, figure.Name, program));
        if (layout is not null)
            Add(FontFiles.Problems(FontFiles.Resolved(figure, layout)));
        var all = figure.Datasets.Distinct(StringComparer.OrdinalIgnoreCase).SelectMany(FormsOf).OfType<MadeUpData>()
            .ToList();
        var unknown = FigureData.UnknownColumns(figure, all.Select(form => form.Dataset)).ToList();
        Add(unknown);
        if (unknown.Count > 0 || !AreKnown(figure.Datasets))
            return;
        // If a figure has several datasets, some kinds of figures have a column with the dataset's name.
        var conditions = figure.Where.Select(condition => ("Where", condition)).Concat(figure.Kind.Conditions);
        CheckValues(figure.Item, conditions, OpenOf(all), column => ValuesOf(all, column),
            all.Exists(form => form.IsPart));
        Tried(() => FigureData.CheckDrawable(figure, [.. all.Select(form => form.Dataset)]));
    }

    private void Check(PredicateDeclaration predicate)
    {
        var forms = FormsOf(predicate.Dataset).OfType<MadeUpData>().ToList();
        var unknown = predicate.Columns.Distinct()
            .SelectMany(column => forms.Where(form => !form.Dataset.Columns.Contains(column)).Take(1)
            .Select(form => ClaimRules.UnknownColumn.At(predicate.Item.Where, predicate.Name, column, form.Dataset.Name,
                Suggestion.For(column, form.Dataset.Columns)))).ToList();
        Add(unknown);
        if (unknown.Count > 0 || !AreKnown([predicate.Dataset]))
            return;
        var conditions = predicate.Where.Select(condition => ("Where", condition))
            .Concat(predicate.Subject.Select(condition => ("Subject", condition)))
            .Concat(predicate.Quantity!.Selections.SelectMany(selection => selection.Conditions)
                .Select(condition => ("Quantity", condition)));
        CheckValues(predicate.Item, conditions, OpenOf(forms), column => ValuesOf(forms, column),
            forms.Exists(form => form.IsPart));
        foreach (var form in forms)
            Tried(() => ClaimEvaluator.Judge(predicate, form.Dataset, int.MaxValue));
    }

    // A value in a condition that occurs nowhere is most likely misspelt. Of several values that a condition allows,
    // some may be absent from the data.
    private void CheckValues(DeclarationItem item, IEnumerable<(string MetadataName, Condition Condition)> conditions,
        HashSet<string>? open, Func<string, IEnumerable<string>> valuesOf, bool isPart)
    {
        if (open is null)
            return;
        foreach (var (metadataName, condition) in conditions.Where(pair => !open.Contains(pair.Condition.Name)))
        {
            var known = valuesOf(condition.Name).ToHashSet(StringComparer.Ordinal);
            if (known.Count == 0)
                continue;
            if (condition.Operator is not ("=" or "!="))
            {
                if (!isPart && !known.Any(condition.Holds))
                    Report(metadataName, condition.Name, $"{condition.Operator} {condition.Values[0]}", "");
                continue;
            }
            var strange = condition.Values.Where(value => !known.Contains(value)).ToList();
            var none = condition.Operator == "=" && strange.Count == condition.Values.Count;
            foreach (var value in strange)
            {
                var hint = Suggestion.For(value, known.Except(condition.Values));
                if (none || hint.StartsWith(" Did", StringComparison.Ordinal))
                    Report(metadataName, condition.Name, $"{condition.Operator} {value}", hint);
            }
        }

        void Report(string metadataName, string column, string asked, string hint) =>
            found.Add(DataRules.ValueOfNothing.At(item.Where, item.Type, item.Name, metadataName, $"{column} {asked}",
                hint));
    }

    // The measured and the recorded form of the dataset with a name; null for a form whose points cannot be known.
    private IEnumerable<MadeUpData?> FormsOf(string name) =>
        new[] { measured, recorded }.Where(known => known.ContainsKey(name)).Select(known => known[name]);

    private bool AreKnown(IEnumerable<string> datasets) =>
        datasets.All(name => FormsOf(name).ToList() is { Count: > 0 } forms
            && forms.TrueForAll(form => form is { HasColumnsOnly: false }));

    private static HashSet<string>? OpenOf(IReadOnlyList<MadeUpData> forms) =>
        forms.Any(form => form.AllOpen) ? null : forms.SelectMany(form => form.Open).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> ValuesOf(IEnumerable<MadeUpData> forms, string column) =>
        forms.SelectMany(form => form.Dataset.Points).Select(point => point[column]);

    private Samples? SamplesOf(ExperimentDeclaration experiment)
    {
        if (!samples.TryGetValue(experiment.Name, out var known))
            samples[experiment.Name] = known = broken.Contains(experiment.Item)
                ? null : Make(experiment with { IsSmoke = false });
        return known;
    }

    private Samples? Make(ExperimentDeclaration experiment)
    {
        var outline = experiment.Reader is { } reader ? reader.Outline : ReaderOutline.Of("", "");
        if (outline is null)
            return null;
        if (experiment.MetricMatches.Values.Contains(MetricMatch.Each))
            outline = outline.And(ReaderOutline.Of(MetricPatterns.MatchColumn, ""));
        var isPart = Matrix.Size(experiment.Matrix) > MostCells;
        var cells = Cell.Of(isPart ? experiment with { Matrix = Narrowed(experiment.Matrix) } : experiment)
            .Take(MostCells).ToList();
        string[] metrics = [.. RunnerMetrics.Units.Keys, .. outline.Metrics.Keys, .. experiment.MetricPatterns.Keys];
        return new Samples([.. cells.Select(cell => Sample(cell, outline.Columns, metrics))],
            outline.Columns.Concat(experiment.Matrix.Where(axis => axis.IsOfMachine || axis.IsOpen)
                .Select(axis => axis.Name)).ToHashSet(StringComparer.Ordinal), isPart);
    }

    // The values that a reader will put into its columns are unknown, so a made-up number that occurs nowhere else
    // stands for them and violates no check.
    private Observation Sample(Cell cell, IReadOnlyList<string> found, IEnumerable<string> metrics)
    {
        var number = ++made;
        var columns = cell.Columns.ToDictionary(StringComparer.Ordinal);
        foreach (var column in found)
            columns[column] = number.ToString(CultureInfo.InvariantCulture);
        // All made-up numbers are distinct, so that no difference between them is zero.
        return new Observation
        {
            Experiment = cell.Experiment.Name,
            Cell = cell.Name,
            Columns = columns,
            Sample = $"made-up {number}",
            MachineId = "none",
            Metrics = metrics.Distinct()
                .Select((metric, index) => (metric, value: 1 + (number * 0.6180339887 + index * 0.4142135624) % 1))
                .ToDictionary(pair => pair.metric, pair => pair.value, StringComparer.Ordinal),
        };
    }

    private IReadOnlyList<Axis> Narrowed(IReadOnlyList<Axis> axes) =>
        Matrix.Where(axes, (axis, value, index) => index is 0 or 1 || index == axis.Values.Count - 1
            || named.Value.Contains(value.Label));

    private static HashSet<string> NamedValues(EvaluationModel model) =>
        model.Datasets.SelectMany(dataset => dataset.Where)
        .Concat(model.Predicates
            .SelectMany(predicate =>
                predicate.Where.Concat(predicate.Subject)
                    .Concat(predicate.Quantity?.Selections.SelectMany(selection => selection.Conditions) ?? [])))
        .Concat(model.Figures.SelectMany(figure =>
            figure.Where.Concat(figure.Kind.Conditions.Select(pair => pair.Condition))))
            .SelectMany(condition => condition.Values)
        .ToHashSet(StringComparer.Ordinal);

    // Returns whether an action succeeds; if not, its problems are reported.
    private bool Tried(Action action, Func<Diagnostic, bool>? counts = null)
    {
        try
        {
            action();
            return true;
        }
        catch (DiagnosticException problem)
        {
            Add(problem.Diagnostics.Where(counts ?? (_ => true)));
            return false;
        }
    }

    private void Add(IEnumerable<Diagnostic> problems)
    {
        foreach (var problem in problems)
            found.Add(problem);
    }

    private sealed record Samples(IReadOnlyList<Observation> Observations, IReadOnlySet<string> Open, bool IsPart);

    // The values of a column that only a reader knows are made up; in a dataset in which all columns are of this kind,
    // points may be missing.
    private sealed record MadeUpData(Dataset Dataset, bool AllOpen)
    {
        public IReadOnlySet<string> Open { get; init; } = new HashSet<string>();

        public bool IsPart { get; init; }

        // If the points of a dataset could not be made, this has been reported already.
        public bool HasColumnsOnly { get; private init; }

        public static MadeUpData OfColumns(string name, IReadOnlyList<string> columns, Origin origin) =>
            new(new Dataset
            {
                Name = name,
                Columns = columns,
                Quantity = "",
                Unit = "",
                Statistic = "",
                Origin = origin,
                Points = []
            }, AllOpen: true)
            { HasColumnsOnly = true };
    }
}
