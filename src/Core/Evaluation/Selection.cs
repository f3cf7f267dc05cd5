using Verus.Artifact.Claims;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Figures;

namespace Verus.Artifact.Evaluation;

/// <summary>The part of an evaluation that a request asks for, with everything that it needs.</summary>
public sealed record Selection
{
    /// <summary>Figures to draw.</summary>
    public required IReadOnlyList<FigureDeclaration> Figures { get; init; }
    /// <summary>Claims to check.</summary>
    public required IReadOnlyList<ClaimDeclaration> Claims { get; init; }
    /// <summary>Names of the datasets that figures and claims read.</summary>
    public required IReadOnlyList<string> Datasets { get; init; }
    /// <summary>Experiments to sample, in the order of declaration.</summary>
    public required IReadOnlyList<ExperimentDeclaration> Experiments { get; init; }
    /// <summary>
    /// The names of tools that were requested directly, convert recorded numbers or draw figures, in addition to those
    /// that experiments need.
    /// </summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>
    /// Reads a request: the names, separated by semicolons, of figures (or their aliases), sets, suites, experiments,
    /// datasets, claims or tools. An empty request or <see cref="Requests.Everything"/> means everything. A claim is
    /// checked if all figures on which it rests are requested.
    /// </summary>
    /// <exception cref="DiagnosticException">A name in the request is not one that a request may contain.</exception>
    public static Selection Of(EvaluationModel model, string request)
    {
        var names = PropertyValue.List("Request", request);
        if (names.Count == 0 || names.Contains(Requests.Everything, StringComparer.OrdinalIgnoreCase))
            return Close(model, model.Figures, model.Claims, [.. model.Datasets.Select(dataset => dataset.Name)],
                model.Experiments);
        var figures = new List<FigureDeclaration>();
        var claims = new List<ClaimDeclaration>();
        var datasets = new List<string>();
        var experiments = new List<ExperimentDeclaration>();
        var tools = new List<string>();
        foreach (var name in names)
        {
            var before = figures.Count + claims.Count + datasets.Count + experiments.Count;
            figures.AddRange(model.Figures.Where(figure =>
                Is(name, figure.Name) || figure.Aliases.Any(alias => Is(name, alias)) || Is(name, figure.Set)));
            claims.AddRange(model.Claims.Where(claim => Is(name, claim.Name)));
            datasets.AddRange(model.Datasets.Where(dataset => Is(name, dataset.Name)).Select(dataset => dataset.Name));
            experiments.AddRange(model.Experiments
                .Where(experiment => Is(name, experiment.Name) || Is(name, experiment.Suite)));
            if (before < figures.Count + claims.Count + datasets.Count + experiments.Count)
                continue;
            if (model.Tools.FirstOrDefault(tool => Is(name, tool.Name)) is { } asked)
                tools.Add(asked.Name);
            else
                throw DeclarationRules.UnknownRequest.Error(SourceLocation.None, name,
                    Suggestion.For(name, NamesOf(model)));
        }
        figures = [.. model.Figures.Where(figure => figures.Contains(figure)
            || claims.Exists(claim => claim.Figures.Contains(figure.Name, StringComparer.OrdinalIgnoreCase)))];
        var drawn = figures.Select(figure => figure.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var checkable = model.Claims
            .Where(claim => claims.Contains(claim) || (claim.Figures.Count > 0 && claim.Figures.All(drawn.Contains)));
        var selection = Close(model, figures, [.. checkable], datasets, experiments);
        return selection with { Tools = [.. tools.Union(selection.Tools, StringComparer.OrdinalIgnoreCase)] };
    }

    /// <summary>Every name that a request may contain.</summary>
    public static IEnumerable<string> NamesOf(EvaluationModel model) =>
        model.Figures.SelectMany(figure => figure.Aliases.Append(figure.Set).Append(figure.Name))
        .Concat(model.Claims.Select(claim => claim.Name)).Concat(model.Datasets.Select(dataset => dataset.Name))
        .Concat(model.Experiments.SelectMany(experiment => new[] { experiment.Name, experiment.Suite }))
        .Concat(model.Tools.Select(tool => tool.Name)).Append(Requests.Everything).Where(name => name.Length > 0)
        .Distinct(StringComparer.OrdinalIgnoreCase);

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static Selection Close(EvaluationModel model, IReadOnlyList<FigureDeclaration> figures,
        IReadOnlyList<ClaimDeclaration> claims,
        List<string> datasets, IReadOnlyList<ExperimentDeclaration> experiments)
    {
        var read = figures.SelectMany(figure => figure.Datasets)
            .Concat(model.Predicates.Where(predicate => claims.Any(claim => Is(claim.Name, predicate.Claim)))
                .SelectMany(predicate => predicate.Datasets))
            .Concat(datasets).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        // The selection includes the datasets from which its datasets are derived.
        for (var i = 0; i < read.Count; i++)
        {
            if (model.Datasets.FirstOrDefault(dataset => Is(dataset.Name, read[i]))?.From is { } from
                && !read.Contains(from, StringComparer.OrdinalIgnoreCase))
                read.Add(from);
        }
        var sampled = model.Datasets.Where(dataset => read.Contains(dataset.Name, StringComparer.OrdinalIgnoreCase))
            .SelectMany(dataset => dataset.Experiments)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var wanted = model.Experiments.Where(experiment =>
            experiments.Contains(experiment) || sampled.Contains(experiment.Name) || sampled.Contains(experiment.Suite))
            .Select(experiment => experiment.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        // The selection includes the experiments whose outputs its experiments use.
        while (model.Experiments.Where(experiment => wanted.Contains(experiment.Name))
            .SelectMany(experiment => Steps.UsesOf(experiment, model.Services))
            .Select(use => use.Experiment).Where(name => !wanted.Contains(name)).ToList() is { Count: > 0 } more)
            wanted.UnionWith(more);
        return new Selection
        {
            Figures = figures,
            Claims = claims,
            Datasets = read,
            Experiments = [.. model.Experiments.Where(experiment => wanted.Contains(experiment.Name))],
            Tools = [.. model.Recorded.Where(recorded => read.Contains(recorded.Name, StringComparer.OrdinalIgnoreCase))
                .SelectMany(recorded => BoundReader.Names(recorded.Reader, "tool", "folder"))
                .Concat(figures.Select(figure => figure.Kind).OfType<CommandFigure>().SelectMany(kind => kind.Tools))
                .Distinct(StringComparer.OrdinalIgnoreCase)],
        };
    }
}
