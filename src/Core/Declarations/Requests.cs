namespace Verus.Artifact.Declarations;

/// <summary>What can be asked for beside the names of what is declared (property Request).</summary>
public static class Requests
{
    /// <summary>All of an evaluation.</summary>
    public const string Everything = "All";
}
