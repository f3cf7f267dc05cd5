namespace Verus.Artifact.Tests;

/// <summary>Tests that root can give files to another user.</summary>
public sealed class OwnershipSpecs : RunnerFixture
{
    private const string Somebody = "4321:4322";

    [Fact]
    public void A_folder_and_all_below_it_are_given_and_no_link_is_followed()
    {
        NeedRoot();
        Directory.CreateDirectory(In("outside/inner"));
        File.WriteAllText(In("outside/file"), "");
        Directory.CreateDirectory(In("given/a/b"));
        File.WriteAllText(In("given/a/b/file"), "");
        File.CreateSymbolicLink(In("given/a/link"), In("outside/file"));
        Directory.CreateSymbolicLink(In("given/folder"), In("outside"));
        File.CreateSymbolicLink(In("given/nowhere"), "/no/such/file");

        Own(Somebody, In("given")).ShouldBe(0);

        foreach (var path in new[] { "given", "given/a", "given/a/b", "given/a/b/file", "given/a/link", "given/folder",
            "given/nowhere" })
            OwnerOf(In(path)).ShouldBe(Somebody, path);
        foreach (var path in new[] { "outside", "outside/file", "outside/inner" })
            OwnerOf(In(path)).ShouldBe("0:0", path);
        Own("0:0", In("given"));
    }

    [Fact]
    public void A_link_in_place_of_the_folder_is_refused()
    {
        NeedRoot();
        Directory.CreateDirectory(In("outside"));
        Directory.CreateSymbolicLink(In("given"), In("outside"));
        Own(Somebody, In("given")).ShouldNotBe(0);
        OwnerOf(In("outside")).ShouldBe("0:0");
    }

    [Theory]
    [InlineData("root:root")]
    [InlineData("1")]
    [InlineData("-1:0")]
    public void An_owner_that_is_none_is_refused(string owner) => Own(owner, Folder).ShouldBe(2);

    [Fact]
    public void What_a_job_leaves_is_given_before_the_answer()
    {
        NeedRoot();
        Directory.CreateDirectory(In("given"));
        using var process = Launch("run", "own", Somebody, In("given"));
        Give(process, Job(Shell("touch given/made; mkdir given/folder; touch given/folder/more")));
        End(process);
        OwnerOf(In("given/made")).ShouldBe(Somebody);
        OwnerOf(In("given/folder/more")).ShouldBe(Somebody);
        Own("0:0", In("given"));
    }

    private static void NeedRoot()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("only root can give files to others");
    }

    private static int Own(string owner, string folder)
    {
        using var process = Launch("own", owner, folder);
        process.StandardInput.Close();
        process.WaitForExit(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        return process.ExitCode;
    }

    private static string OwnerOf(string path)
    {
        var end = Programs.Run("stat", "--format=%u:%g", path);
        return end.Output.Trim();
    }
}
