using Microsoft.Build.Execution;

namespace Verus.Artifact.Tests;

/// <summary>Tests the suite of figure 9 as MSBuild evaluates it.</summary>
public sealed class IronKvSuiteSpecs : SdkProject
{
    private const string LostRevision =
        "the revision of the final guide, since the repository has lost that of the guide of 2024-08-21";

    private static ProjectInstance Paper(params (string Name, string Value)[] properties) =>
        InProcess.Evaluate(Path.Combine(Repository, "build.proj"), properties);

    private static List<ProjectItemInstance> Experiments(ProjectInstance project) =>
        [.. project.GetItems("Experiment").Where(item => item.GetMetadataValue("Suite") == "IronKv")];

    private static string BuildOf(ProjectInstance project, string tool) =>
        project.GetItems("Tool").Single(item => item.EvaluatedInclude == tool).GetMetadataValue("Build");

    [Fact]
    public void Both_versions_are_asked_for_the_recorded_load_by_three_servers_each()
    {
        var project = Paper();
        var experiments = Experiments(project);
        experiments.Select(item => item.EvaluatedInclude).ShouldBe(["IronKv.IronFleet", "IronKv.Verus"]);
        foreach (var item in experiments.AtLeastOne())
        {
            item.GetMetadataValue("Matrix").ShouldBe("workload=g|Get,s|Set; payload_bytes=128,256,512");
            item.GetMetadataValue("Command")
                .ShouldEndWith(" nthreads=10 duration=30 workload={workload} numkeys=1000 valuesize={payload_bytes}");
            item.GetMetadataValue("ConstantColumns").ShouldEndWith("; threads=10; seconds=30; keys=1000");
            (item.GetMetadataValue("Timeout"), item.GetMetadataValue("Samples")).ShouldBe(("630", "10"));
            item.GetMetadataValue("Requires").ShouldBe("cores>=8; memory>=3GiB; disk>=2GiB");
            var servers = project.GetItems("Service")
                .Where(service => service.GetMetadataValue("Experiments") == item.EvaluatedInclude).ToList();
            servers.Select(service => service.GetMetadataValue("Command")[^19..])
                .ShouldBe(["server1.private.txt", "server2.private.txt", "server3.private.txt"], "no other server");
            servers.AtLeastOne().ShouldAllBe(service => service.GetMetadataValue("ReadyText") == "[[READY]]");
        }
    }

    [Theory]
    [InlineData("", "2GiB")]
    [InlineData("Final", "2GiB")]
    [InlineData("August", "15GiB")]
    public void A_hundred_samples_need_more_space(string guide, string space) =>
        Experiments(Paper(("Guide", guide), ("Samples", guide.Length > 0 ? "Guide" : "4"))).AtLeastOne()
            .ShouldAllBe(item =>
                item.GetMetadataValue("Requires").EndsWith($"disk>={space}", StringComparison.Ordinal));

    [Fact]
    public void Another_load_is_in_the_command_the_data_and_the_deviations()
    {
        Experiments(Paper()).Select(item => item.GetMetadataValue("Deviations")).ShouldBe(["", ";" + LostRevision]);
        foreach (var item in Experiments(Paper(("Guide", "Final"), ("IronKvThreads", "2"), ("IronKvSeconds", "4"),
            ("IronKvKeys", "50"),
            ("IronKvCores", "2"), ("IronKvPayloads", "128"))).AtLeastOne())
        {
            item.GetMetadataValue("Command").ShouldContain(" nthreads=2 duration=4 workload={workload} numkeys=50 ");
            item.GetMetadataValue("ConstantColumns").ShouldEndWith("; threads=2; seconds=4; keys=50");
            item.GetMetadataValue("Matrix").ShouldEndWith("payload_bytes=128");
            item.GetMetadataValue("Deviations").Split(';', StringSplitOptions.RemoveEmptyEntries).ShouldBe([
                "2 client threads instead of 10", "4 seconds of requests instead of 30", "50 keys instead of 1000",
                "a required minimum of 2 cores instead of 8"]);
        }
    }

    [Fact]
    public void Proofs_are_checked_while_building_when_asked_for()
    {
        foreach (var tool in new[] { "ironkv-ironfleet", "ironkv-verus" })
        {
            BuildOf(Paper(), tool).ShouldContain("--no-verify");
            BuildOf(Paper(("IronKvVerify", "true")), tool).ShouldNotContain("--no-verify");
        }
    }

    [Theory]
    [InlineData("Set1", "tool", "")]
    [InlineData("Set2", "cores: needed 100000", "-p:IronKvCores=2")]
    [InlineData("Set3", "tool", "")]
    public void A_set_says_in_one_preflight_what_it_lacks(string set, string lacking, string remedy)
    {
        WritePaper("");
        var build = InProcess.Build(Project, "Preflight", ("Request", set), ("IronKvCores", "100000"),
            ("PATH", Folder));
        build.Targets.ShouldNotContain("_AcquireSources");
        // The search path has no programs, and no source was fetched.
        build.Errors.Select(error => error.Code).Distinct().ShouldBe(["VART3003"]);
        build.Errors.Select(error => error.Message!)
            .ShouldContain(message => message.Contains(lacking, StringComparison.Ordinal)
            && message.Contains(remedy, StringComparison.Ordinal));
    }
}
