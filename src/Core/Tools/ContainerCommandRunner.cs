using Verus.Artifact.Common;
using Verus.Artifact.Containers;

namespace Verus.Artifact.Tools;

/// <summary>
/// Runs commands in containers of an image, each in a separate container, as the image's user, with the network of this
/// machine. The files that the command reads and writes have the same paths inside the container.
/// </summary>
/// <param name="engine">The container engine.</param>
/// <param name="image">The image.</param>
/// <param name="evaluation">Absolute path of the evaluation's folder, which identifies its containers.</param>
/// <param name="runner">Absolute path of the runner, which changes the owners of files.</param>
public sealed class ContainerCommandRunner(DockerEngine engine, AcquiredImage image, string evaluation, string runner)
    : ICommandRunner
{
    private readonly Dictionary<string, string> labels = new() { [ContainerRun.EvaluationLabel] = evaluation };

    /// <inheritdoc/>
    public string Identity => image.Identity;

    /// <inheritdoc/>
    public async Task<int> RunAsync(BuildCommand command, CancellationToken cancellation)
    {
        // While the image's user is root, the folders of a build belong to root, because programs such as git refuse
        // folders that belong to another user.
        var owner = command.Writes.Count == 0
            ? null : await engine.OwnerOfFilesAsync(image, cancellation).ConfigureAwait(false);
        try
        {
            if (owner is not null)
                await engine.GiveAsync(runner, image, "0:0", command.Writes, labels).ConfigureAwait(false);
            return await StartAsync(command, cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (owner is not null)
                await engine.GiveAsync(runner, image, owner, command.Writes, labels).ConfigureAwait(false);
        }
    }

    private async Task<int> StartAsync(BuildCommand command, CancellationToken cancellation)
    {
        // A folder belongs to one build at a time. A container that still works in the folder was left by a killed
        // build, and is removed because its name would conflict.
        var name = command.Writes.Count == 0
            ? Guid.NewGuid().ToString("N") : ContentHashes.OfText(string.Join('\n', command.Writes))[..32];
        var end = await engine.RunAsync(new ContainerRun($"verus-artifact-build-{name}", image, command.Arguments,
            command.WorkingDirectory)
        {
            Environment = image.Surround(WithHome(command)),
            Reads = command.Reads,
            Writes = command.Writes,
            Network = true,
            IsBuild = true,
            Labels = labels,
            Output = command.Output,
        }, cancellation).ConfigureAwait(false);
        return (int)end.ExitCode;
    }

    // Root's home folder is in the image, with programs that were installed there; a user who is not in the image has
    // no home folder.
    private IReadOnlyDictionary<string, string> WithHome(BuildCommand command)
    {
        var home = image.IsOfRoot ? "/root" : (command.Writes.Count > 0 ? command.Writes[0] : "/tmp");
        return command.Environment.ContainsKey("HOME") || image.Environment.ContainsKey("HOME") ? command.Environment
            : new Dictionary<string, string>(command.Environment) { ["HOME"] = home };
    }
}
