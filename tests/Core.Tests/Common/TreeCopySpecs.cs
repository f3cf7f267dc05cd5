using Verus.Artifact.Common;

namespace Verus.Artifact.Tests.Common;

public sealed class TreeCopySpecs
{
    [Fact]
    public void On_a_file_system_that_can_do_so_a_copy_shares_its_blocks_until_it_is_written()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            Assert.Skip("mounting needs root");
        var folder = Directory.CreateTempSubdirectory("share-").FullName;
        var mounted = Path.Combine(folder, "mounted");
        try
        {
            if (Programs.Shell(folder, "command -v mkfs.xfs filefrag").ExitCode != 0)
                Assert.Skip("xfsprogs is not installed");
            if (Programs.Shell(folder, "truncate -s 300M image && mkfs.xfs -q -m reflink=1 image && mkdir mounted && "
                + "mount -o loop image mounted").ExitCode != 0)
                Assert.Skip("no image can be mounted here");
            Programs.Shell(mounted, "mkdir -p tree/below && head -c 5000000 /dev/urandom > tree/below/file && "
                + "truncate -s 3M tree/hole && : > tree/empty && chmod 750 tree/below/file").Succeeds();
            var copy = Path.Combine(mounted, "copy");

            WorkingCopy.Make(Path.Combine(mounted, "tree"), copy, TestContext.Current.CancellationToken);

            Programs.Shell(mounted, "diff -r tree copy").Succeeds();
            Programs.Shell(mounted, "filefrag -v copy/below/file").Output.ShouldContain("shared");
            Programs.Shell(mounted, "cp tree/below/file before; printf other > copy/below/file; "
                + "cmp before tree/below/file").Succeeds();
            Programs.Shell(mounted, "stat -c %a copy/below/file").Output.Trim().ShouldBe("750");
        }
        finally
        {
            Programs.Shell(folder, "umount --lazy mounted");
            FolderRemoval.Remove(folder);
        }
    }
}
