using System.Collections.Concurrent;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Sources;

/// <summary>A file that was found by a name.</summary>
/// <param name="Text">The name of the file as a declaration would write it, with placeholders.</param>
/// <param name="Label">The path of the file below the folder before the first wildcard.</param>
/// <param name="Path">The absolute path.</param>
public sealed record NamedFile(string Text, string Label, string Path);

/// <summary>
/// Files that declarations name and that are read before anything runs: files of the project, files of a checkout
/// (<c>{source:NAME}/...</c>) and downloads (<c>{file:NAME}</c>). Files of a pin are available after the pin was
/// fetched.
/// </summary>
/// <param name="layout">The locations of the project and its outputs.</param>
/// <param name="pins">The pins.</param>
public sealed class NamedFiles(EvaluationLayout layout, PinLedger pins)
{
    // Checkouts that are at their commits are remembered, since they stay so during a call and an axis asks for the
    // same checkout once for each of its files; a missing checkout may still appear.
    private readonly ConcurrentDictionary<string, string> checkouts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The placeholders that names of files may contain.</summary>
    public static PlaceholderSet Kinds { get; } = new("project", "source:NAME/PATH", "file:NAME");

    /// <summary>Names of the pins of a kind (source or file) that a text refers to.</summary>
    public static IEnumerable<string> PinsIn(string text, string kind) =>
        Template.Parse(text).Placeholders.Where(one => one.Kind == kind && one.Name.Length > 0).Select(one => one.Name);

    /// <summary>Whether a text names a file that comes with a pin.</summary>
    public static bool IsOfPin(string text) => PinsIn(text, "source").Concat(PinsIn(text, "file")).Any();

    /// <summary>
    /// The absolute path of a name; null while the file's pin is not present, or its content differs from the pinned
    /// one.
    /// </summary>
    public string? PathOf(string text)
    {
        var all = true;
        var path = Template.Parse(text).Fill(one =>
        {
            var folder = one.Kind == "project" ? layout.ProjectDirectory : FolderOf(one.Kind, one.Name);
            all &= folder is not null;
            return one.Below(folder ?? "");
        });
        return all ? layout.Resolve(path) : null;
    }

    /// <summary>
    /// The files at a name, which may be a folder or contain wildcards, in the order of their paths; null while a pin
    /// is not present. git's own files are left out.
    /// </summary>
    /// <param name="name">The name, with placeholders.</param>
    /// <param name="trace">Record to which the search is added.</param>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    public IReadOnlyList<NamedFile>? Find(string name, InputTrace? trace)
    {
        var text = Template.Parse(name).First is not null || Path.IsPathRooted(name) ? name : "{project}/" + name;
        if (PathOf(text) is not { } path)
            return null;
        var wild = text.AsSpan().IndexOfAny('*', '?');
        // The part of the path that labels leave out: the folder before the first wildcard, or the folder of a single
        // file.
        var root = wild < 0 && Directory.Exists(path)
            ? text.TrimEnd('/') : text[..text.LastIndexOf('/', wild < 0 ? text.Length - 1 : wild)];
        var folder = PathOf(root)!;
        trace?.Matches(path);
        var found = new List<NamedFile>();
        foreach (var file in Globbing.Find(path))
        {
            if (file.Problem is { } problem)
                throw new IOException($"'{file.Path}' {problem}");
            var label = Path.GetRelativePath(folder, file.Path).Replace('\\', '/');
            if (File.Exists(file.Path) && !label.Split('/').Contains(".git"))
                found.Add(new NamedFile($"{root}/{Template.Escape(label)}", label, file.Path));
        }
        return found;
    }

    private string? FolderOf(string kind, string name) => kind switch
    {
        "source" => checkouts.GetValueOrDefault(name) ?? CheckoutOf(name),
        "file" => pins.Files.FirstOrDefault(file => Is(file, name)) is { } file
            && ExternalFileStore.PathOf(layout, file) is var path
            && File.Exists(path) ? path : null,
        _ => null,
    };

    private string? CheckoutOf(string name) =>
        pins.Repos.FirstOrDefault(repo => Is(repo, name)) is { } repo && SourceStore.PathOf(layout, repo) is var path
            && Checkout.CommitOf(path) is { } commit && (commit == repo.Commit || commit == repo.Fallback)
            && Checkout.PathsOf(Checkout.NotesOn(layout.Sources, repo.Name))?.ToString()
                == repo.SparsePaths?.ToString()
            ? checkouts[name] = path : null;

    private static bool Is(IDeclaration pin, string name) =>
        string.Equals(pin.Name, name, StringComparison.OrdinalIgnoreCase);
}
