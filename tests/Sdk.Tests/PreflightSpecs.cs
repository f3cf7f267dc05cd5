using System.Net;
using Verus.Artifact.Tests.Executors;

namespace Verus.Artifact.Tests;

/// <summary>The target Preflight of a project: one list of all that is missing, and of what will be fetched.</summary>
public sealed class PreflightSpecs : SdkProject
{
    private const string Absent = "no-such-package-anywhere";

    [Fact]
    public void What_a_missing_tool_needs_to_be_built_is_in_the_same_list_as_the_tool_that_builds_it()
    {
        WriteTool($"deb={Absent}; pkg-config=no-such-library; disk>=1TiB; memory>=1TiB", "");
        Directory.CreateDirectory(Path.Combine(Folder, "eng"));
        File.WriteAllText(Path.Combine(Folder, "eng/setup.sh"), "");
        var message = Lacking();
        foreach (var line in new[]
        {
            "tool builder: needed any version (by built, built-too), found nothing",
            $"Debian package: needed {Absent}", "library: needed no-such-library",
            // The two tools are built in one folder, and the samples are taken beside them.
            "free disk: needed 3072.0 GiB", "memory: needed 1024.0 GiB",
            "One command provides a part of it: eng/setup.sh deb:kodi",
        })
            message.ShouldContain(line);
    }

    [Fact]
    public void A_package_that_this_release_does_not_have_is_not_in_the_command()
    {
        if (!File.Exists("/usr/bin/apt-cache") || Programs.Run("apt-cache", "show", "git").ExitCode != 0)
            Assert.Skip("the lists of the archive are not here (apt-get update)");
        WriteTool($"deb={Absent}", "");
        File.WriteAllText(Project, File.ReadAllText(Project).Replace("\"kodi\"", "\"no-such-builder\"",
            StringComparison.Ordinal));
        var message = Lacking();
        message.ShouldContain($"found it is not installed, and this release has no package {Absent}");
        message.ShouldContain("This release has no package no-such-builder.");
        message.ShouldNotContain("deb:");
    }

    [Fact]
    public void A_tool_that_is_there_needs_nothing_to_be_built()
    {
        WriteTool($"deb={Absent}; disk>=1TiB", "<Path>/bin/true</Path><VersionPattern></VersionPattern>");
        Lacking().ShouldNotContain(Absent);
    }

    [Fact]
    public void The_packages_of_an_image_are_not_asked_of_this_machine()
    {
        WriteTool($"deb={Absent}; disk>=1TiB", "<Image>box</Image>");
        var message = Lacking();
        message.ShouldNotContain(Absent);
        message.ShouldContain("free disk: needed 3072.0 GiB");
    }

    [Fact]
    public async Task What_will_be_fetched_is_listed_with_the_sizes_that_servers_tell()
    {
        var port = ImageRegistry.FreePort();
        using var server = new HttpListener();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        var methods = new List<string>();
        var serving = Task.Run(async () =>
        {
            for (var open = true; open;)
            {
                try
                {
                    var call = await server.GetContextAsync();
                    lock (methods)
                        methods.Add(call.Request.HttpMethod);
                    if (call.Request.RawUrl == "/big")
                        call.Response.ContentLength64 = 3 << 20;
                    else
                        call.Response.StatusCode = 404;
                    call.Response.Close();
                }
                catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
                {
                    open = false;
                }
            }
        }, TestContext.Current.CancellationToken);
        var pin = new string('a', 64);
        Write($$"""
            <ItemGroup>
              <ExternalFile Include="big" Url="http://127.0.0.1:{{port}}/big" Sha256="{{pin}}" />
              <ExternalFile Include="other" Url="http://127.0.0.1:{{port}}/other" Sha256="{{pin}}" />
              <ExternalFile Include="unused" Url="http://127.0.0.1:{{port}}/big" Sha256="{{pin}}" />
              <Experiment Include="E" Command="cat {file:big} {file:other}" />
              <Dataset Include="D" Experiments="E" />
            </ItemGroup>
            """);
        var said = InProcess.Build(Project, "Preflight").Messages;
        server.Stop();
        await serving;
        said.ShouldContain(line => line.Contains("To be fetched: 2 things, of which 1 of known size: 3 MiB",
            StringComparison.Ordinal));
        said.ShouldContain(line => line.Contains("ExternalFile 'big': 3 MiB", StringComparison.Ordinal));
        said.ShouldContain(line => line.Contains("ExternalFile 'other': size unknown", StringComparison.Ordinal));
        methods.AtLeastOne().ShouldAllBe(method => method == "HEAD", "nothing is fetched");
    }

    private string Lacking() => InProcess.Build(Project, "Preflight").Errors.ShouldHaveSingleItem().Message!;

    private void WriteTool(string requires, string metadata)
    {
        var commit = new string('a', 40);
        var tools = string.Concat(new[] { "built", "built-too" }.Select(name => $$"""
            <Tool Include="{{name}}" Source="code" Build="builder" Executable="x" BuildHelpers="builder">
              <Requires>{{requires.Replace(">", "&gt;", StringComparison.Ordinal)}}</Requires>{{metadata}}
            </Tool>
            """));
        Write($$"""
            <ItemGroup>
              <ExternalRepo Include="code" Url="https://example.org/code" Commit="{{commit}}" />
              <ContainerImage Include="box" Reference="example.org/box@sha256:{{new string('a', 64)}}" />
              <Tool Include="builder" DebianPackage="kodi" />
              {{tools}}
              <Experiment Include="E" Command="sh -c 'true {tool:built} {tool:built-too}'" Requires="disk&gt;=1TiB"
                {{(metadata.Contains("Image", StringComparison.Ordinal) ? "Executor='Docker' Image='box'" : "")}} />
              <Experiment Include="F" Command="true" Requires="numa&gt;=1000" />
              <Dataset Include="D" Experiments="E;F" />
            </ItemGroup>
            """);
    }
}
