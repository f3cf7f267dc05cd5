using System.Text.Json;

namespace Verus.Artifact.Tests;

/// <summary>
/// Tests that the caller's environment has no effect on an evaluation, except for the variables that the project passes
/// on.
/// </summary>
public sealed class CallerSpecs : SdkProject
{
    // Each of the odd variables affects some program of the system.
    private static readonly Dictionary<string, string> Odd = new()
    {
        ["LANG"] = "tr_TR.UTF-8",
        ["LC_ALL"] = "tr_TR.UTF-8",
        ["LC_NUMERIC"] = "de_DE.UTF-8",
        ["LANGUAGE"] = "de",
        ["TZ"] = "Asia/Kathmandu",
        ["IFS"] = ":",
        ["ENV"] = "/nowhere/profile",
        ["BASH_ENV"] = "/nowhere/profile",
        ["CDPATH"] = "/",
        ["POSIXLY_CORRECT"] = "1",
        ["COLUMNS"] = "20",
        ["GIT_DIR"] = "/nowhere",
        ["GIT_WORK_TREE"] = "/nowhere",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_TEMPLATE_DIR"] = "/nowhere",
        ["PYTHONPATH"] = "/nowhere",
        ["LD_LIBRARY_PATH"] = "/nowhere",
        ["MALLOC_ARENA_MAX"] = "1",
        ["OMP_NUM_THREADS"] = "7",
        ["CFLAGS"] = "-O0",
        ["Samples"] = "100",
        ["seed"] = "abc",
        ["SMOKE"] = "1",
        ["OFFLINE"] = "1",
        ["REQUEST"] = "GET",
        ["BUNDLE"] = "ios",
        ["OnMissing"] = "nonsense",
        ["MODE"] = "odd",
        ["TOKEN"] = "secret",
    };

    [Fact]
    public void A_command_sees_the_same_environment_whoever_calls_and_nothing_is_measured_anew()
    {
        Write("<ItemGroup><Experiment Include='E' Command='env' ExactEnvironment='true' Samples='1' /></ItemGroup>");
        Build().Succeeds();
        Hostile("-p:Samples=1").Succeeds();
        Logs().Count.ShouldBe(1);
        Hostile("-p:Samples=2").Succeeds();
        var seen = Logs().Select(Environment).ToList();
        seen.Count.ShouldBe(2);
        seen[0].ShouldNotBeEmpty();
        seen[1].ShouldBe(seen[0]);
        seen[0].ShouldNotContain(line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_variable_that_the_project_passes_counts()
    {
        Write("<ItemGroup><Experiment Include='E' Command='env' Samples='1' PassEnvironment='MODE' /></ItemGroup>");
        Variables["MODE"] = "one";
        Build().Succeeds();
        Build().Succeeds().Output.ShouldContain("Nothing to do");
        Variables["MODE"] = "two";
        Build("-t:Plan").Succeeds().Output.ShouldContain("environment MODE: one -> two");
        Build().Succeeds().Output.ShouldNotContain("Nothing to do");
        Logs().Count.ShouldBe(2);
        Build().Succeeds().Output.ShouldContain("Nothing to do");
    }

    // The call of a hostile environment has unusual variables and a temporary folder with a space. Both calls have the
    // same home folders, because NuGet creates folders with the caller's umask.
    private BuildResult Hostile(params string[] arguments)
    {
        var temporary = Directory.CreateDirectory(Path.Combine(Folder, "tmp of mine")).FullName;
        var environment = new Dictionary<string, string>(Odd) { ["TMPDIR"] = temporary };
        return Run(environment, Folder, ["dotnet", "build", Project, "-nologo", "-tl:off", "-v:n", .. arguments]);
    }

    private List<string> Logs() =>
    [
        .. File.ReadLines(Journal).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("sample", out _))
            .Select(line => Path.Combine(Folder, "evaluation/experiments",
                line.GetProperty("sample").GetProperty("logs").GetString()!, "stdout.txt")),
    ];

    // The folder of an attempt has a different name each time.
    private static IReadOnlyList<string> Environment(string file) =>
        [.. File.ReadLines(file)
            .Select(line => System.Text.RegularExpressions.Regex.Replace(line, "[0-9a-f]{32}", "ID"))
            .Order(StringComparer.Ordinal)];
}
