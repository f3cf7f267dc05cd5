using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Verus.Artifact.Tests.Rehearsal;

/// <summary>
/// The machine of the rehearsal: an ordinary user in the engine's group, upstream's hosts on loopback, images with the
/// layout of the guide's, and a copy of the SDK and the suites in the user's folder. All tests of the class share this
/// machine, and continue from each other's state.
/// </summary>
public sealed class Set1Rehearsal : IDisposable
{
    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const string User = "23456", Group = "23457";
    private readonly ContainerEngine engine = new();
    private readonly string folder = Directory.CreateTempSubdirectory("set1-").FullName;
    private readonly UpstreamHosts? hosts;
    private BuildResult? whole, deviating, cleaned;

    public Set1Rehearsal()
    {
        Missing = engine.Missing ?? FindMissing();
        if (Missing is not null)
            return;
        hosts = new UpstreamHosts(folder, AsUser);
        CopySdk();
        WriteProject();
        // The group of the engine, as the package of an engine sets it up.
        var socket = engine.Host["unix://".Length..];
        Programs.Shell("/", $"chmod 711 {Path.GetDirectoryName(socket)}; chgrp {Group} {socket}; chmod 660 {socket}")
            .Succeeds();
        File.WriteAllText(Path.Combine(Home, ".gitconfig"), hosts.GitConfiguration);
        Programs.Run("chown", "-R", $"{User}:{User}", folder).Succeeds();
        hosts.Start();
    }

    /// <summary>Why the rehearsal cannot take place; null when it can.</summary>
    public string? Missing { get; }

    /// <summary>The folder of the evaluation.</summary>
    public string Evaluation => Path.Combine(folder, "artifact/evaluation");

    /// <summary>The copy of the suites in the user's folder.</summary>
    public string Suites => Path.Combine(folder, "sdk/src");

    private string Home => Directory.CreateDirectory(Path.Combine(folder, "home")).FullName;

    private static string[] AsUser => ["setpriv", $"--reuid={User}", $"--regid={User}", $"--groups={Group}"];

    /// <summary>Skips the test if the rehearsal cannot take place.</summary>
    public void Need()
    {
        if (Missing is not null)
            Assert.Skip(Missing);
        // Set 1 asks for this space before anything is built.
        if (whole is null && new DriveInfo(folder).AvailableFreeSpace < 30L << 30)
            Assert.Skip("Set 1 asks for 30 GiB of free disk");
    }

    /// <summary>Set 1 from nothing.</summary>
    public BuildResult Whole => whole ??= BuildWhole();

    /// <summary>The text of each figure, the files in upstream's formats, and the names of the reports and pictures, as
    /// they were after the evaluation of the whole set.</summary>
    public IReadOnlyDictionary<string, string> Left { get; private set; } = new Dictionary<string, string>();

    /// <summary>The files below the user's folder that did not belong to the user after the evaluation of the whole
    /// set.</summary>
    public string FilesOfOthers { get; private set; } = "";

    /// <summary>The result of the build with deviations from upstream's commands, which runs after the evaluation of
    /// the whole set.</summary>
    public BuildResult Deviating => deviating ??= Deviate();

    /// <summary>The result of removing the images, which is done after all other builds.</summary>
    public BuildResult Cleaned => cleaned ??= Clean();

    // The results are copied, because the deviations are built in the same folder afterwards, and the tests run in any
    // order.
    private BuildResult BuildWhole()
    {
        var build = Build("-t:Set1", "-p:Samples=1", "-p:Smoke=true");
        var smoke = Path.Combine(Evaluation, "smoke");
        Left = Directory.Exists(smoke)
            ? Directory.EnumerateFiles(smoke, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetExtension(file) is ".txt" or ".html" or ".csv" or ".json" or ".tex" or ".pdf")
                .ToDictionary(file => Path.GetRelativePath(smoke, file), File.ReadAllText)
            : [];
        FilesOfOthers = Programs.Run("find", folder, "!", "-uid", User).Succeeds().Output;
        return build;
    }

