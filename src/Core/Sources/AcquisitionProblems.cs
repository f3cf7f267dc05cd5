using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>
/// Collects the reasons why pins could not be fetched, so that a pin that fails does not stop the others.
/// </summary>
public sealed class AcquisitionProblems
{
    private readonly Dictionary<IDeclaration, DiagnosticException> problems = new(ReferenceEqualityComparer.Instance);

    /// <summary>The pins that could not be fetched, each with its problem, in the order of their files.</summary>
    public IReadOnlyList<(IDeclaration Pin, DiagnosticException Problem)> All
    {
        get
        {
            lock (problems)
                return [.. problems.OrderBy(pair => pair.Key.Item.Where.File, StringComparer.Ordinal)
                    .ThenBy(pair => pair.Key.Item.Where.Line).Select(pair => (pair.Key, pair.Value))];
        }
    }

    /// <summary>Adds a pin that could not be fetched.</summary>
    public void Add(IDeclaration pin, DiagnosticException problem)
    {
        lock (problems)
            problems[pin] = problem;
    }

    /// <summary>Throws an exception with all problems, if there are any.</summary>
    /// <exception cref="DiagnosticException">The collection contains problems.</exception>
    public void ThrowIfAny()
    {
        if (All is { Count: > 0 } all)
            throw new DiagnosticException([.. all.SelectMany(pair => pair.Problem.Diagnostics)]);
    }

    /// <summary>Throws an exception with all problems except those of optional downloads, which are logged.</summary>
    /// <exception cref="DiagnosticException">The collection contains problems other than those of optional
    /// downloads.</exception>
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
