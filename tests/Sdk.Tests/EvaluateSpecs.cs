using System.Diagnostics;

namespace Verus.Artifact.Tests;

/// <summary>
/// The script <c>evaluate</c>, with stand-ins for the set-up script and for .NET that record how they were called; and
/// the file from which it learns what targets need.
/// </summary>
public sealed class EvaluateSpecs : SdkProject
{
    private string Calls => Path.Combine(Folder, "calls");

    [Theory]
    [InlineData("setup.sh sources engine vm\ndotnet build some.proj -t:Set1 -nologo -p:Samples=3", "Set1",
        "-p:Samples=3")]
    [InlineData("setup.sh sources engine vm\ndotnet build some.proj -t:set1 -nologo", "set1")]
    [InlineData("setup.sh sources engine vm deb:g++:g++\ndotnet build some.proj -t:Set1;Figure2 -nologo",
        "Set1;Figure2")]
    [InlineData("setup.sh sources\ndotnet build some.proj -t:Other -nologo", "Other")]
    [InlineData("setup.sh sources\ndotnet build some.proj -t:List -nologo")]
    [InlineData("setup.sh --dry-run sources engine vm", "--dry-run", "Set1")]
    // What cannot be measured on this machine is left out, so nothing more is set up.
    [InlineData("setup.sh sources\ndotnet build some.proj -t:Set1 -nologo -p:OnMissing=Recorded", "Set1",
        "-p:OnMissing=Recorded")]
    public void A_target_sets_up_what_it_needs(string expected, params string[] arguments)
    {
        Prepare();
        Evaluate(arguments).Succeeds();
        File.ReadAllText(Calls).Trim().ShouldBe(expected);
    }

    [Theory]
    [InlineData("-p:Samples=3")]
    [InlineData("Set1/../x")]
    [InlineData("$(reboot)")]
    public void A_wrong_call_is_refused_before_anything_is_done(string target)
    {
        Prepare();
        Evaluate(target).ExitCode.ShouldBe(2);
        File.Exists(Calls).ShouldBeFalse();
    }

    [Fact]
    public void What_failed_to_be_set_up_stops_it()
    {
        Prepare("exit 3");
        Evaluate("Set1").ExitCode.ShouldBe(3);
        File.ReadAllText(Calls).ShouldNotContain("dotnet");
    }

    [Theory]
    [InlineData("echo 4 > \"$file\"; exit 1", 4)]
    [InlineData("exit 1", 1)]
    [InlineData("exit 0", 0)]
    public void The_exit_code_tells_claims_from_other_errors(string build, int code)
    {
        Prepare(build: build);
        Evaluate("Set1").ExitCode.ShouldBe(code);
    }

    [Fact]
    public void The_needs_of_the_papers_targets_are_as_declared()
    {
        WritePaper("<ArtifactNeeds>sources</ArtifactNeeds>", place: "");
        InProcess.Build(Project, "WriteNeeds").Errors.ShouldBeEmpty();
        var needs = File.ReadAllText(Path.Combine(Folder, "eng/needs.txt"));
        needs.ShouldBe(File.ReadAllText(Path.Combine(Repository, "eng/needs.txt")),
            "dotnet build build.proj -t:WriteNeeds writes it");
        needs.ShouldContain("\nSet1: engine vm\n");
    }

    // A target is an inner build with a request of its own; WriteNeeds learns of the request from the item.
    [Fact]
    public void The_request_of_each_public_target_of_the_paper_is_the_one_that_it_evaluates()
    {
        var paper = System.Xml.Linq.XDocument.Load(
            Path.Combine(Repository, "src/Verus.Artifact.Suites.Paper/Paper.targets"));
        var requests = paper.Descendants("PublicTarget").ToDictionary(item => item.Attribute("Include")!.Value,
            item => (item.Attribute("Request") ?? item.Attribute("Include"))!.Value);
        var targets = paper.Descendants("Target").Where(target => target.Attribute("BeforeTargets") is null)
            .ToDictionary(target => target.Attribute("Name")!.Value,
            target => target.Element("MSBuild")!.Attribute("Properties")!.Value["ArtifactRequest=".Length..]);
        targets.ShouldNotBeEmpty();
        requests.OrderBy(pair => pair.Key).ShouldBe(targets.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void Needs_are_those_of_this_machine_and_not_those_of_images()
    {
        var digest = new string('a', 64);
        Write($$"""
            <ItemGroup>
              <ContainerImage Include="box" Reference="example.org/box@sha256:{{digest}}" />
              <ExternalRepo Include="code" Url="https://example.org/code" Commit="{{digest[..40]}}" />
              <Tool Include="make" DebianPackage="make" />
              <Tool Include="built" Source="code" Build="make" BuildHelpers="make" Executable="x"
                Requires="deb=libgmp-dev; disk&gt;=1GiB" />
              <Tool Include="inside" Source="code" Build="make" Executable="x" Image="box" DebianPackage="inside"
                Requires="deb=inside-dev" />
              <Experiment Include="Host" Command="{tool:built}" Requires="python=some_module; deb=data" />
              <Experiment Include="Box" Command="{tool:inside}" Executor="Docker" Image="box" />
              <Experiment Include="None" Command="true" />
              <Dataset Include="D" Experiments="Host;Box;None" />
              <PublicTarget Include="Host" />
              <PublicTarget Include="Boxes" Request="Box;None" />
              <PublicTarget Include="None" />
            </ItemGroup>
            """);
        InProcess.Build(Project, "WriteNeeds").Errors.ShouldBeEmpty();
        var lines = File.ReadAllLines(Path.Combine(Folder, "eng/needs.txt"));
        lines.ShouldContain("any:");
        lines.ShouldContain("Host: deb:data deb:libgmp-dev deb:make:make deb:python3-some-module");
        lines.ShouldContain("Boxes: engine");
        lines.ShouldContain("None:");
        lines.ShouldContain("Build: deb:data deb:libgmp-dev deb:make:make deb:python3-some-module engine");
        lines.ShouldNotContain(line => line.StartsWith("Plan:", StringComparison.Ordinal));
    }

    private void Prepare(string end = "exit 0", string build = "")
    {
        File.Copy(Path.Combine(Repository, "evaluate"), Path.Combine(Folder, "evaluate"));
        File.WriteAllText(Path.Combine(Folder, "some.proj"), "<Project />");
        var eng = Directory.CreateDirectory(Path.Combine(Folder, "eng")).FullName;
        File.WriteAllText(Path.Combine(eng, "needs.txt"),
            "# A comment.\nany: sources\nSet1: engine vm\nSet11: none\nFigure2: deb:g++:g++\n");
        var dotnet = Path.Combine(Folder, "dotnet");
        File.WriteAllText(dotnet, $$"""
            #!/bin/sh
            echo dotnet "$@" | sed 's/ -p:ArtifactExitCodeFile=[^ ]*//' >> '{{Calls}}'
            for argument; do
              case $argument in -p:ArtifactExitCodeFile=*) file=${argument#*=} ;; esac
            done
            {{build}}

            """);
        File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(eng, "setup.sh"),
            $"[ \"$1\" = --print-dotnet ] && echo '{dotnet}' && exit 0\necho setup.sh \"$@\" >> '{Calls}'\n{end}\n");
    }

    // The command is called from another folder, as users may do.
    private ProgramResult Evaluate(params string[] arguments) =>
        Programs.Run(new ProcessStartInfo("sh", [Path.Combine(Folder, "evaluate"), .. arguments])
        { WorkingDirectory = "/" });
}
