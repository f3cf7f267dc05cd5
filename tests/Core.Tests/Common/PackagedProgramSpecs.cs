using Verus.Artifact.Common;

namespace Verus.Artifact.Tests.Common;

/// <summary>The measuring program as NuGet unpacks it: only one user may start it.</summary>
public sealed class PackagedProgramSpecs : IDisposable
{
    private const UnixFileMode AsUnpacked = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly string folder = Directory.CreateTempSubdirectory("program-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Its_owner_gives_the_permission_to_all()
    {
        var path = Program();
        PackagedProgram.Startable(path, Path.Combine(folder, "copies")).ShouldBe(path);
        File.GetUnixFileMode(path).ShouldBe(AsUnpacked | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        Directory.Exists(Path.Combine(folder, "copies")).ShouldBeFalse();
    }

    [Fact]
    public void Another_user_starts_a_copy_of_his_own()
    {
        var path = Program();
        var copy = PackagedProgram.Copy(path, Path.Combine(folder, "copies"));
        Run(copy).ShouldBe("measured\n");
        var before = File.GetLastWriteTimeUtc(copy);
        PackagedProgram.Copy(path, Path.Combine(folder, "copies")).ShouldBe(copy);
        File.GetLastWriteTimeUtc(copy).ShouldBe(before);
        // A copy with another content, such as that of another version, is replaced.
        File.WriteAllText(copy, "#!/bin/sh\necho planted\n");
        Run(PackagedProgram.Copy(path, Path.Combine(folder, "copies"))).ShouldBe("measured\n");
    }

    [Fact]
    public void What_is_not_there_is_left_to_those_who_miss_it() =>
        PackagedProgram.Startable(Path.Combine(folder, "none"), folder).ShouldBe(Path.Combine(folder, "none"));

    private string Program()
    {
        var path = Path.Combine(folder, "program");
        File.WriteAllText(path, "#!/bin/sh\necho measured\n");
        File.SetUnixFileMode(path, AsUnpacked);
        return path;
    }

    private static string Run(string path) => Programs.Run(path).Output;
}
