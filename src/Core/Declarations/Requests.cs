namespace Verus.Artifact.Declarations;

/// <summary>The values of the property Request that are not names of declarations.</summary>
public static class Requests
{
    /// <summary>The whole evaluation.</summary>
    public const string Everything = "All";
}
