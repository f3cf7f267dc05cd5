namespace Verus.Artifact.Evaluation;

/// <summary>
/// Kinds of questions that a stage asks of the world and that only a stage can ask again; see
/// <see cref="Common.InputTrace"/>.
/// </summary>
internal static class Questions
{
    /// <summary>This machine, in its stable state.</summary>
    public const string Machine = "machine";

    /// <summary>The image that stands for a pin.</summary>
    public const string Image = "image";

    /// <summary>The place of an experiment that does not run on this machine.</summary>
    public const string Place = "place";
}
