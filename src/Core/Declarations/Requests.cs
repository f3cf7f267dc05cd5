namespace Verus.Artifact.Declarations;

/// <summary>Requests that are not names of declarations (property Request).</summary>
public static class Requests
{
    /// <summary>The whole evaluation.</summary>
    public const string Everything = "All";
}