    private BuildResult Deviate()
    {
        Whole.ExitCode.ShouldBe(0, Whole.Output);
        foreach (var one in Deviation.All.AtLeastOne())
        {
            var file = Path.Combine(Suites, "Verus.Artifact.Suites.Paper", one.File);
            var text = File.ReadAllText(file);
            var at = text.IndexOf(one.From, StringComparison.Ordinal);
            at.ShouldBeGreaterThan(-1, $"{one.File} has no '{one.From}'");
            File.WriteAllText(file, text[..at] + one.To + text[(at + one.From.Length)..]);
        }
        var request = string.Join("%3B", Deviation.All.Select(one => one.Experiment));
        return Build($"-p:Request={request}", "-p:Samples=1", "-p:Smoke=true");
    }

    private BuildResult Clean()
    {
        _ = Deviating;
        return Build("-t:CleanImages");
    }

    /// <summary>Runs a stand-in on this machine as the user, in a folder that is also its home folder.</summary>
    internal ProgramResult AsUserOnHost(string program)
    {
        var work = Directory.CreateDirectory(Path.Combine(folder, "stand-in")).FullName;
        foreach (var file in new[] { "stand_in.py", "upstream-commands.txt" })
            File.Copy(Path.Combine(GuideImages.Files, file), Path.Combine(work, file), overwrite: true);
        return Programs.Run(new ProcessStartInfo(AsUser[0], [.. AsUser[1..], "env", $"HOME={work}", GuideImages.Python,
            Path.Combine(work, "stand_in.py"), program, program])
        { WorkingDirectory = work });
    }

    /// <summary>Builds as the user.</summary>
    private BuildResult Build(params string[] arguments)
    {
        var start = SdkProject.BuildOf(Path.Combine(folder, "artifact"), ["artifact.proj", .. arguments],
            new Dictionary<string, string>
            {
                ["HOME"] = Home,
                ["PATH"] = SystemPath,
                ["DOTNET_CLI_HOME"] = Home,
                ["DOTNET_NOLOGO"] = "1",
                ["DOCKER_HOST"] = engine.Host,
                ["TMPDIR"] = Directory.CreateDirectory(Path.Combine(Home, "tmp")).FullName,
            });
        Programs.Run("chown", $"{User}:{User}", Path.Combine(Home, "tmp")).Succeeds();
        var asUser = new ProcessStartInfo(AsUser[0], [.. AsUser[1..], start.FileName, .. start.ArgumentList])
        {
            WorkingDirectory = start.WorkingDirectory,
        };
        foreach (var (name, value) in start.Environment)
            asUser.Environment[name] = value;
        var end = Programs.Run(asUser, TimeSpan.FromMinutes(9));
        return new BuildResult(end.ExitCode, end.Words);
    }

    /// <summary>The texts that all samples wrote to standard error.</summary>
    public string WordsOfSamples() => string.Concat(Directory.EnumerateFiles(
        Path.Combine(Evaluation, "experiments/logs"), "*stderr.txt", SearchOption.AllDirectories)
        .Select(File.ReadAllText));

    /// <summary>Runs the docker command with the engine, and returns its output.</summary>
    public string Docker(params string[] arguments) => engine.Docker(arguments).Output;

    public void Dispose()
    {
        hosts?.Dispose();
        engine.Dispose();
        Programs.Run("rm", "-rf", folder);
    }

    private string? FindMissing()
    {
        if (!Environment.IsPrivilegedProcess || !engine.IsOwn)
            return "only root can start an engine of its own and act as another user";
        var guest = Path.Combine(SdkProject.Repository, "artifacts/test-vm/initrd");
        if (!File.Exists(guest))
            return "there is no guest: run eng/test-vm.sh on Debian, with busybox-static and dropbear-bin";
        foreach (var program in new[] { "dotnet", "python3", "git", "qemu-img", "qemu-system-x86_64" })
            if (Programs.Run(AsUser[0], [.. AsUser[1..], "env", $"PATH={SystemPath}", "sh", "-c",
                $"test -x \"$(command -v {program})\""]).ExitCode != 0)
                return $"another user than root cannot start {program}";
        return null;
    }

    // In the rehearsal, the suites are the user's own files, so that the first use of a pin can write its digest or
    // hash to the ledger.
    private void CopySdk()
    {
        var to = Path.Combine(folder, "sdk");
        var folders = string.Join(' ', new[] { "src/Verus.Artifact.Sdk/Sdk", "src/Verus.Artifact.Sdk/targets",
            "src/Verus.Artifact.Suites.Paper", "src/Verus.Artifact.Suites.Verifiers", "src/Verus.Artifact.Suites.Verus",
            "artifacts/sdk" });
        Directory.CreateDirectory(to);
        Programs.Shell(SdkProject.Repository, $"cp -r --parents {folders} {to}").Succeeds();
        var ledger = Path.Combine(Suites, "Verus.Artifact.Suites.Paper/pins.props");
        File.WriteAllText(ledger, hosts!.Ledger(File.ReadAllText(ledger)));
    }

