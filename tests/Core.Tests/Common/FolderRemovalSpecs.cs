using Verus.Artifact.Common;

namespace Verus.Artifact.Tests.Common;

public sealed class FolderRemovalSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("removal-test-").FullName;

    private string Tree => Path.Combine(folder, "tree");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("name=$(printf 'x%.0s' $(seq 200)); for i in $(seq 40); do mkdir $name; cd -P $name; done; touch file")]
    [InlineData("for i in $(seq 1500); do mkdir d; cd d; done; touch file")]
    [InlineData("mkdir \"$(printf 'a\\377')\"; touch \"$(printf 'a\\377/\\376')\" \"$(printf '\\n.')\"")]
    [InlineData("mkdir -p a/b; touch a/b/c; chmod 0 a/b; chmod 0500 a")]
    [InlineData("mkfifo fifo; ln -s . self; ln -s nowhere dangling; ln fifo other")]
    [InlineData("seq 5000 | xargs touch; mkdir many; cd many; seq 90 | xargs mkdir")]
    [InlineData("mkdir -p .removed-1-0/x/y; touch .removed-1-0/x/y/z")]
    public void Whatever_a_program_left_is_removed(string left)
    {
        Shell($"mkdir tree; cd tree; {left}");
        FolderRemoval.Remove(Tree).ShouldBeNull();
        Directory.Exists(Tree).ShouldBeFalse();
    }

    [Fact]
    public void Nothing_outside_is_touched_through_links()
    {
        Shell(
            "mkdir outside; touch outside/file; chmod 0555 outside; mkdir -p tree/in; ln -s ../../outside "
                + "tree/in/link; ln -s ../outside tree/link; chmod 0 tree/in");
        FolderRemoval.Remove(Tree).ShouldBeNull();
        File.Exists(Path.Combine(folder, "outside/file")).ShouldBeTrue();
        File.GetUnixFileMode(Path.Combine(folder, "outside")).ShouldBe((UnixFileMode)0b101_101_101);
        File.CreateSymbolicLink(Tree, Path.Combine(folder, "outside"));
        FolderRemoval.Remove(Tree).ShouldBeNull();
        File.Exists(Path.Combine(folder, "outside/file")).ShouldBeTrue();
        Shell("chmod 0755 outside");
    }

    [Fact]
    public void What_is_mounted_inside_stays_and_is_named()
    {
        Shell("mkdir -p outside tree/deep/mount; touch outside/file tree/deep/other");
        Assert.SkipUnless(TryShell("mount --bind outside tree/deep/mount"), "mounting is not allowed here");
        try
        {
            FolderRemoval.Remove(Tree).ShouldNotBeNull().ShouldContain("mounted");
            File.Exists(Path.Combine(folder, "outside/file")).ShouldBeTrue();
        }
        finally
        {
            Shell("umount tree/deep/mount");
        }
        FolderRemoval.Remove(Tree).ShouldBeNull();
    }

    [Fact]
    public void What_cannot_be_removed_is_named()
    {
        Shell("mkdir -p tree/a; touch tree/a/fixed tree/b");
        Assert.SkipUnless(TryShell("chattr +i tree/a/fixed"), "this file system has no attributes");
        try
        {
            FolderRemoval.Remove(Tree).ShouldNotBeNull().ShouldContain("tree/a");
            File.Exists(Path.Combine(Tree, "b")).ShouldBeFalse();
        }
        finally
        {
            Shell("chattr -i tree/a/fixed");
        }
    }

    [Fact]
    public void What_is_not_there_is_removed() => FolderRemoval.Remove(Tree).ShouldBeNull();

    private void Shell(string script) => Programs.Shell(folder, script).Succeeds();

    private bool TryShell(string script) => Programs.Shell(folder, script).ExitCode == 0;
}
