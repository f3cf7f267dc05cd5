using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests;

/// <summary>A log that collects the messages of the core.</summary>
public sealed class CollectedLog : IBuildLog
{
    private readonly Lock gate = new();

    public List<string> Lines { get; } = [];

    public List<Diagnostic> Reported { get; } = [];

    public void Info(string message) => Add(message);

    public void Detail(string message) => Add(message);

    public void Progress(string message) => Add(message);

    public void Report(Diagnostic diagnostic)
    {
        lock (gate)
            Reported.Add(diagnostic);
    }

    private void Add(string message)
    {
        lock (gate)
            Lines.Add(message);
    }
}
