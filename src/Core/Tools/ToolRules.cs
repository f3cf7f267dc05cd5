using Verus.Artifact.Diagnostics;
using static Verus.Artifact.Diagnostics.Severity;

namespace Verus.Artifact.Tools;

/// <summary>Diagnostics about tools and what a machine lacks: VART3xxx.</summary>
[DiagnosticRules]
public static class ToolRules
{
    /// <summary>A version or range cannot be read.</summary>
    public static readonly DiagnosticRule BadVersionRule = new("VART3001", Error, "A tool's version rule cannot be read",
        "Tool '{0}': '{1}' is neither a version nor a range. Write 4.3.0 (exactly this one) or [4.3,5.0).");

    /// <summary>A version pattern is not a regular expression with one group.</summary>
    public static readonly DiagnosticRule BadVersionPattern = new("VART3002", Error, "A tool's version pattern does not fit",
        "Tool '{0}': VersionPattern '{1}' must be a regular expression with one group, the version.");

    /// <summary>What the machine lacks, all at once.</summary>
    public static readonly DiagnosticRule Shortfalls = new("VART3003", Error, "The machine lacks what was asked for",
        "This machine lacks {0} thing(s) that the requested targets need:{1}");
}
