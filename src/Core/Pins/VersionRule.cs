using NuGet.Versioning;

namespace Verus.Artifact.Pins;

/// <summary>
/// The versions of a tool that are accepted: a NuGet range, or a single version, which means exactly that version.
/// </summary>
public sealed class VersionRule
{
    private readonly VersionRange? range;

    private VersionRule(string text, VersionRange? range)
    {
        Text = text;
        this.range = range;
    }

    /// <summary>The text of the rule as it was written.</summary>
    public string Text { get; }

    /// <summary>The only version that the rule accepts, as it was written; null when the rule is a range.</summary>
    public string? Exact => Text[0] is '[' or '(' || Text.Contains('*', StringComparison.Ordinal) ? null : Text;

    /// <summary>
    /// Reads a version rule. Unlike in NuGet, <c>4.3.0</c> does not mean "at least", because a pin is exact. A version
    /// that NuGet cannot read (such as <c>0.2024.08.21.abc1234</c>) is compared as text. For a text that is neither a
    /// version nor a range, the result is null.
    /// </summary>
    public static VersionRule? Parse(string text)
    {
        text = text.Trim();
        if (text.Length == 0)
            return null;
        if (text[0] is '[' or '(' || text.Contains('*', StringComparison.Ordinal))
            return VersionRange.TryParse(text, out var range) ? new(text, range) : null;
        if (NuGetVersion.TryParse(text, out var version))
            return new(text, new VersionRange(version, true, version, true));
        return char.IsAsciiDigit(text[0]) && !text.Any(char.IsWhiteSpace) ? new(text, null) : null;
    }

    /// <summary>
    /// Whether the rule accepts a version that a tool printed; build metadata after <c>+</c> is ignored.
    /// </summary>
    public bool Accepts(string version) => range is null
        ? string.Equals(version, Text, StringComparison.Ordinal)
        : NuGetVersion.TryParse(version, out var parsed) && range.Satisfies(parsed);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
