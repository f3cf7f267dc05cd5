using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Machines;

namespace Verus.Artifact.Evaluation.Stages;

/// <summary>The parts of the request that were sent to machines.</summary>
/// <param name="Problems">The machines on which nothing could be started, by name, each with the reason.</param>
public sealed record StartedMachines(IReadOnlyDictionary<string, DiagnosticException> Problems);

/// <summary>
/// The stage that sends parts of the request to other machines and starts them there, before anything long is done on
/// this machine.
/// </summary>
/// <param name="context">The call.</param>
/// <param name="call">What is sent.</param>
public sealed class StartMachines(EvaluationContext context, Func<MachineCall> call)
{
    /// <summary>Starts all parts side by side.</summary>
    /// <exception cref="DiagnosticException">A machine cannot be reached or cannot evaluate; nothing was started
    /// then.</exception>
    public async Task<StartedMachines> RunAsync(IBuildLog log, CancellationToken cancellation)
    {
        var problems = new System.Collections.Concurrent.ConcurrentDictionary<string, DiagnosticException>();
        var sent = context.Sent.Where(part => !part.Machine.IsFolder).ToList();
        if (sent.Count == 0)
            return new StartedMachines(problems);
        var bundle = await BundleAsync(log, cancellation).ConfigureAwait(false);
        var what = call();
        await using var parts = new MachineParts([.. sent.Select(part => new MachinePart(Order(part, bundle), what,
            context.Options.Layout, context.Hashes, context.Options.SearchPath, log))]);
        await parts.ConnectAsync(cancellation).ConfigureAwait(false);
        await Task.WhenAll(sent.Zip(parts.All, async (part, machine) =>
        {
            try
            {
                await machine.StartAsync(cancellation).ConfigureAwait(false);
            }
            catch (DiagnosticException problem) when (context.Options.OnMissing != OnMissing.FailFast)
            {
                problems[part.Machine.Name] = problem;
            }
        })).ConfigureAwait(false);
        return new StartedMachines(problems);
    }

    /// <summary>What a machine is to evaluate.</summary>
    internal MachineOrder Order(SentPart part, string? bundle) => new(part.Machine, part.Request,
        // What cannot be measured on the machine as it is will be left out.
        context.Options.OnMissing is OnMissing.Skip or OnMissing.Recorded ? []
            : new MachineNeeds(context.Model).Of(part.Request))
    { Bundle = bundle };

    // Without a network, the machine gets all that this machine has of the request's inputs.
    internal async Task<string?> BundleAsync(IBuildLog log, CancellationToken cancellation)
    {
        var options = context.Options;
        if (options.Bundle is { } given)
            return options.Layout.Resolve(given);
        if (!options.Offline)
            return null;
        var path = Path.Combine(options.Layout.Machines, "bundle.tar.gz");
        await new WriteBundle(context).RunAsync(path, log, cancellation).ConfigureAwait(false);
        return path;
    }
}

/// <summary>The connections to the machines of a stage.</summary>
/// <param name="parts">The parts.</param>
internal sealed class MachineParts(IReadOnlyList<MachinePart> parts) : IAsyncDisposable
{
    /// <summary>The parts.</summary>
    public IReadOnlyList<MachinePart> All => parts;

    /// <summary>Connects to all machines.</summary>
    /// <exception cref="DiagnosticException">Some machines cannot be reached or cannot evaluate; all of them are
    /// named.</exception>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        var problems = new System.Collections.Concurrent.ConcurrentBag<Diagnostic>();
        await Task.WhenAll(parts.Select(async part =>
        {
            try
            {
                await part.ConnectAsync(cancellation).ConfigureAwait(false);
            }
            catch (DiagnosticException problem)
            {
                foreach (var one in problem.Diagnostics)
                    problems.Add(one);
            }
        })).ConfigureAwait(false);
        if (!problems.IsEmpty)
            throw new DiagnosticException([.. problems.OrderBy(one => one.Message, StringComparer.Ordinal)]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var part in parts)
            await part.DisposeAsync().ConfigureAwait(false);
    }
}
