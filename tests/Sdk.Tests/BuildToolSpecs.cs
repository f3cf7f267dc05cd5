namespace Verus.Artifact.Tests;

/// <summary>Tests the message of a build in which the SDK's tasks cannot be loaded.</summary>
public sealed class BuildToolSpecs : SdkProject
{
    [Theory]
    [InlineData("_ArtifactDotNet", "9", "this is .NET 9")]
    [InlineData("_ArtifactDotNet", "4", "this is .NET 4")]
    [InlineData("_ArtifactBuildTool", "Full", "this is the MSBuild of Visual Studio or Mono")]
    [InlineData("_ArtifactIsLinux", "false", "this system is ")]
    [InlineData("_ArtifactProcessor", "Arm64", " on Arm64")]
    public void It_is_one_coded_sentence_before_any_task(string property, string value, string expected)
    {
        Write("<ItemGroup><Experiment Include='E' Command='true' /></ItemGroup>");
        foreach (var target in new[] { "Build", "Plan", "List", "Clean" })
        {
            var build = InProcess.Build(Project, target, (property, value));
            var error = build.Errors.ShouldHaveSingleItem(target);
            error.Code.ShouldBe("VART0050");
            error.Message!.ShouldContain(expected);
        }
    }

    [Fact]
    public void A_newer_dotnet_is_no_obstacle()
    {
        Write("<ItemGroup><Experiment Include='E' Command='true' Samples='1' /></ItemGroup>");
        InProcess.Build(Project, "Plan", ("_ArtifactDotNet", "11")).Errors.ShouldBeEmpty();
    }
}
