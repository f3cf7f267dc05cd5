using System.Diagnostics;

namespace Verus.Artifact.Tests;

/// <summary>The profiles of CloudLab, which cannot be run here: whether Python can read them.</summary>
public sealed class CloudLabSpecs
{
    // Compiles without leaving a file, and prints the node types that the profile asks for.
    private const string Check = """
        import ast, sys
        tree = ast.parse(open(sys.argv[1]).read(), sys.argv[1])
        compile(tree, sys.argv[1], "exec")
        print(*(node.value.value for node in ast.walk(tree) if isinstance(node, ast.Assign)
                and getattr(node.targets[0], "attr", "") == "hardware_type"))
        """;

    [Theory]
    [InlineData("set1.py", "d6515")]
    [InlineData("set2.py", "d6515")]
    [InlineData("set3.py", "r650")]
    public void A_profile_is_valid_python_and_says_that_it_has_not_been_run(string name, string node)
    {
        if (!File.Exists("/usr/bin/python3"))
            Assert.Skip("python3 is not installed");
        var profile = Path.Combine(SdkProject.Repository, "eng/cloudlab", name);
        Programs.Run(new ProcessStartInfo("/usr/bin/python3", ["-c", Check, profile])).Succeeds().Output.Trim()
            .ShouldBe(node);
        File.ReadAllText(profile).ShouldContain("This profile has never been run");
        // The table of docs/set-up.md has a row for the profile.
        File.ReadAllText(Path.Combine(SdkProject.Repository, "docs/set-up.md")).ShouldContain($"| `{name}` | {node} |");
    }
}
