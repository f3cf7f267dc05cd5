using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>The files that were kept with a sample, beside its standard streams.</summary>
internal static class CollectedFiles
{
    /// <summary>Absolute paths of those whose name passes, sorted; none when the folder is not there.</summary>
    public static IReadOnlyList<string> Of(SampleOutput output, Func<string, bool> name) =>
        Directory.Exists(output.Directory)
            ? [.. FolderTree.Below(output.Directory).Where(entry => entry.Kind == FileKind.Regular)
                .Select(entry => Path.Combine(output.Directory, entry.Relative))
                .Where(file => Path.GetFileName(file) is var own && own is not ("stdout.txt" or "stderr.txt") && name(own))
                .Order(StringComparer.Ordinal)]
            : [];
}
