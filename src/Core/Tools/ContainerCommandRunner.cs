using Verus.Artifact.Common;
using Verus.Artifact.Containers;

namespace Verus.Artifact.Tools;

/// <summary>Runs commands in containers of an image, each in one of its own, with the files of this machine under the same paths and its network.</summary>
/// <param name="engine">The container engine.</param>
/// <param name="image">The image.</param>
/// <param name="evaluation">Absolute path of the evaluation's folder, by which its containers are found again.</param>
public sealed class ContainerCommandRunner(DockerEngine engine, AcquiredImage image, string evaluation) : ICommandRunner
{
    /// <inheritdoc/>
    public string Identity => image.Identity;

    /// <inheritdoc/>
    public async Task<int> RunAsync(BuildCommand command, CancellationToken cancellation)
    {
        // One build has a folder to itself. A container that still works in it was left by a build that was killed, and is in the way by its name.
        var name = command.Writes.Count == 0 ? Guid.NewGuid().ToString("N") : ContentHashes.OfText(string.Join('\n', command.Writes))[..32];
        var end = await engine.RunAsync(new ContainerRun($"verus-artifact-build-{name}", image, command.Arguments, command.WorkingDirectory)
        {
            Environment = image.Surround(command.Environment),
            Reads = command.Reads,
            Writes = command.Writes,
            Network = true,
            IsBuild = true,
            Labels = new Dictionary<string, string> { [ContainerRun.EvaluationLabel] = evaluation },
            Output = command.Output,
        }, cancellation).ConfigureAwait(false);
        return (int)end.ExitCode;
    }
}
