using System.Formats.Tar;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Places.Vm;

namespace Verus.Artifact.Tests.Executors;

/// <summary>Tests archives that a guest may send whose root user is not trusted.</summary>
public sealed class GuestArchiveSpecs : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("guest-").FullName;

    private string Target => Path.Combine(root, "attempt");

    public GuestArchiveSpecs() => Directory.CreateDirectory(Target);

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Files_and_folders_come_over_and_nothing_else_does()
    {
        await UnpackAsync(
            Entry(TarEntryType.Directory, "output/"), Text("output/plain.txt", "text"),
            Text("./output/deep/er/file", "deep"),
            Entry(TarEntryType.SymbolicLink, "output/absolute", "/etc/passwd"),
            Entry(TarEntryType.SymbolicLink, "output/away", "../../.."),
            Entry(TarEntryType.HardLink, "output/again", "output/plain.txt"), Entry(TarEntryType.Fifo, "output/pipe"),
            Entry(TarEntryType.BlockDevice, "output/disk"), Entry(TarEntryType.CharacterDevice, "output/null"),
            Text("output/absolute/through", "no"),
            Text("output/program", "#!", (UnixFileMode)0b110_111_101_101));
        var left = Directory.EnumerateFileSystemEntries(Target, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Target, path)).Order(StringComparer.Ordinal);
        left.ShouldBe(["output", "output/absolute", "output/absolute/through", "output/again", "output/deep",
            "output/deep/er", "output/deep/er/file", "output/plain.txt", "output/program"]);
        FileFacts.Of(Path.Combine(Target, "output/absolute"), followLink: false)!.Value.Kind.ShouldBe(FileKind.Folder);
        File.ReadAllText(Path.Combine(Target, "output/again")).ShouldBe("text");
        File.GetUnixFileMode(Path.Combine(Target, "output/program")).ShouldBe((UnixFileMode)0b111_101_101);
    }

    [Theory]
    [InlineData("/etc/victim")]
    [InlineData("../victim")]
    [InlineData("output/../../victim")]
    [InlineData("output/..")]
    public async Task A_name_that_leads_out_refuses_the_whole(string name)
    {
        (await Should.ThrowAsync<InvalidDataException>(() =>
            UnpackAsync(Text("output/x", "x"), Text(name, "out")))).Message.ShouldContain("leads out of the folder");
        File.Exists(Path.Combine(root, "victim")).ShouldBeFalse();
        await Should.ThrowAsync<InvalidDataException>(() =>
            UnpackAsync(Text("output/x", "x"), Entry(TarEntryType.HardLink, "output/y", name)));
    }

    [Fact]
    public async Task A_file_that_is_a_folder_too_and_a_name_that_is_too_long_are_refused()
    {
        await Should.ThrowAsync<InvalidDataException>(() => UnpackAsync(Text("output", "x"), Text("output/y", "y")));
        await Should.ThrowAsync<InvalidDataException>(() => UnpackAsync(Text("work/y", "y"), Text("work", "x")));
        await Should.ThrowAsync<InvalidDataException>(() => UnpackAsync(Text(new string('n', 300), "x")));
    }

    [Fact]
    public async Task No_garbage_leads_to_anything_but_the_two_errors_of_an_archive()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var whole = Archive(Text("output/a", new string('a', 2000)), Entry(TarEntryType.SymbolicLink, "output/l", "/x"),
            Text(new string('p', 150) + "/long", "b"));
        for (var i = 0; i < 400; i++)
        {
            var bytes = whole[..random.Next(whole.Length + 1)];
            for (var flips = random.Next(20); flips > 0 && bytes.Length > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                await GuestArchive.UnpackAsync(new MemoryStream(bytes), Target, TestContext.Current.CancellationToken);
            }
            catch (Exception problem) when (problem is InvalidDataException or IOException)
            {
                // RunningMachine reports the exceptions for damaged archives to users in words.
            }
        }
        Directory.EnumerateFileSystemEntries(root).ShouldBe([Target]);
    }

    private static PaxTarEntry Text(string name, string content, UnixFileMode mode = (UnixFileMode)0b110_100_100) =>
        new PaxTarEntry(TarEntryType.RegularFile,
            name)
        { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)), Mode = mode };

    private static PaxTarEntry Entry(TarEntryType type, string name, string? link = null)
    {
        var entry = new PaxTarEntry(type, name);
        if (link is not null)
            entry.LinkName = link;
        return entry;
    }

    private Task UnpackAsync(params TarEntry[] entries) =>
        GuestArchive.UnpackAsync(new MemoryStream(Archive(entries)), Target, TestContext.Current.CancellationToken);

    private static byte[] Archive(params TarEntry[] entries)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, leaveOpen: true))
            foreach (var entry in entries)
                writer.WriteEntry(entry);
        return stream.ToArray();
    }
}
