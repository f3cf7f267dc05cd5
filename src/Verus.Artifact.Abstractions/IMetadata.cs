using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Extensions;

/// <summary>
/// The metadata of the item that is being read. Metadata that nobody reads is most likely misspelt and is reported, so
/// an extension must read all of its own.
/// </summary>
public interface IMetadata
{
    /// <summary>The name of the item, its Include.</summary>
    string ItemName { get; }

    /// <summary>The trimmed text of metadata; null if it is absent or empty.</summary>
    string? Text(string name);

    /// <summary>The text of required metadata; after an error, empty if it is missing.</summary>
    string Required(string name);

    /// <summary>The values of <c>value; value</c>, without their quotes.</summary>
    IReadOnlyList<string> List(string name);

    /// <summary>The pairs of <c>name=value; name=value</c>, without their quotes.</summary>
    IReadOnlyDictionary<string, string> Pairs(string name);

    /// <summary>true or false; <paramref name="otherwise"/> when absent.</summary>
    bool Flag(string name, bool otherwise = false);

    /// <summary>A whole number of at least <paramref name="least"/>; null when absent.</summary>
    int? WholeNumber(string name, int least = 0);

    /// <summary>A finite number with a decimal point; null if absent.</summary>
    double? Number(string name);

    /// <summary>A size above 0 in bytes, such as 512MiB; null when absent.</summary>
    long? Size(string name);

    /// <summary>A duration above 0 in seconds, such as 90, 500ms or 10min; null when absent.</summary>
    double? Seconds(string name);

    /// <summary>The arguments of a command, quoted as in a POSIX shell; empty if absent.</summary>
    IReadOnlyList<string> Command(string name);

    /// <summary>Reports a value that is not what was expected, as an error at the item.</summary>
    /// <param name="name">The metadata.</param>
    /// <param name="value">Its value, or the part of it that is wrong.</param>
    /// <param name="expected">What was expected, such as "a number of seconds above 0".</param>
    void Bad(string name, string value, string expected);

    /// <summary>Reports a diagnostic of the extension's own at the item.</summary>
    /// <param name="rule">Its kind, with a code of the extension's own.</param>
    /// <param name="arguments">What its message is filled with.</param>
    void Report(DiagnosticRule rule, params object?[] arguments);
}
