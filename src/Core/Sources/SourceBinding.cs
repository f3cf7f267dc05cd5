namespace Verus.Artifact.Sources;

/// <summary>A source in the form that builds of tools and experiments use.</summary>
/// <param name="Path">Absolute path of the checkout or file.</param>
/// <param name="Identity">The identity of the source's content: a commit or a hash.</param>
public sealed record SourceBinding(string Path, string Identity);
