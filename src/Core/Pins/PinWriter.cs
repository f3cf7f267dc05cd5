using System.Xml;
using Verus.Artifact.Common;
using Verus.Artifact.Declarations;
using Verus.Artifact.Diagnostics;

namespace Verus.Artifact.Pins;

/// <summary>
/// Writes what was found at first use into the ledger, where the author commits it. All else in the file stays as it
/// is.
/// </summary>
public static class PinWriter
{
    private static readonly Lock Gate = new();

    /// <summary>
    /// Adds an attribute to the element that declares an item; true when the file was changed. A file that cannot be
    /// changed safely stays as it is, and a warning says what to write by hand: what was fetched is of use all the
    /// same.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <param name="metadata">Name of the metadatum.</param>
    /// <param name="value">What was found: hexadecimal digits and names of packages, nothing that means anything in
    /// XML.</param>
    /// <param name="log">Told what was written, or what to write.</param>
    public static bool Write(DeclarationItem item, string metadata, string value, IBuildLog log)
    {
        var file = item.Where.File;
        if (Add(file, item, metadata, value) is { } obstacle)
        {
            log.Report(PinRules.NotWritten.At(item.Where, item.Type, item.Name, metadata, value,
                file is null ? "the ledger" : $"'{file}'", obstacle));
            return false;
        }
        log.Info($"{item.Name}: {metadata} {value} was written to {Path.GetFileName(file)}; commit this change");
        return true;
    }

    // Null when the file was changed, else why it was not.
    private static string? Add(string? file, DeclarationItem item, string metadata, string value)
    {
        if (file is null || !File.Exists(file))
            return "it is unknown which file declares it";
        if (IsOfPackage(file))
            return "it belongs to a package";
        try
        {
            // Several pins of one file are found at once.
            lock (Gate)
            {
                // The file that a link leads to is changed, the link stays.
                var target = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
                var content = File.ReadAllBytes(target);
                var changed = PinFile.Of(content).With(content, item.Type, item.Name, item.Metadata, metadata, value);
                UnixFileMode? mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(target);
                AtomicFile.Write(target, changed);
                if (mode is { } kept && !OperatingSystem.IsWindows())
                    File.SetUnixFileMode(target, kept);
            }
            return null;
        }
        catch (NotSupportedException problem)
        {
            return problem.Message;
        }
        catch (XmlException problem)
        {
            return $"it cannot be read as XML ({problem.Message.TrimEnd('.')})";
        }
        catch (DiagnosticException problem)
        {
            return "it cannot be written "
                + $"({problem.Diagnostics[0].Rule.Code}: {problem.Diagnostics[0].Message.TrimEnd('.')})";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be used ({problem.Message.TrimEnd('.')})";
        }
    }

    /// <summary>
    /// Whether a file belongs to a package: what NuGet unpacked is shared by all projects of the user, and whoever
    /// unpacks it again loses what was written.
    /// </summary>
    internal static bool IsOfPackage(string file)
    {
        for (var folder = Path.GetDirectoryName(file); folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, ".nupkg.metadata")))
                return true;
        return false;
    }
}
