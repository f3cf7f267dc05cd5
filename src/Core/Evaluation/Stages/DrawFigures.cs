using Verus.Artifact.Data;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Figures;
using Verus.Artifact.Report;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>The figures of the request.</summary>
public sealed record FiguresOfRequest
{
    /// <summary>The figures that were drawn.</summary>
    public IReadOnlyList<DrawnFigure> Drawn { get; init; } = [];
    /// <summary>The figures that were not drawn, with the reason for each.</summary>
    public IReadOnlyList<MissingFigure> NotDrawn { get; init; } = [];
    /// <summary>The gaps of the call so far: what could not be obtained.</summary>
    public Gaps Gaps { get; init; } = Gaps.None;
}

/// <summary>The stage that draws figures from the files that the data stage wrote.</summary>
/// <param name="context">The call.</param>
public sealed class DrawFigures(EvaluationContext context)
{
    /// <summary>
    /// Draws the figures of the request. A figure that does not fit its data is an error for the end of the call; the
    /// other figures are still drawn.
    /// </summary>
    public async Task<FiguresOfRequest> RunAsync(WrittenData data, IBuildLog log, CancellationToken cancellation)
    {
        var (folder, gaps) = (new DatasetFolder(data.Folder, context.Options.OnMissing), data.Gaps);
        var around = ContextOf(context, data.Context);
        var (drawn, missing) = (new List<DrawnFigure>(), new List<MissingFigure>());
        foreach (var (figure, draw) in await BegunAsync(folder, around, cancellation).ConfigureAwait(false))
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<string> reasons;
            try
            {
                if (await draw().ConfigureAwait(false) is { } picture)
                {
                    foreach (var warning in picture.Warnings)
                        log.Report(warning);
                    // If a font or a module of a script was missing, the next call must not skip this stage: the user
                    // may install it, and no check would reveal it.
                    if (picture.Warnings.Any(warning =>
                        warning.Rule == FigureRules.NoFont || warning.Rule == FigureRules.DrawnInstead))
                        gaps = gaps with { MayCloseByThemselves = true };
                    drawn.Add(picture);
                    continue;
                }
                reasons = [.. ReasonsFor(figure, data)];
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                var diagnostics = problem is DiagnosticException known ? known.Diagnostics
                    : [FigureRules.CannotBeDrawn.At(figure.Item.Where, figure.Name, problem.Message)];
                gaps = gaps.With(diagnostics);
                log.Detail(problem.ToString());
                reasons = [.. diagnostics.Select(diagnostic => $"{diagnostic.Rule.Code}: {diagnostic.Message}")];
            }
            // Pictures of a figure that cannot be drawn are removed, because a picture of earlier data would be
            // mistaken for one of the current data.
            FigureDrawer.Remove(figure, context.Options.Layout.Figures);
            missing.Add(new MissingFigure(figure.Name, figure.Title, reasons));
        }
        return new FiguresOfRequest { Drawn = drawn, NotDrawn = missing, Gaps = gaps };
    }

    // Pictures are encoded side by side. The data are read one after the other, since figures share them, and so do the
    // commands of figures run.
    private async Task<IReadOnlyList<(FigureDeclaration Figure, Func<Task<DrawnFigure?>> Draw)>> BegunAsync(
        DatasetFolder folder, FigureContext around, CancellationToken cancellation)
    {
        using var places = new SemaphoreSlim(Environment.ProcessorCount);
        var drawing = context.Selection.Figures.Select(figure => (Figure: figure, Task: figure.Kind is CommandFigure
            ? null : DrawAsync(figure, folder, around, places, cancellation))).ToList();
        await Task.WhenAll(drawing.Select(one => one.Task).OfType<Task>())
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return [.. drawing.Select(one => (one.Figure, (Func<Task<DrawnFigure?>>)(() => one.Task
            ?? DrawAsync(one.Figure, folder, around, null, cancellation))))];
    }

    // Draws one figure; returns null when the figure has nothing to show.
    private async Task<DrawnFigure?> DrawAsync(FigureDeclaration figure, DatasetFolder folder, FigureContext around,
        SemaphoreSlim? places, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (DataOf(figure, folder) is not { } datasets)
            return null;
        if (figure.Kind is CommandFigure command && FigureData.Select(figure, datasets).HasNumbers)
            return await RunAsync(figure, command, datasets, around, cancellation).ConfigureAwait(false);
        if (places is not null)
            await places.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() =>
            {
                var drawn = Drawn(figure, datasets, null, cancellation);
                var state = new FigureState(figure, around);
                state.Save(state.Parts(datasets));
                return drawn;
            }, cancellation).ConfigureAwait(false);
        }
        finally
        {
            places?.Release();
        }
    }

    private async Task<DrawnFigure> RunAsync(FigureDeclaration figure, CommandFigure command,
        IReadOnlyList<Dataset> datasets, FigureContext around, CancellationToken cancellation)
    {
        var state = new FigureState(figure, around);
        // Recorded numbers have no files in other formats, which nobody can change, so nobody is warned.
        if (Instead(command) is { } recorded && command.LacksFormats(datasets))
        {
            var own = Stand(recorded);
            state.Save(state.Parts(datasets));
            return own;
        }
        try
        {
            return Drawn(figure, datasets, await new FigureCommand(figure, around)
                .PicturesAsync(datasets, cancellation).ConfigureAwait(false), cancellation);
        }
        catch (DiagnosticException problem) when (Instead(command) is { } other)
        {
            var stand = Stand(other);
            state.Save([.. state.Parts(datasets), FigureState.DrawnInstead]);
            return stand with { Warnings = [.. problem.Diagnostics, .. stand.Warnings] };
        }

        DrawnFigure Stand(FigureDeclaration other) => Drawn(other.InPlaceOf(figure), datasets, null, cancellation);
    }

    private DrawnFigure Drawn(FigureDeclaration figure, IReadOnlyList<Dataset> datasets,
        IReadOnlyDictionary<string, byte[]>? pictures, CancellationToken cancellation) => FigureDrawer.Draw(
            FontFiles.Resolved(figure, context.Options.Layout), datasets, context.Options.Layout.Figures, pictures,
            cancellation);

    private FigureDeclaration? Instead(CommandFigure command) => context.Model.Figures
        .FirstOrDefault(other => other.Name.Equals(command.StandIn, StringComparison.OrdinalIgnoreCase));

    /// <summary>The surroundings of the commands of figures in a call.</summary>
    /// <param name="context">The call.</param>
    /// <param name="inputs">The locations of the tools, sources and files that commands of figures name; null when
    /// there are none.</param>
    internal static FigureContext ContextOf(EvaluationContext context, CellContext? inputs) =>
        new(context.Options.Layout, context.Options.SearchPath, context.Hashes, context.Trace)
        {
            Runner = context.Options.Runner,
            Inputs = inputs,
            ReadersOf = figure => ExperimentsOf(context, figure)
                .Select(experiment => (experiment.Name, Reader: OutputReading.Identity(experiment))),
        };

    /// <summary>The experiments whose samples a figure shows, directly or through datasets made from others.</summary>
    internal static IEnumerable<ExperimentDeclaration> ExperimentsOf(EvaluationContext context,
        FigureDeclaration figure)
    {
        var names = context.Needs.ExperimentsOf([.. context.Model.Datasets
            .Where(dataset => figure.Datasets.Contains(dataset.Name, StringComparer.OrdinalIgnoreCase))
            .Select(dataset => dataset.Root.Name)]);
        return context.Model.Experiments.Where(experiment => names.Contains(experiment.Name));
    }

    /// <summary>
    /// The datasets of a figure, beginning with those to be shown; null when there are none. The recorded counterparts
    /// of measured datasets are included, so that the table can show the paper's numbers beside those that were
    /// measured on this machine.
    /// </summary>
    internal static IReadOnlyList<Dataset>? DataOf(FigureDeclaration figure, DatasetFolder folder)
    {
        var shown = figure.Datasets.Select(name => folder[name]).OfType<Dataset>().ToList();
        var beside = figure.Datasets.Where(name => folder.Measured(name) is not null)
            .Select(folder.Recorded).OfType<Dataset>();
        return shown.Count == 0 ? null : [.. shown, .. beside];
    }

    private IEnumerable<string> ReasonsFor(FigureDeclaration figure, WrittenData data)
    {
        var names = context.Needs.ExperimentsOf([.. figure.Datasets]);
        if (names.Count == 0)
            yield return "nothing measures it in this evaluation";
        foreach (var name in names)
            foreach (var shortfall in data.Gaps.Missing.GetValueOrDefault(name, []))
                yield return $"{name}: {shortfall.What}: needed {shortfall.Needed}, found {shortfall.Found}";
        foreach (var failure in data.Observations
            .Where(observation => names.Contains(observation.Experiment) && observation.Failure is not null
                && !data.Gaps.Missing.ContainsKey(observation.Experiment))
            .Select(observation => $"{observation.Cell}: {observation.Failure}").Distinct().Take(5))
            yield return failure;
    }
}
