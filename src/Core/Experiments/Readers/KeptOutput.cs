using System.Text;
using Verus.Artifact.Common;

namespace Verus.Artifact.Experiments.Readers;

/// <summary>The output of a sample as it is kept in the sample's folder.</summary>
/// <param name="standardOutput">Text of standard output, or its end.</param>
/// <param name="standardError">Text of standard error, or its end.</param>
/// <param name="directory">Absolute path of the folder that has stdout.txt, stderr.txt and the collected files.</param>
public sealed class KeptOutput(string standardOutput, string standardError, string directory)
    : SampleOutput(standardOutput, standardError)
{
    private const string Output = "stdout.txt", Error = "stderr.txt";

    /// <summary>Absolute path of the folder that has stdout.txt, stderr.txt and the collected files.</summary>
    public string Folder => directory;

    /// <summary>Cancels the reading of an output, and ends a program that the reader has started.</summary>
    internal CancellationToken Cancellation { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<CollectedFile> Files => Directory.Exists(directory)
        ? [.. FolderTree.Below(directory)
            .Where(entry => entry.Kind == FileKind.Regular && Path.GetFileName(entry.Relative) is not (Output or Error))
            .OrderBy(entry => entry.Relative, StringComparer.Ordinal)
            .Select(entry => new KeptFile(directory, entry.Relative))]
        : [];

    /// <inheritdoc/>
    public override TextReader OpenStandardOutput() => Open(Output) ?? base.OpenStandardOutput();

    /// <inheritdoc/>
    public override TextReader OpenStandardError() => Open(Error) ?? base.OpenStandardError();

    // The text of standard output in memory may lack its beginning.
    private StreamReader? Open(string name)
    {
        var path = Path.Combine(directory, name);
        return Path.IsPathRooted(path) && File.Exists(path)
            ? new StreamReader(RegularFile.Open(path), Encoding.UTF8) : null;
    }

    private sealed class KeptFile(string directory, string relative)
        : CollectedFile(relative, new FileInfo(Path.Combine(directory, relative)).Length)
    {
        public override Stream Open() => RegularFile.Open(Path.Combine(directory, Name));
    }
}
