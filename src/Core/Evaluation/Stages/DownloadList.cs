using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;
using Verus.Artifact.Sources;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>Lists what a request will fetch from elsewhere, and how much that is as far as it can be known.</summary>
/// <param name="context">The call.</param>
internal sealed class DownloadList(EvaluationContext context)
{
    /// <summary>
    /// One line for each thing that is not on this machine; empty when nothing is to be fetched. Servers of downloads
    /// are asked for the size; those of repositories, images and packages do not tell it beforehand.
    /// </summary>
    public async Task<IReadOnlyList<string>> LinesAsync(AvailableInputs found, IBuildLog log,
        CancellationToken cancellation)
    {
        if (context.Options.Offline)
            return [];
        var absent = await AbsentAsync(found, log, cancellation).ConfigureAwait(false);
        var sizes = await Task.WhenAll(absent.Select(pin => pin is ExternalFile file
            ? Download.SizeAsync(file.Url, cancellation) : Task.FromResult<long?>(null))).ConfigureAwait(false);
        var lines = absent.Zip(sizes, (pin, size) =>
            $"  {pin.Item.Type} '{pin.Name}': {(size is { } bytes ? Amount.Bytes(bytes) : "size unknown")}").ToList();
        lines.AddRange(found.Provisions.Where(step => !step.StartsWith("unpack ", StringComparison.Ordinal))
            .Select(step => $"  what is needed to {step}: size unknown"));
        if (lines.Count == 0)
            return [];
        var known = sizes.OfType<long>().ToList();
        return [$"To be fetched: {Amount.Count(lines.Count, "thing")}"
            + (known.Count == 0 ? ", none of known size:" : $", of which {known.Count} of known size: "
                + $"{Amount.Bytes(known.Sum())}:"), .. lines];
    }

    private async Task<List<IDeclaration>> AbsentAsync(AvailableInputs found, IBuildLog log,
        CancellationToken cancellation)
    {
        var (needs, selection, layout) = (context.Needs, context.Selection, context.Options.Layout);
        var provided = needs.Tools(selection.Experiments, selection.Tools, build: true)
            .Where(tool => found.Tools.All(here => here.Name != tool.Name)).ToList();
        IEnumerable<IDeclaration> pins = [
            .. needs.Repos(selection.Experiments, provided).Union(needs.Repos(selection)),
            .. needs.Files(selection.Experiments, provided).Union(needs.Files(selection)),
            .. needs.Images(selection.Experiments, selection.Tools)];
        var store = context.Sources(log);
        var absent = new List<IDeclaration>();
        foreach (var pin in pins)
            if (!await Obstacles.IsHereAsync(pin, store, [.. found.Inputs.Images.Keys], layout, cancellation)
                .ConfigureAwait(false))
                absent.Add(pin);
        return absent;
    }
}
