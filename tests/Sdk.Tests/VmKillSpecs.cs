using System.Security.Cryptography;

namespace Verus.Artifact.Tests;

/// <summary>Tests a real build whose samples are taken in a virtual machine, and which is killed in the
/// middle.</summary>
public sealed class VmKillSpecs : SdkProject
{
    private static readonly string Guest = Path.Combine(Repository, "artifacts/test-vm");

    [Fact]
    public void Killed_in_the_middle_the_machine_ends_and_the_next_call_clears_away_and_goes_on()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "qemu-system-x86_64"))))
            Assert.Skip("QEMU is not installed (Debian: apt-get install qemu-system-x86 qemu-utils)");
        if (!File.Exists(Path.Combine(Guest, "initrd")))
            Assert.Skip("there is no guest: run eng/test-vm.sh on Debian, with busybox-static and dropbear-bin");
        Write($"""
            <ItemGroup>
              {External("kernel")}
              {External("initrd")}
              <VirtualMachine Include="pm" Kernel="kernel" Initrd="initrd" Memory="512MiB" KernelArguments="memmap=128M!256M" Accelerator="Tcg" />
              <Experiment Include="Slow" Executor="Vm" VirtualMachine="pm" Samples="2" Command="sh -c 'test -b /dev/pmem0 &amp;&amp; sleep 3'" />
            </ItemGroup>
            """);
        Build("-t:Plan").Succeeds().Output.ShouldContain("will be known after its first start here");
        Machines().ShouldBe(0);
        string first;
        using (var build = Start())
        {
            // The virtual machine boots in seconds, or more slowly if the host is busy with other tests.
            Until(() => Samples().Count > 0, build, seconds: 240);
            first = Samples().Single().Single();
            Machines().ShouldBe(1);
            build.Kill(entireProcessTree: false);
            build.WaitForExit();
        }
        for (var i = 0; i < 500 && Machines() > 0; i++)
            Thread.Sleep(20);
        Machines().ShouldBe(0);
        var output = Build().Succeeds().Output;
        output.ShouldContain("Removing what");
        output.ShouldContain("VART4061");
        var samples = Samples().ShouldHaveSingleItem();
        samples.Count().ShouldBe(2);
        samples.ShouldContain(first);
        Machines().ShouldBe(0);
        Directory.EnumerateDirectories(Path.Combine(Folder, "evaluation/experiments/attempts")).ShouldBeEmpty();
        Directory.EnumerateFiles(Path.Combine(Folder, "evaluation/experiments/logs/vm-pm"), "console.txt",
            SearchOption.AllDirectories).Count().ShouldBe(2);
        Build().Succeeds().Output.ShouldContain("Nothing to do");
    }

    private static string External(string name)
    {
        var path = Path.Combine(Guest, name);
        return $"<ExternalFile Include=\"{name}\" Url=\"file://{path}\" Sha256=\""
            + $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}\" />";
    }

    private int Machines() => Directory.EnumerateDirectories("/proc").Count(folder =>
    {
        try
        {
            var command = File.ReadAllText(folder + "/cmdline");
            return command.Contains("qemu-system-x86_64", StringComparison.Ordinal)
                && command.Contains(Folder, StringComparison.Ordinal);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
