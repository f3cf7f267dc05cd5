using System.Formats.Tar;
using System.Text;

namespace Verus.Artifact.Tests.Rehearsal;

/// <summary>
/// Images with the layout of those in the authors' guide: their user is root, their tools are below /root, which is
/// closed to other users, and they set no PATH. The images are made of busybox, and of this machine's shells and
/// Python, on which the stand-ins run.
/// </summary>
internal static class GuideImages
{
    /// <summary>The system's Python.</summary>
    public const string Python = "/usr/bin/python3";

    private const string Stands = "usr/lib/rehearsal/";

    private const UnixFileMode Open = (UnixFileMode)0b111_101_101, Closed = (UnixFileMode)0b111_000_000;

    /// <summary>The folder with files of the rehearsal in this repository.</summary>
    public static string Files { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../tests/Sdk.Tests/Rehearsal"));

    /// <summary>The folder with real outputs of upstream's programs.</summary>
    private static string Samples => Path.GetFullPath(Path.Combine(Files, "../../Suites.Tests/Samples"));

    /// <summary>A layer with the files that all images have, and the programs that are installed in the given
    /// image.</summary>
    /// <param name="programs">Absolute paths of the programs for which stand-ins are installed.</param>
    /// <param name="more">Further files and folders of the layer; names of folders end with a slash.</param>
    public static byte[] Layer(IEnumerable<string> programs, params (string Path, string Text)[] more)
    {
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, leaveOpen: true))
        {
            foreach (var folder in new[] { "bin/", "etc/", "proc/", "usr/", "usr/bin/", "usr/lib/", Stands })
                Folder(tar, folder, Open);
            Folder(tar, "tmp/", (UnixFileMode)0b001_111_111_111);
            Folder(tar, "root/", Closed);
            Text(tar, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
            tar.WriteEntry("/bin/busybox", "bin/busybox");
            foreach (var applet in ("cat cp mkdir rm mv ln ls sed grep tr chmod dirname basename sleep true false test "
                + "[ id touch find sha256sum head tail printf env echo wc sort uname").Split(' '))
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
            Host(tar);
            Text(tar, Stands + "run", "#!/bin/sh\nexec /usr/bin/python3 -I -S /usr/lib/rehearsal/stand_in.py \"$@\"\n");
            Text(tar, Stands + "stand_in.py", File.ReadAllText(Path.Combine(Files, "stand_in.py")));
            Text(tar, Stands + "upstream-commands.txt", File.ReadAllText(Path.Combine(Files, "upstream-commands.txt")));
            foreach (var (folder, name) in Outputs())
                tar.WriteEntry(Path.Combine(folder, name), $"{Stands}outputs/{name}");
            foreach (var path in programs)
                Text(tar, path.TrimStart('/'), StandIn(Path.GetFileName(path)));
            foreach (var (path, text) in more)
            {
                if (path.EndsWith('/'))
                    Folder(tar, path, Open);
                else
                    Text(tar, path, text);
            }
        }
        return stream.ToArray();
    }

    /// <summary>A stand-in for the program with the given name.</summary>
    public static string StandIn(string name) => $"#!/bin/sh\nexec /usr/lib/rehearsal/run {name} \"$0\" \"$@\"\n";

    private static IEnumerable<(string Folder, string Name)> Outputs() =>
        new[] { Path.Combine(Files, "outputs"), Samples }.SelectMany(folder =>
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetExtension(file) is ".txt" or ".json")
                .Select(file => (folder, Path.GetRelativePath(folder, file))));

    // This machine's shells and Python with their libraries, and the modules of Python.
    private static void Host(TarWriter tar)
    {
        var modules = Programs.Run(Python, "-c", "import os; print(os.path.dirname(os.__file__))").Succeeds().Output
            .Trim();
        var python = Programs.Run("readlink", "-f", Python).Succeeds().Output.Trim();
        var added = new HashSet<string>(StringComparer.Ordinal);
        // The shell of this machine is used, since that of busybox would prefer its applets to the programs in PATH.
        foreach (var (path, name) in new[] { ("/bin/dash", "bin/sh"), ("/bin/bash", "bin/bash"),
            (python, "usr/bin/python3") })
        {
            tar.WriteEntry(path, name);
            foreach (var library in Programs.Run("ldd", path).Output.Split([' ', '\n', '\t'])
                .Where(word => word.StartsWith('/') && added.Add(word)))
                tar.WriteEntry(new FileInfo(library).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? library,
                    library[1..]);
        }
        string[] unused = ["test", "tests", "idlelib", "lib2to3", "__pycache__", "dist-packages", "site-packages",
            "pydoc_data", "ensurepip", "tkinter", "unittest", "distutils", "asyncio", "curses", "xml"];
        foreach (var file in Directory.EnumerateFiles(modules, "*", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(modules, file).Split('/')
                .Any(part => unused.Contains(part) || part.StartsWith("config-", StringComparison.Ordinal)))
            .Where(file => new FileInfo(file).LinkTarget is null))
            tar.WriteEntry(file, file[1..]);
    }

    private static void Folder(TarWriter tar, string path, UnixFileMode mode) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, path) { Mode = mode });

    private static void Text(TarWriter tar, string path, string text) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path)
        {
            Mode = Open,
            DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))),
        });
}
