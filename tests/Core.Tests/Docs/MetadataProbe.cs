using System.Collections;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;

namespace Verus.Artifact.Tests.Docs;

/// <summary>Determines, by calling the parsers of items, which metadata they read.</summary>
public static class MetadataProbe
{
    /// <summary>The names of metadata that the parser of an item type reads when the metadata have the given
    /// values.</summary>
    public static IReadOnlyList<string> Asked(string type, Func<string, string?> valueOf)
    {
        var metadata = new AskedDictionary(valueOf);
        Parse(type, metadata);
        return [.. metadata.Asked.Distinct()];
    }

    /// <summary>The diagnostics of the parser of an item type for the given values.</summary>
    public static IReadOnlyList<Diagnostic> Problems(string type, Func<string, string?> valueOf) =>
        Parse(type, new AskedDictionary(valueOf));

    // All parsers are called by the model, which reports the problems that they find.
    private static IReadOnlyList<Diagnostic> Parse(string type, AskedDictionary metadata)
    {
        try
        {
            EvaluationModel.Parse([new DeclarationItem(type, "probe", metadata, () => SourceLocation.None)]);
            return [];
        }
        catch (DiagnosticException problem)
        {
            return problem.Diagnostics;
        }
    }

    private sealed class AskedDictionary(Func<string, string?> valueOf) : IReadOnlyDictionary<string, string>
    {
        public List<string> Asked { get; } = [];
        public int Count => 0;
        public IEnumerable<string> Keys => [];
        public IEnumerable<string> Values => [];
        public string this[string key] => valueOf(key)!;
        public bool ContainsKey(string key) => TryGetValue(key, out _);
        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
            Enumerable.Empty<KeyValuePair<string, string>>().GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public bool TryGetValue(string key, out string value)
        {
            Asked.Add(key);
            value = valueOf(key) ?? "";
            return valueOf(key) is not null;
        }
    }
}
