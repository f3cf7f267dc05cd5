using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>
/// What stood in the way of pins that could not be brought here, each told apart: one that failed does not keep the
/// others back.
/// </summary>
public sealed class AcquisitionProblems
{
    private readonly Dictionary<IDeclaration, DiagnosticException> problems = new(ReferenceEqualityComparer.Instance);

    /// <summary>The pins that could not be brought, with what stood in the way, in the order of their files.</summary>
    public IReadOnlyList<(IDeclaration Pin, DiagnosticException Problem)> All
    {
        get
        {
            lock (problems)
                return [.. problems.OrderBy(pair => pair.Key.Item.Where.File, StringComparer.Ordinal)
                    .ThenBy(pair => pair.Key.Item.Where.Line).Select(pair => (pair.Key, pair.Value))];
        }
    }

    /// <summary>Adds a pin that could not be brought.</summary>
    public void Add(IDeclaration pin, DiagnosticException problem)
    {
        lock (problems)
            problems[pin] = problem;
    }

    /// <summary>Ends with all problems, if there are any.</summary>
    /// <exception cref="DiagnosticException">There are.</exception>
    public void ThrowIfAny()
    {
        if (All is { Count: > 0 } all)
            throw new DiagnosticException([.. all.SelectMany(pair => pair.Problem.Diagnostics)]);
    }

    /// <summary>Ends with all problems but those with downloads that may be missing, which are told.</summary>
    /// <exception cref="DiagnosticException">There are others.</exception>
    public void ThrowUnlessOptional(IBuildLog log)
    {
        lock (problems)
        {
            foreach (var (pin, problem) in All.Where(pair => pair.Pin is ExternalFile { Optional: true }))
            {
                log.Report(PinRules.OptionalGone.At(pin.Item.Where, pin.Name, problem.Diagnostics[0].Message));
                problems.Remove(pin);
            }
        }
        ThrowIfAny();
    }
}
