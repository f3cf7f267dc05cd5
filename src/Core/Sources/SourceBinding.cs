namespace Verus.Artifact.Sources;

/// <summary>A source as builds of tools and experiments use it.</summary>
/// <param name="Path">Absolute path of the checkout or file.</param>
/// <param name="Identity">What makes its content: a commit or a hash.</param>
public sealed record SourceBinding(string Path, string Identity);
