using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Evaluation.Stages;
using Verus.Artifact.Experiments.Samples;
using Verus.Artifact.Experiments.Scheduling;
using Verus.Artifact.Tests.Experiments;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>The result of a call: how it ended.</summary>
/// <param name="NothingToDo">Whether the call found everything up to date.</param>
/// <param name="Errors">The errors that the call ended with.</param>
public sealed record CallResult(bool NothingToDo, IReadOnlyList<Diagnostic> Errors);

/// <summary>A whole evaluation in a folder of its own, whose stages are called in the same order as by the
/// targets.</summary>
public abstract class EvaluationFixture : EngineFixture
{
    protected List<DeclarationItem> Items { get; } = [];

    protected virtual string RunnerFile => Runner;

    protected EvaluationOptions Options { get; set; }

    protected EvaluationFixture() => Options = new EvaluationOptions
    {
        ProjectFile = Path.Combine(Folder, "test.proj"),
        Layout = Layout,
        Runner = Runner,
        Policy = new SamplePolicy(2),
        SearchPath = [Path.Combine(Folder, "bin"), "/usr/bin", "/bin"],
    };

    protected async Task<CallResult> BuildAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var opened = await OpenEvaluation.OpenAsync(Options with { Runner = RunnerFile }, Items, Purpose.Evaluate,
            Log, cancellation);
        if (opened is not WorkingEvaluation working)
            return new CallResult(true, []);
        var context = working.Context;
        try
        {
            var found = await new CheckMachine(context).RunAsync(Log, cancellation);
            var inputs = await new AcquireSources(context).RunAsync(found, Log, cancellation);
            var tools = await new ProvisionTools(context).RunAsync(inputs, Log, cancellation);
            var sampled = await new RunExperiments(context).RunAsync(inputs, tools, Log, cancellation);
            var data = await new WriteDatasets(context).RunAsync(sampled, Log, cancellation);
            var figures = await new DrawFigures(context).RunAsync(data, Log, cancellation);
            var claims = await new CheckClaims(context).RunAsync(data, figures.Gaps, cancellation);
            var report = await new WriteReport(context).RunAsync(new EvaluationResults(inputs, tools, sampled, data,
                figures, claims), Log);
            new FinishEvaluation(working).Run(sampled, report, (null, false), Log);
            return new CallResult(false, []);
        }
        catch (DiagnosticException problem)
        {
            return new CallResult(false, problem.Diagnostics);
        }
    }

    protected async Task<SamplePlan> PlanAsync()
    {
        using var opened = await OpenEvaluation.OpenAsync(Options with { Runner = RunnerFile }, Items, Purpose.Read,
            Log, TestContext.Current.CancellationToken);
        return await new PlanSamples(((ReadingEvaluation)opened).Context).RunAsync(Log,
            TestContext.Current.CancellationToken);
    }

    protected IReadOnlyList<SampleRecord> Samples() => Journal.Read(Journal.FileIn(Layout), Log).Samples;

    protected void Declare(string type, string name, params (string Name, string Value)[] metadata)
    {
        Items.RemoveAll(item => item.Type == type && item.Name == name);
        Items.Add(Item(type, name, metadata));
    }
}
