using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests;

/// <summary>Targets on the command line: those that do not exist, and help.</summary>
public sealed partial class CommandLineSpecs : SdkProject
{
    public CommandLineSpecs() => Write("""
        <ItemGroup><Experiment Include='Quick' Command='true' Samples='1' /></ItemGroup>
        <Target Name='Reprint' />
        """);

    [Theory]
    [InlineData("-t:Reprot", " Did you mean -t:Report?")]
    [InlineData("/target:clam", " Did you mean -t:Clean?")]
    [InlineData("--target:List;preflihgt", " Did you mean -t:Preflight?")]
    [InlineData("-t:SomethingElse", "")]
    public void A_target_that_does_not_exist_is_answered_with_the_nearest_name(string argument, string answer)
    {
        var build = Build(argument).Fails("VART0158");
        // MSBuild repeats errors at the end.
        Regex.Count(build.Output.Split("Build FAILED")[0], "error VART0158").ShouldBe(1, build.Output);
        build.Output.ShouldContain($"{answer} 'dotnet build -t:Help'");
        build.Output.ShouldNotContain("MSB4057");
    }

    [Theory]
    [InlineData("-t:Reprint")]
    [InlineData("-t:pLaN,reprint")]
    [InlineData("-t:Restore;Pins")]
    public void A_target_that_exists_is_built_whoever_defines_it(string argument) =>
        Build(argument).Succeeds().Output.ShouldNotContain("VART0158");

    [Fact]
    public void A_target_of_another_project_that_refers_to_this_one_is_none_of_our_concern()
    {
        File.WriteAllText(Path.Combine(Folder, "outer.proj"), """
            <Project><Target Name='Reprot'><MSBuild Projects='artifact.proj' Targets='Pins' /></Target></Project>
            """);
        Run("dotnet", "build", "outer.proj", "-t:Reprot").Succeeds();
    }

    [Fact]
    public void Help_shows_commands_targets_and_properties_that_exist()
    {
        var help = Build("-t:Help").Succeeds().Output;
        help.ShouldContain("dotnet build artifact.proj -t:Plan");
        help.ShouldContain("-t:Report ");
        var reference = File.ReadAllText(Path.Combine(Repository, "docs/reference.md"));
        foreach (var name in Typed().Matches(help).Select(match => match.Groups["name"].Value).AtLeastOne())
            reference.ShouldContain($"| `{name}` |");
        // Help names all properties with short names, which people type.
        var start = reference.IndexOf("exceptions are properties that people often type:", StringComparison.Ordinal);
        var typed = reference[start..reference.IndexOf("- `UsingVerusArtifactSdk`", start, StringComparison.Ordinal)];
        foreach (var name in Quoted().Matches(typed).Select(match => match.Groups["name"].Value).AtLeastOne())
            help.ShouldContain($"-p:{name}=");
    }

    [GeneratedRegex("`(?<name>\\w+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"-p:(?<name>\w+)=", RegexOptions.ExplicitCapture)]
    private static partial Regex Typed();
}
