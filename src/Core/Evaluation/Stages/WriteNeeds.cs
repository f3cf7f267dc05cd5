using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>
/// Writes what each target needs of a machine into a file of the project, which <c>evaluate</c> reads before .NET is
/// there.
/// </summary>
/// <param name="context">The call.</param>
public sealed class WriteNeeds(EvaluationContext context)
{
    /// <summary>Path of the file, relative to the project's folder.</summary>
    public const string File = "eng/needs.txt";

    private const string Head = """
        # What each target needs of a machine, in the words of eng/setup.sh. Written by 'dotnet build -t:WriteNeeds', and
        # read by ./evaluate. 'any' is what all of them need.

        """;

    /// <summary>Writes the file.</summary>
    /// <param name="targets">The public targets, each with the request that it evaluates; an empty request for a target
    /// whose name may be one.</param>
    /// <param name="always">What every target needs.</param>
    /// <param name="log">Receives a message.</param>
    /// <exception cref="DiagnosticException">A declaration is wrong, or the file cannot be written.</exception>
    public void Run(IEnumerable<(string Target, string Request)> targets, IReadOnlyList<string> always, IBuildLog log)
    {
        var (model, needs) = (context.Model, new MachineNeeds(context.Model));
        var known = Selection.NamesOf(model).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var lines = targets.Select(one => (one.Target, Request: one.Request.Length > 0 ? one.Request : one.Target))
            .Where(one => one.Request != one.Target || known.Contains(one.Target))
            .Select(one => (one.Target, Words: needs.Of(one.Request)))
            .Prepend((Target: "any", Words: always))
            .Select(one => $"{one.Target}: {string.Join(' ', one.Words)}".TrimEnd());
        var path = Path.Combine(context.Options.Layout.ProjectDirectory, File);
        AtomicFile.Write(path, Head + string.Concat(lines.Select(line => line + "\n")));
        log.Info($"Written: {File}");
    }
}
