using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace Verus.Artifact.Tests;

/// <summary>How a build ended.</summary>
public sealed record BuildResult(int ExitCode, string Output)
{
    public BuildResult Succeeds()
    {
        ExitCode.ShouldBe(0, Output);
        return this;
    }

    public BuildResult Fails(string code)
    {
        ExitCode.ShouldNotBe(0, Output);
        Output.ShouldContain($"error {code}: ");
        Output.ShouldNotContain("   at Verus.");
        return this;
    }
}

/// <summary>A project in a separate folder that uses the SDK of this repository and is built by the real
/// dotnet.</summary>
public abstract class SdkProject : IDisposable
{
    internal static string Repository { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));

    /// <summary>The version of all packages.</summary>
    protected static string Version { get; } = XDocument.Load(Path.Combine(Repository, "Directory.Build.props"))
        .Descendants("Version").Single().Value;

    protected static string Tools { get; } = Path.Combine(Repository, "artifacts/sdk/tools/");

    protected SdkProject()
    {
        if (!File.Exists(Path.Combine(Tools, "stamp.txt")))
            Assert.Fail(
                "The SDK's tools are not built: run 'dotnet build build.proj -t:PackSdk' first, as eng/test.sh does.");
        File.WriteAllText(Path.Combine(Folder, "Directory.Build.props"), "<Project />");
    }

    protected string Folder { get; } = Directory.CreateTempSubdirectory("sdk-test-").FullName;

    /// <summary>Environment variables that builds get in addition to those of this process.</summary>
    protected Dictionary<string, string> Variables { get; } = [];

    protected string Project => Path.Combine(Folder, "artifact.proj");

    protected string Journal => Path.Combine(Folder, "evaluation/experiments/journal.jsonl");

    public virtual void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes a project with the given elements, the first of which is in line 3.</summary>
    protected void Write(string content) => File.WriteAllText(Project,
        $"<Project DefaultTargets=\"Build\"><Import Project=\"{Repository}/src/Verus.Artifact.Sdk/Sdk/Sdk.props\" "
            + $"/>\n<PropertyGroup><ArtifactToolsDir>{Tools}</ArtifactToolsDir></PropertyGroup>\n{content}\n" +
        $"<Import Project=\"{Repository}/src/Verus.Artifact.Sdk/Sdk/Sdk.targets\" /></Project>\n");

    /// <summary>Writes a project that uses the paper's suites of this repository.</summary>
    /// <param name="properties">The properties that the project sets before the suites are imported.</param>
    /// <param name="changes">The changes that the project makes to the items of the suites.</param>
    /// <param name="place">The place where Set 1 runs; empty for the default.</param>
    protected void WritePaper(string properties, string changes = "", string place = "Host")
    {
        const string Paper = "src/Verus.Artifact.Suites.Paper/Sdk", Sdk = "src/Verus.Artifact.Sdk/Sdk";
        File.WriteAllText(Project, $"""
            <Project DefaultTargets="Build">
              <Import Project="{Repository}/{Paper}/Sdk.props" />
              <Import Project="{Repository}/{Sdk}/Sdk.props" />
              <PropertyGroup><ArtifactToolsDir>{Tools}</ArtifactToolsDir><Place>{place}</Place>{properties}</PropertyGroup>
              <Import Project="{Repository}/{Paper}/Sdk.targets" />
              <ItemGroup>{changes}</ItemGroup>
              <Import Project="{Repository}/{Sdk}/Sdk.targets" />
            </Project>

            """);
    }

    protected BuildResult Build(params string[] arguments)
    {
        var end = Programs.Run(BuildOf(Folder, [Project, .. arguments], Variables), TimeSpan.FromMinutes(3));
        return new BuildResult(end.ExitCode, end.Output);
    }

    /// <summary>Starts a build that runs beside the test, which reads the build's output.</summary>
    protected Process Start(params string[] arguments)
    {
        var start = BuildOf(Folder, [Project, .. arguments], Variables);
        start.RedirectStandardOutput = true;
        return Programs.Start(start);
    }

    /// <summary>Runs a build with MSBuild's own logger that leaves no process behind.</summary>
    internal static ProcessStartInfo BuildOf(string folder, string[] arguments,
        IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo("dotnet",
            ["build", "-nologo", "-tl:off", "-v:n", "-clp:NoSummary", .. arguments])
        { WorkingDirectory = folder };
        return With(start, variables ?? new Dictionary<string, string>());
    }

    /// <summary>Sets environment variables, including those that keep builds from leaving processes for the next
    /// build.</summary>
    internal static ProcessStartInfo With(ProcessStartInfo start, IReadOnlyDictionary<string, string> variables)
    {
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return start;
    }

    /// <summary>Whether the system lets an ordinary user create an isolated network.</summary>
    protected static bool HasNamespaces { get; } = CanUnshare();

    /// <summary>Runs a program in the project's folder, and returns its output on both streams.</summary>
    protected BuildResult Run(params string[] command) => Run(new Dictionary<string, string>(), Folder, command);

    /// <summary>
    /// Runs dotnet with its own home and caches, with the packed packages as the only feed if the project declares it,
    /// and without a network if the system allows that.
    /// </summary>
    protected BuildResult Isolated(string folder, params string[] arguments)
    {
        var home = Directory.CreateDirectory(Path.Combine(Folder, "home")).FullName;
        return Run(new Dictionary<string, string>(Variables)
        {
            ["DOTNET_CLI_HOME"] = home,
            ["HOME"] = home,
            ["NUGET_PACKAGES"] = Path.Combine(home, "packages"),
            ["NUGET_HTTP_CACHE_PATH"] = Path.Combine(home, "http"),
        }, folder, [.. HasNamespaces ? ["unshare", "--map-root-user", "--net"] : Array.Empty<string>(), "dotnet",
            .. arguments]);
    }

    protected static BuildResult Run(IReadOnlyDictionary<string, string> environment, string folder,
        params string[] command)
    {
        var start = With(new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = folder }, environment);
        start.Environment["DOTNET_NOLOGO"] = "1";
        var end = Programs.Run(start, TimeSpan.FromMinutes(5));
        return new BuildResult(end.ExitCode, end.Words);
    }

    private static bool CanUnshare()
    {
        try
        {
            return Run(new Dictionary<string, string>(), "/", "unshare", "--map-root-user", "--net", "true").ExitCode
                == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Waits until a running build has reached some state; fails when the build ends before that, or the time
    /// limit passes.</summary>
    protected static void Until(Func<bool> condition, Process build, int seconds = 60)
    {
        for (var i = 0; i < seconds * 50 && !condition() && !build.HasExited; i++)
            Thread.Sleep(20);
        if (!condition())
            Assert.Fail(build.HasExited
                ? "The build ended too early: " + build.StandardOutput.ReadToEnd()
                : $"Nothing happened within {seconds} s.");
    }

    /// <summary>The ids of the samples in the journal, by cell.</summary>
    protected ILookup<string, string> Samples() =>
        Lines().Where(line => line.TryGetProperty("sample", out _)).Select(line => line.GetProperty("sample"))
        .ToLookup(sample => sample.GetProperty("cell").GetString()!, sample => sample.GetProperty("id").GetString()!);

    private IEnumerable<JsonElement> Lines()
    {
        if (!File.Exists(Journal))
            yield break;
        foreach (var line in File.ReadAllText(Journal, Encoding.UTF8).Split('\n',
            StringSplitOptions.RemoveEmptyEntries))
        {
            JsonElement? parsed = null;
            try
            {
                parsed = JsonDocument.Parse(line).RootElement;
            }
            catch (JsonException)
            {
                // Skips the torn line of a build that was killed.
            }
            if (parsed is { } element)
                yield return element;
        }
    }
}
