using System.IO.Compression;
using System.Text;
using Microsoft.Build.Logging.StructuredLogger;

namespace Verus.Artifact.Tests;

/// <summary>Tests the targets with MSBuild's own checks and with its binary log.</summary>
public sealed class EditorSpecs : SdkProject
{
    private const string Token = "sesame-of-somebody";
    private static readonly string[] Checks = [.. new[] { 101, 102, 103, 104, 105, 106, 107, 201, 202, 203,
        301 }.Select(number => $"BC{number:0000}")];

    private const string Small = """
        <ItemGroup>
          <Experiment Include="Quick" Matrix="n=1" Command="true" Samples="1" PassEnvironment="MY_TOKEN" />
          <Dataset Include="Quick" Experiments="Quick" />
          <Figure Include="Quick" Kind="GroupedBars" Datasets="Quick" X="n" Title="Quick" />
        </ItemGroup>
        """;

    [Fact]
    public void The_checks_of_MSBuild_find_nothing()
    {
        File.WriteAllText(Path.Combine(Folder, ".editorconfig"),
            "root = true\n[*]\n" + string.Concat(Checks.Select(check => $"build_check.{check}.severity=warning\n")));
        Write(Small);
        Build("-check").Succeeds().Output.ShouldNotMatch("BC[0-9]{4}");
        Run("dotnet", "build", Path.Combine(Repository, "build.proj"), "-t:List", "-p:ArtifactListDependsOn=", "-check",
            "-nologo", "-tl:off").Succeeds().Output.ShouldNotMatch("BC[0-9]{4}");
        // The checks are active, since they find the mistake of a project.
        Write("<PropertyGroup><Mine>1</Mine></PropertyGroup>");
        Build("-t:List", "-check").Output.ShouldContain("warning BC0203");
    }

    [Fact]
    public void A_binary_log_holds_no_secret_of_the_environment_and_no_home_folder_but_what_MSBuild_itself_writes()
    {
        Write(Small);
        var home = Directory.CreateDirectory(Path.Combine(Folder, "home-of-somebody")).FullName;
        var path = $"{home}/bin:{Environment.GetEnvironmentVariable("PATH")}";
        Logged(new() { ["HOME"] = home, ["PATH"] = path, ["MY_TOKEN"] = Token }).ExitCode.ShouldBe(0);
        var log = Everything();
        log.ShouldContain("MY_TOKEN");
        log.ShouldNotContain(Token);
        // The value of MSBuildUserExtensionsPath is allowed in the log, since MSBuild sets it before any file of the
        // SDK is read.
        log.Replace(home + "/.local/share/", "", StringComparison.Ordinal).ShouldNotContain(home);
    }

    [Fact]
    public void A_password_that_git_was_given_is_in_no_log()
    {
        Write("""
            <ItemGroup>
              <ExternalRepo Include="code" Url="https://host.invalid/code" Commit="0123456789012345678901234567890123456789" />
              <Experiment Include="Read" Command="cat {source:code}/file.txt" />
            </ItemGroup>
            """);
        var build = Logged(new()
        {
            ["GIT_CONFIG_COUNT"] = "1",
            ["GIT_CONFIG_KEY_0"] = $"url.http://ann:{Token}@127.0.0.1:9/.insteadOf",
            ["GIT_CONFIG_VALUE_0"] = "https://host.invalid/"
        });
        build.Fails("VART2001");
        build.Output.ShouldNotContain(Token);
        Everything().ShouldContain("127.0.0.1:9");
        Everything().ShouldNotContain(Token);
        File.ReadAllText(Path.Combine(Folder, "evaluation/log.txt")).ShouldNotContain(Token);
    }

    [Fact]
    public void A_password_in_a_pin_is_refused_without_being_said()
    {
        Write($"""
            <ItemGroup>
              <ExternalRepo Include="code" Url="https://ann:{Token}@host.invalid/code" Commit="0123456789012345678901234567890123456789" />
              <ExternalRepo Include="other" Url="https://{Token}@host.invalid/other" Commit="0123456789012345678901234567890123456789" />
              <ExternalRepo Include="fine" Url="ssh://git@host.invalid/fine" Commit="0123456789012345678901234567890123456789" />
            </ItemGroup>
            """);
        var build = Build("-t:Pins").Fails("VART0020");
        build.Output.Split("error VART0020").Length.ShouldBe(5, "two errors, each in the list at the end, too");
        build.Output.ShouldNotContain(Token);
    }

    private BuildResult Logged(Dictionary<string, string> environment) =>
        Run(environment, Folder, "dotnet", "build", Project, "-nologo", "-tl:off", "-v:n", "-bl:build.binlog");

    // The whole content of the binary log: its records, and the files that are embedded in it.
    private string Everything()
    {
        var file = Path.Combine(Folder, "build.binlog");
        var text = new StringBuilder();
        using (var records = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress),
            Encoding.UTF8))
            text.Append(records.ReadToEnd());
        using var archive = new ZipArchive(new MemoryStream(BinaryLog.ReadBuild(file).SourceFilesArchive));
        archive.Entries.ShouldContain(entry => entry.FullName.EndsWith("artifact.proj", StringComparison.Ordinal));
        foreach (var entry in archive.Entries)
            using (var reader = new StreamReader(entry.Open()))
                text.Append(entry.FullName).Append(reader.ReadToEnd());
        return text.ToString();
    }
}
