using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;

namespace Verus.Artifact.Tests.Evaluation;

/// <summary>Tests that declarations which cannot be carried out are refused before anything starts.</summary>
public sealed class DeclarationSpecs
{
    [Theory]
    [InlineData("Host")]
    [InlineData("Slurm")]
    public void An_executor_without_an_image_needs_no_more_than_its_name(string executor) =>
        Problems("Experiment", ("Command", "true"), ("Executor", executor)).ShouldBeEmpty();

    [Theory]
    [InlineData("[4.3,", false)]
    [InlineData("[5.0,4.3]", false)]
    [InlineData("4.3.0", true)]
    [InlineData("[4.3,5.0)", true)]
    [InlineData("0.2024.08.21.abc1234", true)]
    public void A_pinned_version_must_be_a_version_or_a_range(string version, bool isGood) =>
        Problems("ToolPin", ("Version", version)).Select(problem => problem.Rule)
            .ShouldBe(isGood ? [] : [DeclarationRules.BadMetadata]);

    private static IReadOnlyList<Diagnostic> Problems(string type, params (string Name, string Value)[] metadata)
    {
        var item = new DeclarationItem(type, "x",
            metadata.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase),
            () => SourceLocation.None);
        try
        {
            EvaluationModel.Parse([item]);
            return [];
        }
        catch (DiagnosticException problem)
        {
            return problem.Diagnostics;
        }
    }
}
