namespace Verus.Artifact.Evaluation;

/// <summary>
/// The kinds of questions about the outside world that a stage asks and that only a stage can ask again; see
/// <see cref="Common.InputTrace"/>.
/// </summary>
internal static class Questions
{
    /// <summary>A question about the stable state of this machine.</summary>
    public const string Machine = "machine";

    /// <summary>A question about the image that a pin resolves to.</summary>
    public const string Image = "image";

    /// <summary>A question about the place of an experiment that does not run on this machine.</summary>
    public const string Place = "place";
}
