using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Extensions;

/// <summary>
/// The metadata of the item that is being read. Metadata that are not read are most likely misspelt and are reported,
/// so an extension must read all of its metadata.
/// </summary>
public interface IMetadata
{
    /// <summary>The name of the item, which is its Include.</summary>
    string ItemName { get; }

    /// <summary>The trimmed text of metadata; null if the metadata are absent or empty.</summary>
    string? Text(string name);

    /// <summary>The text of required metadata; if they are missing, an error is reported, and the text is
    /// empty.</summary>
    string Required(string name);

    /// <summary>The values of <c>value; value</c>, without their quotes.</summary>
    IReadOnlyList<string> List(string name);

    /// <summary>The pairs of <c>name=value; name=value</c>, without their quotes.</summary>
    IReadOnlyDictionary<string, string> Pairs(string name);

    /// <summary>The value true or false; <paramref name="otherwise"/> when the metadata are absent.</summary>
    bool Flag(string name, bool otherwise = false);

    /// <summary>A whole number of at least <paramref name="least"/>; null when the metadata are absent.</summary>
    int? WholeNumber(string name, int least = 0);

    /// <summary>A finite number with a decimal point; null when the metadata are absent.</summary>
    double? Number(string name);

    /// <summary>A size above 0 in bytes, such as 512MiB; null when the metadata are absent.</summary>
    long? Size(string name);

    /// <summary>A duration above 0 in seconds, such as 90, 500ms or 10min; null when the metadata are absent.</summary>
    double? Seconds(string name);

    /// <summary>The arguments of a command, quoted as in a POSIX shell; empty when the metadata are absent.</summary>
    IReadOnlyList<string> Command(string name);

    /// <summary>Reports a value of metadata that is not of the expected form, as an error at the item.</summary>
    /// <param name="name">The metadata.</param>
    /// <param name="value">The value of the metadata, or the part of it that is wrong.</param>
    /// <param name="expected">A description of the expected form, such as "a number of seconds above 0".</param>
    void Bad(string name, string value, string expected);

    /// <summary>Reports a diagnostic of the extension's own at the item.</summary>
    /// <param name="rule">The rule of the diagnostic, with a code of the extension's own.</param>
    /// <param name="arguments">The arguments that fill the format of the rule's message.</param>
    void Report(DiagnosticRule rule, params object?[] arguments);
}
