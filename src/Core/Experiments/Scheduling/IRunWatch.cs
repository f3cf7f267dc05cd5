using Verus.Artifact.Experiments.Cells;
using Verus.Artifact.Experiments.Samples;

namespace Verus.Artifact.Experiments.Scheduling;

/// <summary>Follows a run while it takes samples. No sample is being timed while a watcher is called, so a watcher must
/// be quick.</summary>
public interface IRunWatch
{
    /// <summary>A run begins, or a sample has ended.</summary>
    /// <param name="cell">The cell of the sample; null when the run begins.</param>
    /// <param name="sample">The sample; null when the run begins.</param>
    /// <param name="done">The number of samples that the run has taken.</param>
    /// <param name="total">The number of samples that the run takes, as far as it is known.</param>
    /// <param name="left">Words on the time that is left, which begin with a comma, or an empty text.</param>
    void Saw(Cell? cell, SampleRecord? sample, int done, int total, string left);
}
