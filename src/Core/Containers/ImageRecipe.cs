using System.Formats.Tar;
using System.Globalization;
using System.Text;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;
using Verus.Artifact.Pins;

namespace Verus.Artifact.Containers;

/// <summary>
/// Everything that determines a built image: its Dockerfile, the folder that the build sees, the base, the arguments
/// and the platform.
/// </summary>
/// <param name="Image">The pin of the image.</param>
/// <param name="Parts">The parts of the key.</param>
/// <param name="Dockerfile">Absolute path of the Dockerfile.</param>
/// <param name="Context">Absolute path of the folder that the build sees; null when the build sees no folder.</param>
public sealed record ImageRecipe(ContainerImage Image, IReadOnlyList<KeyPart> Parts, string Dockerfile, string? Context)
{
    /// <summary>The name of the label with the key of the recipe from which an image was built.</summary>
    public const string Label = "verus.artifact.recipe";

    /// <summary>Name of the Dockerfile in the data sent to the engine; no file of a context has this name.</summary>
    internal const string DockerfileName = ".verus-artifact.Dockerfile";

    private const int KeyDigits = 16;

    /// <summary>The key of the recipe: a hash over all of its parts.</summary>
    public string Key { get; } = KeyPart.HashOf(Parts);

    /// <summary>
    /// The value that replaces the digest for an image that is built on this machine. Engines give images ids that
    /// differ from build to build, whereas this value depends only on the recipe.
    /// </summary>
    public string Digest => "recipe:" + Key;

    /// <summary>
    /// The image's tag in the engine. Every recipe has its own tag, so that no image in use is replaced.
    /// </summary>
    public string Tag => $"{Repository}:{Key[..KeyDigits]}";

    private string Repository => "verus-artifact/"
        + string.Concat(Image.Name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');

    /// <summary>
    /// Writes the folder that the build sees, including the Dockerfile, as the archive that the engine accepts. Times
    /// and owners of files in the archive are the same on every machine.
    /// </summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public void WriteTo(Stream stream)
    {
        using var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        if (Context is not null)
            foreach (var entry in FolderTree.Below(Context))
                Write(tar, entry);
        Write(tar, DockerfileName, new MemoryStream(File.ReadAllBytes(Dockerfile)), isProgram: false);
    }

    private void Write(TarWriter tar, TreeEntry entry)
    {
        var path = Path.Combine(Context!, entry.Relative);
        switch (entry)
        {
            case { Problem: { } problem }:
                throw new IOException($"'{PlainText.Line(path)}' {problem}");
            case { Kind: FileKind.Folder }:
                tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory,
                    entry.Relative + "/")
                { ModificationTime = DateTimeOffset.UnixEpoch, Mode = Program });
                break;
            case { Kind: FileKind.Link }:
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink,
                    entry.Relative)
                {
                    LinkName = new FileInfo(path).LinkTarget!,
                    ModificationTime = DateTimeOffset.UnixEpoch
                });
                break;
            case { Kind: FileKind.Regular }:
                using (var content = RegularFile.Open(path, followLink: false))
                    Write(tar, entry.Relative, content, ImageRecipes.IsProgram(path));
                break;
            default:
                throw new IOException($"'{PlainText.Line(path)}' is {entry.Kind.Words()}");
        }
    }

    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead
        | UnixFileMode.OtherRead;
    private const UnixFileMode Program = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    private static void Write(TarWriter tar, string name, Stream content, bool isProgram) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
        {
            DataStream = content,
            ModificationTime = DateTimeOffset.UnixEpoch,
            Mode = isProgram ? Program : Plain
        });
}

/// <summary>The recipes of images that are built on this machine.</summary>
/// <param name="layout">The location of the project.</param>
/// <param name="pins">All images.</param>
/// <param name="hashes">The hashes of the contents of files.</param>
public sealed class ImageRecipes(EvaluationLayout layout, IReadOnlyList<ContainerImage> pins, ContentHashes hashes)
{
    /// <summary>Where the project is.</summary>
    public EvaluationLayout Layout => layout;

    /// <summary>All images.</summary>
    public IReadOnlyList<ContainerImage> Pins => pins;

    /// <summary>The base image of another image; null when the Dockerfile names its own base.</summary>
    public ContainerImage? BaseOf(ContainerImage image) =>
        image.Base is { } name
            ? pins.FirstOrDefault(other => other.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) : null;

    /// <summary>
    /// The digest of an image as far as it is known without an engine; null until the image, or its base image, has
    /// been pulled.
    /// </summary>
    /// <exception cref="DiagnosticException">A file of the recipe cannot be read.</exception>
    public string? DigestOf(ContainerImage image) => image.IsBuilt ? Known(image)?.Digest : image.Digest;

    /// <summary>
    /// The recipe of a built image as far as it is known without an engine; null until the image that it is built on
    /// has been pulled.
    /// </summary>
    /// <exception cref="DiagnosticException">A file of the recipe cannot be read.</exception>
    public ImageRecipe? Known(ContainerImage image)
    {
        var under = BaseOf(image);
        var digest = under is null ? null : DigestOf(under);
        return under is not null && digest is null ? null : Of(image, digest);
    }

    /// <summary>The recipe of a built image, on a base with the given digest.</summary>
    /// <exception cref="DiagnosticException">A file of the recipe cannot be read.</exception>
    public ImageRecipe Of(ContainerImage image, string? baseDigest)
    {
        var dockerfile = layout.Resolve(image.Dockerfile!);
        var context = image.Context is { } folder ? layout.Resolve(folder) : null;
        try
        {
            var parts = new List<KeyPart>
            {
                new("format", "1"),
                new("Dockerfile", hashes.OfFile(dockerfile)),
                new("context", context is null ? "" : $"{hashes.OfTree(context)} {ProgramsIn(context)}"),
                new("base", baseDigest ?? ""),
                new("platform", image.Platform),
            };
            parts.AddRange(image.BuildArguments.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => new KeyPart($"argument {pair.Key}", pair.Value)));
            return new ImageRecipe(image, parts, dockerfile, context);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw ImageRules.RecipeUnreadable.Error(image.Item.Where, image.Name, dockerfile,
                problem.Message.TrimEnd('.'));
        }
    }

    /// <summary>Whether a file is executable, a property that a build copies with the file.</summary>
    internal static bool IsProgram(string path) => !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0;

    private static string ProgramsIn(string context)
    {
        var text = new StringBuilder();
        foreach (var entry in FolderTree.Below(context)
            .Where(entry => entry.Kind == FileKind.Regular && IsProgram(Path.Combine(context, entry.Relative)))
            .OrderBy(entry => entry.Relative, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"{entry.Relative}\0");
        return ContentHashes.OfText(text.ToString());
    }
}
