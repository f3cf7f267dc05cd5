using Verus.Artifact.Common;
using Verus.Artifact.Experiments.Cells;

namespace Verus.Artifact.Experiments.Samples;

/// <summary>
/// Makes the output of a measured command safe to keep. The command may have run as root in a container, and a user of
/// this machine lists, copies and reads its output: regular files stay, without setuid and similar bits that give
/// rights to whoever runs them; links, pipes, sockets and devices are removed; no link is followed.
/// </summary>
/// <param name="attempt">The attempt in which the command ran. None of the command's processes is running any
/// more.</param>
internal sealed class Collection(Attempt attempt)
{
    private const UnixFileMode Ordinary = (UnixFileMode)0b111_111_111;
    private const int MostNames = 5;
    private readonly List<string> leftOut = [];

    /// <summary>A few words that say which output is not kept and why; null when everything is kept.</summary>
    public string? LeftOut => leftOut.Count == 0 ? null
        : string.Join(", ", leftOut.Take(MostNames))
            + (leftOut.Count > MostNames ? $" and {leftOut.Count - MostNames} more" : "");

    /// <summary>Removes from the folder {output} the files that are not to be kept.</summary>
    public void Clean()
    {
        if (!OperatingSystem.IsLinux())
            return;
        if (Globbing.KindOf(attempt.Output) is not FileKind.Folder)
        {
            Note("{output}", "was replaced");
            File.Delete(attempt.Output);
            Directory.CreateDirectory(attempt.Output);
        }
        // The permissions of the output folder are set because the folder is moved later, and readers list its files.
        File.SetUnixFileMode(attempt.Output, File.GetUnixFileMode(attempt.Output) & Ordinary | UnixFileMode.UserRead
            | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var folder = OpenFolder.At(attempt.Output);
        FolderTree.Visit(folder, null, (parent, entry, relative, problem) => Try(relative, () =>
        {
            if (problem is not null)
            {
                Note(relative, problem);
                PutAside(parent, entry);
            }
            else if (entry.Kind == FileKind.Regular)
                TameOrRemove(parent, entry);
            else if (entry.Kind != FileKind.Folder)
            {
                parent.Remove(entry);
                Note(relative, $"is {entry.Kind.Words()}");
            }
        }));
    }

    /// <summary>
    /// Moves the files that match the patterns from the folder {work} into {output}. Call <see cref="Clean"/> first.
    /// </summary>
    /// <param name="patterns">Absolute paths and patterns below {work}, in which links are not resolved.</param>
    public void Collect(IReadOnlyList<string> patterns)
    {
        if (patterns.Count == 0)
            return;
        if (Globbing.KindOf(attempt.Work) is not FileKind.Folder)
        {
            Note("{work}", "was replaced");
            return;
        }
        if (!OperatingSystem.IsLinux())
        {
            foreach (var file in patterns.SelectMany(Globbing.Find).Where(file => file.Kind == FileKind.Regular))
                Copy(file.Path);
            return;
        }
        var wanted = patterns.Select(pattern => Path.GetRelativePath(attempt.Work, pattern))
            .Select(pattern => new Wanted(pattern)).ToList();
        using var work = OpenFolder.At(attempt.Work);
        using var output = OpenFolder.At(attempt.Output);
        FolderTree.Visit(work, relative => wanted.Exists(one => one.IsBelow(relative)),
            (parent, entry, relative, problem) => Try(relative, () =>
        {
            if (problem is not null)
                Note(relative, problem);
            else if (entry.Kind == FileKind.Folder || !wanted.Exists(one => one.Takes(relative)))
                return;
            else if (entry.Kind == FileKind.Regular)
                CopyFile(parent, entry, relative, output);
            else
                Note(relative, $"is {entry.Kind.Words()}");
        }));
    }

    // Collected files are moved and not copied because a file may be large, and a sparse file may be larger than the
    // disk.
    private void CopyFile(OpenFolder from, FolderEntry entry, string relative, OpenFolder output)
    {
        var path = new Stack<OpenFolder>();
        try
        {
            var target = output;
            foreach (var part in relative.Split('/').SkipLast(1))
            {
                target = target.Make(new FolderEntry(part,
                    FileKind.Folder)
                { Raw = [.. System.Text.Encoding.UTF8.GetBytes(part), 0] });
                path.Push(target);
            }
            if (target.Find(entry.Name) is not null)
            {
                Note(relative, "would replace a file of that name in {output}");
                return;
            }
            Tame(from, entry);
            try
            {
                from.Move(entry, target);
            }
            catch (UnauthorizedAccessException)
            {
                // The permissions of a folder that a container wrote cannot be set if it belongs to another user; its
                // files may be readable nevertheless.
                CopyOf(from, entry, target);
            }
        }
        finally
        {
            foreach (var folder in path)
                folder.Dispose();
        }
    }

    // Moves a file or folder that cannot be kept to a place that is removed with the attempt's folder.
    private void PutAside(OpenFolder parent, FolderEntry entry)
    {
        using var aside = OpenFolder.At(
            Directory.CreateDirectory(Path.Combine(attempt.Directory, "left-out",
                Guid.NewGuid().ToString("N"))).FullName);
        parent.Move(entry, aside);
    }

    private static void CopyOf(OpenFolder from, FolderEntry entry, OpenFolder target)
    {
        using var source = from.Read(entry);
        using var copy = target.Create(entry,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        RegularFile.Copy(source, copy, CancellationToken.None);
    }

    private static void TameOrRemove(OpenFolder parent, FolderEntry entry)
    {
        try
        {
            Tame(parent, entry);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            if ((parent.ModeOf(entry) & ~Ordinary) != 0)
                parent.Remove(entry);
            throw;
        }
    }

    private static void Tame(OpenFolder parent, FolderEntry entry)
    {
        var mode = parent.ModeOf(entry);
        if ((mode & ~Ordinary) == 0 && (mode & UnixFileMode.UserRead) != 0)
            return;
        // The file may be a hard link to a file elsewhere, whose permissions must not be changed.
        if (parent.NamesOf(entry) > 1)
            throw new IOException("has another name elsewhere, and its permissions would have to be changed");
        parent.SetMode(entry, mode & Ordinary | UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private void Copy(string file)
    {
        var target = Path.Combine(attempt.Output, Path.GetRelativePath(attempt.Work, file));
        if (File.Exists(target) || !target.StartsWith(attempt.Output + Path.DirectorySeparatorChar,
            StringComparison.Ordinal))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(file, target);
    }

    private void Try(string relative, Action action)
    {
        try
        {
            action();
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException
            || (problem is IOException && !SystemProblem.IsDiskFull(problem)))
        {
            Note(relative, problem.Message.Split(": '")[0]);
        }
    }

    private void Note(string relative, string why) =>
        leftOut.Add($"'{OutputNumber.Shortened(PlainText.Line(relative))}' {why}");

    /// <summary>A path, folder or pattern of Collect, relative to the folder {work}.</summary>
    private sealed class Wanted(string pattern)
    {
        private readonly PathPattern? wild = pattern.AsSpan().IndexOfAny('*', '?') >= 0
            ? new PathPattern(pattern) : null;

        // Whether a path of Collect names a file, or a file in the folder of that name.
        public bool Takes(string relative) => pattern == "." || relative == pattern
            || relative.StartsWith(pattern + "/", StringComparison.Ordinal)
            || wild?.Matches(relative) == true;

        public bool IsBelow(string folder) => Takes(folder)
            || pattern.StartsWith(folder + "/", StringComparison.Ordinal) || wild?.MayMatchBelow(folder) == true;
    }
}
