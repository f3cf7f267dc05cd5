using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Experiments.Cells;

/// <summary>A mistake in an axis that has a diagnostic rule of its own.</summary>
/// <param name="rule">The rule, whose message begins with the name of the experiment.</param>
/// <param name="arguments">The arguments of the message that follow the name of the experiment.</param>
internal sealed class AxisProblem(DiagnosticRule rule, params object[] arguments)
    : FormatException(rule.At(SourceLocation.None, ["", .. arguments]).Message)
{
    /// <summary>The rule.</summary>
    public DiagnosticRule Rule => rule;

    /// <summary>The arguments of the message that follow the name of the experiment.</summary>
    public IReadOnlyList<object> Arguments => arguments;
}
