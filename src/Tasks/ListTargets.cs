using Microsoft.Build.Framework;
using Verus.Artifact.Tasks.Logging;

namespace Verus.Artifact.Tasks;

/// <summary>Lists every public target of the SDK, one per line.</summary>
[MSBuildMultiThreadableTask]
public sealed class ListTargets : Microsoft.Build.Utilities.Task
{
    /// <summary>The items PublicTarget, which have the metadata Description.</summary>
    [Required]
    public ITaskItem[] Targets { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var lines = new TerminalLines(BuildEngine);
        var width = Targets.Select(target => target.ItemSpec.Length).DefaultIfEmpty().Max();
        foreach (var target in Targets)
            lines.Write($"  -t:{target.ItemSpec.PadRight(width)}  {target.GetMetadata("Description")}");
        return true;
    }
}