    // Requirements that the machine of the tests does not meet are removed: eight cores, KVM, and 16 GiB for a guest
    // with the cloud image's boot loader.
    private void WriteProject()
    {
        Directory.CreateDirectory(Path.Combine(folder, "artifact"));
        var kernel = hosts!.Serve("guest/kernel",
            File.ReadAllBytes(Path.Combine(SdkProject.Repository, "artifacts/test-vm/kernel")));
        File.WriteAllText(Path.Combine(folder, "artifact/Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(folder, "artifact/artifact.proj"), $"""
            <Project DefaultTargets="Build">
              <Import Project="{Suites}/Verus.Artifact.Suites.Paper/Sdk/Sdk.props" />
              <Import Project="{Suites}/Verus.Artifact.Sdk/Sdk/Sdk.props" />
              <PropertyGroup>
                <ArtifactToolsDir>{folder}/sdk/artifacts/sdk/tools/</ArtifactToolsDir>
                <MacroStatsCores>1</MacroStatsCores>
                <PmLogVmAccelerator>Tcg</PmLogVmAccelerator>
                <PmLogVmMemory>1GiB</PmLogVmMemory>
                <PmLogVmCpus>1</PmLogVmCpus>
                <PmLogVmKernelArguments>memmap=256M!512M</PmLogVmKernelArguments>
              </PropertyGroup>
              <Import Project="{Suites}/Verus.Artifact.Suites.Paper/Sdk/Sdk.targets" />
              <ItemGroup>
                <ExternalFile Include="guest-kernel" Url="{kernel}" />
                <ExternalFile Include="guest-initrd" Url="{hosts.Serve("guest/initrd", Guest())}" />
                <VirtualMachine Update="pm-log" Kernel="guest-kernel" Initrd="guest-initrd" />
              </ItemGroup>
              <Import Project="{Suites}/Verus.Artifact.Sdk/Sdk/Sdk.targets" />
            </Project>

            """);
    }

    // The initial file system of the guest consists of the archive of the tests' guest, followed by one with stand-ins;
    // the kernel accepts several archives one after the other.
    private byte[] Guest()
    {
        var more = Directory.CreateDirectory(Path.Combine(folder, "guest")).FullName;
        var stands = Directory.CreateDirectory(Path.Combine(more, "usr/lib/rehearsal")).FullName;
        File.Copy(Path.Combine(GuideImages.Files, "guest.sh"), Path.Combine(stands, "run"));
        File.Copy(Path.Combine(GuideImages.Files, "guest-init.sh"), Path.Combine(more, "init"));
        File.WriteAllText(Path.Combine(stands, "rows"), GuestRows());
        Directory.CreateDirectory(Path.Combine(more, "usr/bin"));
        foreach (var program in new[] { "apt-get", "curl" })
            File.WriteAllText(Path.Combine(more, "usr/bin", program), GuideImages.StandIn(program));
        Programs.Shell(more, "chmod -R 755 .; find . | busybox cpio -o -H newc 2>/dev/null | gzip > ../guest.cpio.gz")
            .Succeeds();
        return [.. File.ReadAllBytes(Path.Combine(SdkProject.Repository, "artifacts/test-vm/initrd")),
            .. File.ReadAllBytes(Path.Combine(folder, "guest.cpio.gz"))];
    }

    // The rows of the table as patterns of grep, with the user, the folder, and the call.
    private static string GuestRows()
    {
        var rows = new StringBuilder();
        foreach (var row in UpstreamCommands.Read().Where(row => row.Names.Contains("PmLog")))
            foreach (var run in row.All("run"))
                rows.Append(CultureInfo.InvariantCulture, $"root {Pattern(row.All("in")[0])}: {Pattern(run)}\n");
        return rows.ToString();
    }

    private static string Pattern(string text) =>
        Regex.Replace(text, @"[.\[\]*+?{}^$]", @"\$0").Replace(@"\.\.\.", ".*", StringComparison.Ordinal);
}
