using Verus.Artifact.Diagnostics;
using Verus.Artifact.Evaluation;
using Verus.Artifact.Machines;
using Verus.Artifact.Tests.Evaluation;

namespace Verus.Artifact.Tests.Machines;

/// <summary>Which part of a request is evaluated where.</summary>
public sealed class SentPartSpecs : EvaluationFixture
{
    public SentPartSpecs()
    {
        foreach (var name in new[] { "One", "Two", "Three" })
        {
            Declare("Experiment", name, ("Command", "true"), ("Suite", name == "Three" ? "Last" : "First"),
                ("ConstantColumns", "suite=" + name));
            Declare("Dataset", name + "Data", ("Experiments", name));
            Declare("Figure", name + "Figure", ("Kind", "GroupedBars"), ("Datasets", name + "Data"), ("X", "suite"),
                ("Set", name == "Three" ? "Set2" : "Set1"));
        }
        Declare("Figure", "Both", ("Kind", "GroupedBars"), ("Datasets", "OneData;ThreeData"), ("X", "suite"));
    }

    [Fact]
    public void Without_an_address_everything_is_evaluated_here()
    {
        Declare("Machine", "near", ("Request", "Set1"), ("Address", ""));
        Parts("").ShouldBeEmpty();
    }

    [Fact]
    public void A_machine_gets_its_part_of_the_request_with_the_figures_that_need_nothing_else()
    {
        Declare("Machine", "far", ("Request", "Set1"), ("Address", "user@far"));
        Parts("").ShouldBe(["far: OneFigure;TwoFigure for One, Two"]);
        Parts("Set2").ShouldBeEmpty();
        Parts("TwoFigure;ThreeFigure").ShouldBe(["far: TwoFigure for Two"]);
        Parts("Both").ShouldBe(["far: One for One"]);
        Here("Both").ShouldBe(["Three"]);
        Declare("Machine", "other", ("Request", "Last"), ("Address", "ssh://other:22"));
        Parts("Both").ShouldBe(["far: One for One", "other: Three for Three"]);
        Here("").ShouldBeEmpty();
        // On the machine itself, no address counts.
        Options = Options with { OnMachine = "far" };
        Parts("").ShouldBeEmpty();
    }

    [Fact]
    public void An_experiment_is_sent_to_one_machine_only()
    {
        Declare("Machine", "far", ("Request", "Set1"), ("Address", "user@far"));
        Declare("Machine", "all", ("Address", "user@all"));
        Problem().Rule.ShouldBe(MachineRules.TwoMachines);
    }

    [Fact]
    public void What_uses_the_output_of_another_experiment_is_where_that_is()
    {
        Declare("Experiment", "Three", ("Command", "cat {output:One}"), ("Suite", "Last"),
            ("ConstantColumns", "suite=Three"));
        Declare("Machine", "far", ("Request", "Last"), ("Address", "user@far"));
        // The request of the machine contains what it needs.
        Parts("ThreeFigure").ShouldBe(["far: ThreeFigure for One, Three"]);
        Declare("Machine", "other", ("Request", "One"), ("Address", "user@other"));
        Problem().Rule.ShouldBe(MachineRules.TwoMachines);
        Declare("Machine", "far", ("Request", "One"), ("Address", "user@far"));
        Items.RemoveAll(item => item.Name == "other");
        var problem = Problem();
        problem.Rule.ShouldBe(MachineRules.TornApart);
        problem.Message.ShouldContain("on machine 'far', and it is evaluated on this machine itself");
    }

    [Theory]
    [InlineData("node", false)]
    [InlineData("user@node.example.org", false)]
    [InlineData("ssh://user@node:2222", false)]
    [InlineData("[::1]", false)]
    [InlineData("./folder", true)]
    [InlineData("/srv/it's/evaluation", true)]
    public void An_address_is_a_destination_of_ssh_or_a_folder(string address, bool isFolder)
    {
        Declare("Machine", "far", ("Address", address));
        EvaluationModel.Parse(Items).OtherMachines.ShouldHaveSingleItem().IsFolder.ShouldBe(isFolder);
    }

    [Theory]
    [InlineData("-oProxyCommand=touch x")]
    [InlineData("user@-oProxyCommand")]
    [InlineData("ssh://-x")]
    [InlineData("a b")]
    [InlineData("$(reboot)")]
    [InlineData("node;reboot")]
    [InlineData("'node'")]
    public void An_address_is_never_an_option_or_a_command(string address)
    {
        Declare("Machine", "far", ("Address", address));
        Should.Throw<DiagnosticException>(() => EvaluationModel.Parse(Items)).Diagnostics
            .Select(one => one.Rule.Code).Distinct().ShouldBe(["VART0002"]);
    }

    private List<string> Parts(string request) => [.. Context(request).Sent.Select(part =>
        $"{part.Machine.Name}: {part.Request} for {string.Join(", ", part.Experiments.Select(one => one.Name))}")];

    private List<string> Here(string request) =>
        [.. Context(request).Here.Selection.Experiments.Select(one => one.Name)];

    private Diagnostic Problem() =>
        Should.Throw<DiagnosticException>(() => Context("")).Diagnostics.ShouldHaveSingleItem();

    private EvaluationContext Context(string request) => OpenEvaluation.MakeContext(Options with { Request = request },
        Items, isReading: true, Verus.Artifact.Experiments.Tuning.MachineTuning.Here(Runner),
        TestContext.Current.CancellationToken);
}
