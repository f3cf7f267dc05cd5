using System.ComponentModel;
using Verus.Artifact.Common;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Tests.Common;

public sealed class SystemProblemSpecs
{
    [Theory]
    [InlineData(28, "VART0010", "ENOSPC")]
    [InlineData(122, "VART0041", "EDQUOT")]
    [InlineData(30, "VART0042", "EROFS")]
    [InlineData(24, "VART0043", "EMFILE")]
    [InlineData(23, "VART0043", "ENFILE")]
    [InlineData(5, "VART0044", "EIO")]
    [InlineData(21, "VART0045", "but a regular file is expected there")]
    [InlineData(36, "VART0046", "ENAMETOOLONG")]
    [InlineData(11, "VART0047", "EAGAIN")]
    [InlineData(12, "VART0047", "ENOMEM")]
    [InlineData(27, "VART0048", "EFBIG")]
    [InlineData(13, "VART0009", "EACCES")]
    [InlineData(1, "VART0009", "EPERM")]
    public void Each_cause_has_its_code_and_is_named(int number, string code, string name)
    {
        foreach (var problem in new Exception[] { new IOException("x", number),
            new UnauthorizedAccessException("x", new IOException("x", number)), new Win32Exception(number) })
        {
            var told = SystemProblem.Explain("/tmp/some/file", problem).Diagnostics.ShouldHaveSingleItem();
            told.Rule.Code.ShouldBe(code);
            told.Message.ShouldContain(name);
        }
    }

    [Fact]
    public void A_refusal_that_nothing_nearer_explains_has_its_code_all_the_same()
    {
        var told = SystemProblem.Of(new IOException("Read-only file system : '/some/file'", 30)).ShouldHaveSingleItem();
        told.Rule.Code.ShouldBe("VART0042");
        told.Message.ShouldContain("'/some/file'");
        SystemProblem.Of(new IOException("Something else happened."))
            .ShouldHaveSingleItem().Rule.Code.ShouldBe("VART0011");
    }

    [Fact]
    public void A_file_that_may_not_be_written_is_blamed_and_not_its_folder()
    {
        var file = Path.GetTempFileName();
        try
        {
            SystemProblem.Explain(file,
                new IOException("x", 1)).Diagnostics[0].Message.ShouldStartWith($"The file '{file}'");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_file_in_the_place_of_a_folder_is_named()
    {
        var file = Path.GetTempFileName();
        try
        {
            Should.Throw<DiagnosticException>(() => AtomicFile.Write(Path.Combine(file, "x/y"), "text")).Message
                .ShouldContain($"'{file}' is a regular file, but a folder is expected there");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A separate file system that is as small as a case needs it.</summary>
    [Theory]
    [InlineData("size=64k", "for i in $(seq 64); do head -c 4096 /dev/zero >> fill || break; done", "VART0010")]
    [InlineData("size=1m,nr_inodes=8", "for i in $(seq 20); do touch $i || break; done", "VART0040")]
    [InlineData("size=1m", "mount -o remount,ro .", "VART0042")]
    public void What_the_disk_really_does_has_the_code(string options, string script, string code)
    {
        var folder = Directory.CreateTempSubdirectory("disk-test-").FullName;
        Assert.SkipUnless(TryShell(folder, $"mount -t tmpfs -o {options} none ."), "mounting is not allowed here");
        try
        {
            AtomicFile.Write(Path.Combine(folder, "same"), "text").ShouldBeTrue();
            TryShell(folder, script);
            Should.Throw<DiagnosticException>(() =>
                AtomicFile.Write(Path.Combine(folder, "new"), new byte[100_000])).Diagnostics[0].Rule.Code.ShouldBe(
                    code);
            AtomicFile.Write(Path.Combine(folder, "same"), "text").ShouldBeFalse("nothing has to be written");
            Directory.EnumerateFiles(folder, "*.tmp").ShouldBeEmpty();
        }
        finally
        {
            TryShell("/", $"umount {folder}");
            Directory.Delete(folder);
        }
    }

    private static bool TryShell(string folder, string script) => Programs.Shell(folder, script).ExitCode == 0;
}
