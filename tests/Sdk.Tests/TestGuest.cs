using System.Security.Cryptography;

namespace Verus.Artifact.Tests;

/// <summary>The guest that eng/test-vm.sh makes, in which real builds measure under software emulation.</summary>
internal static class TestGuest
{
    private static readonly string Folder = Path.Combine(SdkProject.Repository, "artifacts/test-vm");

    /// <summary>Skips the test where virtual machines cannot be started.</summary>
    public static void Need()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "qemu-system-x86_64"))))
            Assert.Skip("QEMU is not installed (Debian: apt-get install qemu-system-x86 qemu-utils)");
        if (!File.Exists(Path.Combine(Folder, "initrd")))
            Assert.Skip("there is no guest: run eng/test-vm.sh on Debian, with busybox-static and dropbear-bin");
    }

    /// <summary>The items of the virtual machine 'pm', which has the device /dev/pmem0.</summary>
    public static string Declaration => External("kernel") + External("initrd")
        + """<VirtualMachine Include="pm" Kernel="kernel" Initrd="initrd" Memory="512MiB" """
        + """KernelArguments="memmap=128M!256M" Accelerator="Tcg" />""";

    private static string External(string name)
    {
        var path = Path.Combine(Folder, name);
        return $"<ExternalFile Include=\"{name}\" Url=\"file://{path}\" Sha256=\""
            + $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}\" />";
    }
}
