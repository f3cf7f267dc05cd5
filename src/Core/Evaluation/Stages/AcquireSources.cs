using Verus.Artifact.Containers;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Figures;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;
using Verus.Artifact.Tools;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Fetches pinned sources, downloads and images.</summary>
/// <param name="context">The context of the call.</param>
public sealed class AcquireSources(EvaluationContext context)
{
    /// <summary>
    /// Fetches the pins of the experiments that can be measured. An experiment is left out when one of its pins cannot
    /// be obtained.
    /// </summary>
    /// <exception cref="DiagnosticException">A pin floats (names no fixed content); or a pin cannot be obtained, and
    /// the options ask for an immediate error.</exception>
    public async Task<AcquiredInputs> RunAsync(AvailableInputs found, IBuildLog log, CancellationToken cancellation)
    {
        var (needs, gaps) = (context.Needs, found.Gaps);
        var (experiments, tools) = (gaps.Possible(context.Selection.Experiments),
            gaps.Possible(context.Selection.Tools));
        var built = needs.Tools(experiments, tools).Where(tool => found.Tools.All(here => here.Name != tool.Name))
            .ToList();
        var problems = new AcquisitionProblems();
        var acquired = await AcquireAsync([.. needs.Repos(experiments, built).Union(needs.Repos(Drawable(gaps)))],
            [.. needs.Files(experiments, built).Union(needs.Files(Drawable(gaps)))],
            needs.Images(experiments, tools),
            problems, log, cancellation)
            .ConfigureAwait(false);
        var images = new Dictionary<string, AcquiredImage>(found.Inputs.Images, StringComparer.OrdinalIgnoreCase);
        await new ImageUsers(context).AdviseAsync(acquired.Images.Values.Where(image =>
            !images.ContainsKey(image.Name)), log, cancellation).ConfigureAwait(false);
        foreach (var (name, image) in acquired.Images)
            images[name] = image;
        if (context.Options.OnMissing == OnMissing.FailFast)
            problems.ThrowIfAny();
        foreach (var (pin, problem) in problems.All)
            gaps = LeaveOut(gaps, pin, problem, log);
        // Declarations that do not fit the files that are now present are reported before anything is built.
        context.WithPins(cancellation);
        return acquired with { Images = images, Gaps = gaps };
    }

    // What only serves a figure that the SDK can draw, too, is not fetched if nothing is measured for the figure.
    private Selection Drawable(Gaps gaps) => context.Selection with
    {
        Figures =
        [
            .. context.Selection.Figures.Where(figure => figure.Kind is not CommandFigure { StandIn: not null }
                || gaps.Possible([.. DrawFigures.ExperimentsOf(context, figure)]).Count > 0
                || context.Needs.Repos([figure]).All(repo =>
                    Directory.Exists(SourceStore.PathOf(context.Options.Layout, repo)))),
        ],
    };

    /// <summary>Fetches all inputs in the ledger.</summary>
    /// <exception cref="DiagnosticException">A pin floats, or a pin that is not optional cannot be obtained; the other
    /// pins are still fetched.</exception>
    public async Task<AcquiredInputs> AllAsync(IBuildLog log, CancellationToken cancellation)
    {
        var (model, problems) = (context.Model, new AcquisitionProblems());
        var images = await ReachableImagesAsync(log, cancellation).ConfigureAwait(false);
        var acquired = await AcquireAsync(model.Pins.Repos, model.Pins.Files, images, problems, log,
            cancellation).ConfigureAwait(false);
        problems.ThrowUnlessOptional(log);
        return acquired;
    }

    private async Task<AcquiredInputs> AcquireAsync(IReadOnlyList<ExternalRepo> repos,
        IReadOnlyList<ExternalFile> files, IReadOnlyList<ContainerImage> images,
        AcquisitionProblems problems, IBuildLog log, CancellationToken cancellation)
    {
        PrintPins.Lint(context.Model);
        var sources = await context.Sources(log).AcquireAsync(repos, problems, cancellation).ConfigureAwait(false);
        var downloads = await context.Downloads(log).AcquireAsync(files, problems, cancellation).ConfigureAwait(false);
        var pulled = await context.Images(context.Options.Offline, log).AcquireAsync(images, problems,
            cancellation).ConfigureAwait(false);
        foreach (var path in sources.Select(source => source.Path).Concat(downloads.Select(file => file.Path)))
            context.Trace.File(path);
        foreach (var image in pulled)
            context.Trace.Fact(Questions.Image, image.Name, image.Identity);
        return new AcquiredInputs
        {
            Sources = sources.ToDictionary(source => source.Name, StringComparer.OrdinalIgnoreCase),
            Files = downloads.ToDictionary(file => file.Name, StringComparer.OrdinalIgnoreCase),
            Images = pulled.ToDictionary(image => image.Name, StringComparer.OrdinalIgnoreCase),
        };
    }

    private Gaps LeaveOut(Gaps gaps, IDeclaration pin, DiagnosticException problem, IBuildLog log)
    {
        var without = gaps.Possible(context.Selection.Experiments)
            .Where(experiment => context.Needs.Pins(experiment).Contains(pin)).ToList();
        if (without.Count > 0)
            log.Info(
                $"Left out: {string.Join(", ", without.Select(experiment => experiment.Name))}. "
                    + $"{problem.Diagnostics[0].Message}");
        var next = gaps.Without(without, name =>
            [.. problem.Diagnostics.Select(diagnostic =>
                new Shortfall("sources", $"{pin.Item.Type} '{pin.Name}'", diagnostic.Message, "", [name]))]);
        return context.Options.OnMissing == OnMissing.Fail ? next.With(problem.Diagnostics) : next;
    }

    // The whole ledger is fetched for later use; a machine without a container engine can still fetch the rest of it.
    private async Task<IReadOnlyList<ContainerImage>> ReachableImagesAsync(IBuildLog log,
        CancellationToken cancellation)
    {
        var wanted = context.Needs.Images(context.Model.Experiments,
            [.. context.Model.Tools.Select(tool => tool.Name)]);
        if (wanted.Count == 0)
            return wanted;
        try
        {
            await context.Engine.ProbeAsync(cancellation).ConfigureAwait(false);
            return wanted;
        }
        catch (DiagnosticException problem)
        {
            log.Report(ImageRules.LeftOut.At(wanted[0].Item.Where,
                string.Join(", ", wanted.Select(image => image.Name)), problem.Diagnostics[0].Message));
            return [];
        }
    }
}
