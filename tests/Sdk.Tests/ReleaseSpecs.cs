using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;

namespace Verus.Artifact.Tests;

/// <summary>
/// The folder of a release, and a repository of somebody else that uses it: a NuGet.config, a project and nothing more.
/// </summary>
public sealed class ReleaseSpecs : SdkProject
{
    private static readonly Lazy<string> Release = new(() =>
    {
        Programs.Run(BuildOf(Repository, ["build.proj", "-t:Release", "-v:q"]), TimeSpan.FromMinutes(10)).Succeeds();
        return Path.Combine(Repository, "artifacts/release");
    });

    [Fact]
    public void A_release_has_all_packages_of_one_version_and_their_hashes()
    {
        var packages = Directory.EnumerateFiles(Path.Combine(Release.Value, "packages"))
            .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToList();
        packages.ShouldBe(new[]
        {
            "Verus.Artifact.Abstractions", "Verus.Artifact.Sdk", "Verus.Artifact.Suites.Paper",
            "Verus.Artifact.Suites.Verifiers", "Verus.Artifact.Suites.Verus", "Verus.Artifact.Templates",
        }.Select(name => $"{name}.{Version}.nupkg"));
        File.ReadAllLines(Path.Combine(Release.Value, "SHA256SUMS")).Order(StringComparer.Ordinal).ShouldBe(packages
            .Select(name => Path.Combine("packages", name)).Select(path =>
                Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Release.Value, path))))
                    + $"  {path}").Order(StringComparer.Ordinal));
        Programs.Run(new ProcessStartInfo("sha256sum", ["--check", "--quiet", "SHA256SUMS"])
        { WorkingDirectory = Release.Value }).Succeeds();
    }

    [Fact]
    public void The_list_of_libraries_in_a_release_is_what_is_packed()
    {
        if (Programs.Run(new ProcessStartInfo("dotnet", ["tool", "restore"]) { WorkingDirectory = Repository })
            .ExitCode != 0)
            Assert.Skip("CycloneDX is not on this machine, and no feed has it");
        Programs.Run(BuildOf(Repository, ["build.proj", "-t:_WriteSbom"]), TimeSpan.FromMinutes(5)).Succeeds();
        var text = File.ReadAllText(Path.Combine(Repository, "artifacts/release/Verus.Artifact.Sdk.cdx.json"));
        text.ShouldNotContain(Repository);
        using var list = JsonDocument.Parse(text);
        list.RootElement.GetProperty("bomFormat").GetString().ShouldBe("CycloneDX");
        using var packed = JsonDocument.Parse(File.ReadAllText(Path.Combine(Tools,
            "net10.0/Verus.Artifact.Tasks.deps.json")));
        list.RootElement.GetProperty("components").EnumerateArray()
            .Where(component => component.TryGetProperty("purl", out _))
            .Select(component => component.GetProperty("purl").GetString()!["pkg:nuget/".Length..])
            .ShouldBe(packed.RootElement.GetProperty("libraries").EnumerateObject()
                .Where(library => library.Value.GetProperty("type").GetString() == "package")
                .Select(library => library.Name.Replace('/', '@')).AtLeastOne(), ignoreOrder: true);
    }

    // No compiler is in PATH, no font is on the machine, and there is no network.
    [Fact]
    public void A_repository_with_a_config_and_a_project_is_evaluated_from_a_clone()
    {
        if (!HasNamespaces)
            Assert.Skip("hiding fonts and the network needs namespaces (unshare)");
        var origin = Directory.CreateDirectory(Path.Combine(Folder, "origin")).FullName;
        Programs.Shell(Folder, $"cp -r '{Release.Value}' release && cp release/NuGet.config origin/").Succeeds();
        var config = Path.Combine(origin, "NuGet.config");
        File.WriteAllText(config, File.ReadAllText(config)
            .Replace("<packageSources>", "<packageSources><clear />", StringComparison.Ordinal)
            .Replace("value=\"packages\"", "value=\"../release/packages\"", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(origin, "evaluation.proj"), $$"""
            <Project Sdk="Verus.Artifact.Sdk/{{Version}}">
              <ItemGroup>
                <Experiment Include="Wait" Matrix="tenths=1,2" Command="sleep 0.0{tenths}" Samples="3" />
                <Dataset Include="Time" Experiments="Wait" />
                <Figure Include="Time" Kind="GroupedBars" Datasets="Time" X="tenths" Title="Time to wait"
                  XLabel="wait" YLabel="time (s)" />
              </ItemGroup>
            </Project>
            """);
        GitCommand.CommitAll(origin);
        Programs.Shell(Folder, "git clone --quiet origin clone").Succeeds();
        var clone = Path.Combine(Folder, "clone");
        var build = Bare(clone, "dotnet build -tl:off -nologo");
        build.ExitCode.ShouldBe(0, build.Words);
        File.Exists(Path.Combine(clone, "evaluation/report/index.html")).ShouldBeTrue();
        // The text has been measured in the font that came with the package, and the PDF contains that font.
        File.ReadAllText(Path.Combine(clone, "evaluation/figures/Time.svg")).ShouldContain(">time (s)</text>");
        File.ReadAllLines(Path.Combine(clone, "evaluation/data/Time.csv")).Length.ShouldBeGreaterThan(2);
        Bare(clone, "gcc --version").ExitCode.ShouldNotBe(0, "there is no compiler");
        Bare(clone, "ls /usr/share/fonts/*").ExitCode.ShouldNotBe(0, "there are no fonts");
    }

    private ProgramResult Bare(string folder, string command)
    {
        var bin = Path.Combine(Folder, "bin");
        if (!Directory.Exists(bin))
        {
            Directory.CreateDirectory(bin);
            foreach (var program in new[] { "sh", "sleep", "git", "ls" })
                File.CreateSymbolicLink(Path.Combine(bin, program),
                    new[] { "/usr/bin/", "/bin/" }.Select(where => where + program).First(File.Exists));
            // .NET finds its own folder by the file that was started.
            var dotnet = Path.GetDirectoryName(Path.GetFullPath("../../..",
                System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory()) + "/x")!;
            File.WriteAllText(Path.Combine(bin, "dotnet"), $"#!/bin/sh\nexec '{dotnet}/dotnet' \"$@\"\n");
            File.SetUnixFileMode(Path.Combine(bin, "dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        var home = Directory.CreateDirectory(Path.Combine(Folder, "home")).FullName;
        var hide = Directory.Exists("/usr/share/fonts") ? "mount -t tmpfs none /usr/share/fonts; " : "";
        var start = With(new ProcessStartInfo("unshare", ["--map-root-user", "--net", "--mount", "sh", "-ec",
            $"{hide}PATH='{bin}'; {command}"])
        { WorkingDirectory = folder }, new Dictionary<string, string>
        {
            ["HOME"] = home,
            ["DOTNET_CLI_HOME"] = home,
            ["NUGET_PACKAGES"] = Path.Combine(home, "packages"),
        });
        return Programs.Run(start, TimeSpan.FromMinutes(5));
    }
}
